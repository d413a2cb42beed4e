"""`expand[]`: an id in an answer becomes the object, a list that is left out is put in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.stripe_simulator import invoices, sessions
from portal.stripe_simulator.account import Account, public
from portal.stripe_simulator.refusals import Refusal, wrong_parameter
from portal.stripe_simulator.store import Body

_DEEPEST = 4
_EXPANDABLE = """
    balance_transaction charge customer default_payment_method default_price
    failure_balance_transaction invoice latest_charge latest_invoice mandate payment_intent payment_method payout product setup_intent source
    subscription
"""
_IDS = frozenset(_EXPANDABLE.split())


def shown(account: Account, body: Body, paths: list[str]) -> Body:
    """The answer as it leaves: expanded as asked, without what only the simulator knows."""
    answer: Body = _bare(body)
    for path in paths:
        steps = path.split(".")
        if len(steps) - steps.count("data") > _DEEPEST:
            raise wrong_parameter(
                f"You cannot expand more than {_DEEPEST} levels of a property.", "expand"
            )
        _expand(account, answer, steps, path)
    return answer


def _bare(value: Body) -> Body:
    bare = public(value)
    if bare.get("object") == "list":
        bare["data"] = [public(each) for each in bare["data"]]
    return bare


def _expand(account: Account, node: Any, steps: list[str], path: str) -> None:
    if isinstance(node, list):
        for each in node:
            _expand(account, each, steps, path)
        return
    if not steps or node is None:
        return
    name, rest = steps[0], steps[1:]
    if not isinstance(node, dict):
        raise _cannot(path)
    if name not in node:
        node[name] = _left_out(account, node, name, path)
    elif name in _IDS and isinstance(node[name], str):
        found = account.find(node[name])
        node[name] = node[name] if found is None else public(found)
    elif not isinstance(node[name], dict | list) and name not in _IDS:
        raise _cannot(path)
    _expand(account, node[name], rest, path)


def _left_out(account: Account, node: Body, name: str, path: str) -> Body:
    builder = _LISTS.get((str(node.get("object")), name))
    if builder is None:
        raise _cannot(path)
    return builder(account, node)


def _cannot(path: str) -> Refusal:
    return wrong_parameter(f"This property cannot be expanded ({path}).", "expand")


def _line_items(account: Account, session: Body) -> Body:
    return sessions.line_items(account.get("checkout.session", session["id"]))


def _payments(account: Account, invoice: Body) -> Body:
    found = [public(each) for each in invoices.payments_of(account, invoice["id"])]
    url = f"/v1/invoice_payments?invoice={invoice['id']}"
    return {"object": "list", "data": found, "has_more": False, "url": url}


def _refunds(account: Account, charge: Body) -> Body:
    made = account.store.bodies("refund", "json_extract(body, '$.charge') = ?", (charge["id"],))
    found = [public(each) for each in reversed(made)]
    url = f"/v1/charges/{charge['id']}/refunds"
    return {"object": "list", "data": found, "has_more": False, "url": url}


_LISTS: dict[tuple[str, str], Callable[[Account, Body], Body]] = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("charge", "refunds"): _refunds,
}
