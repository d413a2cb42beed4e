"""What is set in the account's dashboard: dunning, payouts, exchange rates, and how slow things are."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.currencies import RATES, SETTLEMENT
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

DEFAULTS = MappingProxyType(
    {
        "retry_days": [3, 5, 7],
        "after_last_retry": "cancel",
        "upcoming_days": 7,
        "draft_seconds": 0,
        "balance_delay_seconds": 0,
        "automatic_payouts": True,
        "sepa_settles_days": 5,
        "sepa_fails_days": 14,
        "refund_status": "",
        "refund_failure_reason": "expired_or_canceled_card",
    }
)


def preference(account: Account, name: str) -> Any:
    """One setting of the dashboard."""
    return everything(account)[name]


def everything(account: Account) -> Body:
    """All settings, those never touched included."""
    return {**DEFAULTS, **json.loads(account.store.setting("preferences", "{}"))}


def change(account: Account, wanted: Body) -> Body:
    """Change settings; refuses unknown names and values that make no sense."""
    for name, value in wanted.items():
        if name not in DEFAULTS:
            raise Refusal(f"Received unknown parameter: {name}", param=name)
        if not _SENSE[name](value):
            raise Refusal(f"This value makes no sense for {name}.", param=name)
    after = {**json.loads(account.store.setting("preferences", "{}")), **wanted}
    account.store.set("preferences", json.dumps(after))
    return everything(account)


def rate(account: Account, currency: str) -> str:
    """How many euros one unit of the currency brings today, as a decimal number."""
    return rates(account)[currency]


def rates(account: Account) -> dict[str, str]:
    """Today's exchange rates to the euro."""
    return {**RATES, **json.loads(account.store.setting("rates", "{}"))}


def set_rates(account: Account, wanted: Body) -> dict[str, str]:
    """Set exchange rates, written as text so that nothing is rounded."""
    for currency, value in wanted.items():
        if currency not in RATES or currency == SETTLEMENT:
            raise Refusal(f"There is no rate for {currency}.", param=currency)
        if not _is_rate(value):
            raise Refusal("A rate is a positive decimal number, as text.", param=currency)
    after = {**json.loads(account.store.setting("rates", "{}")), **wanted}
    account.store.set("rates", json.dumps(after))
    return rates(account)


def _is_rate(value: Any) -> bool:
    try:
        return isinstance(value, str) and 0 < Decimal(value) < 10**6
    except InvalidOperation:
        return False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _days(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 8 and all(_whole(each) for each in value)


_SENSE: dict[str, Callable[[Any], bool]] = {
    "retry_days": _days,
    "after_last_retry": lambda value: value in ("cancel", "unpaid", "past_due"),
    "upcoming_days": _whole,
    "draft_seconds": _whole,
    "balance_delay_seconds": _whole,
    "automatic_payouts": lambda value: isinstance(value, bool),
    "sepa_settles_days": _whole,
    "sepa_fails_days": _whole,
    "refund_status": lambda value: value in ("", "pending", "succeeded", "failed"),
    "refund_failure_reason": lambda value: isinstance(value, str) and bool(value),
}
