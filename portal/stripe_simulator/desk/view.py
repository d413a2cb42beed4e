"""What the desk shows: the newest payments, plans and payouts, ready for the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.stripe_simulator import balance, dispatch, faults
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.desk import plans_view
from portal.stripe_simulator.desk.buttons import Button, Choice
from portal.stripe_simulator.desk.words import DESK, month_name
from portal.stripe_simulator.disputes import NEXT, of_charge
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.words import FR, WORDS, amount_in_words

SHOWN = 12
SHOWN_ALL = 200
_COMING = 6
_DISPUTES = ("needs_response", "warning_needs_response", "prevented", "lost")


@dataclass(frozen=True)
class Row:
    """One thing on the desk: what it is, how it stands, and the buttons under it."""

    id: str
    title: str
    about: str
    badge: str
    tone: str
    notes: list[str] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


class Speaker:
    """Says words, amounts and instants in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str, **values: str) -> str:
        """A word of the desk."""
        return {**WORDS, **DESK}[name][self.language].format(**values)

    def amount(self, minor: int, currency: str) -> str:
        """``12,50 €``."""
        sign = "−" if minor < 0 else ""
        return sign + amount_in_words(abs(minor), currency, self.language)

    def day(self, instant: int) -> str:
        """``3 juin 2027``."""
        at = datetime.fromtimestamp(instant, UTC)
        return f"{at.day} {month_name(at.month, self.language)} {at.year}"

    def moment(self, instant: int) -> str:
        """``3 juin 2027 à 9 h 05``."""
        at = datetime.fromtimestamp(instant, UTC)
        clock = f"à {at.hour} h {at:%M}" if self.language == FR else f"at {at:%H:%M}"
        return f"{self.day(instant)} {clock}"


def world(account: Account, language: str, shown: int = SHOWN) -> dict[str, Any]:
    """Everything the page needs."""
    speaker = Speaker(language)
    rule = dispatch.rule(account)
    held = balance.show(account, {})
    return {
        "now": speaker.moment(account.now()),
        "coming": _coming(account, speaker),
        "charges": [_charge(account, speaker, each) for each in _newest(account, "charge", shown)],
        "plans": [
            Row(*plans_view.plan(account, speaker, each))
            for each in _newest(account, "subscription", shown)
        ],
        "payout_rows": [_payout(speaker, each) for each in _newest(account, "payout", shown)],
        "sums": {
            name: speaker.amount(held[name][0]["amount"], held[name][0]["currency"])
            for name in ("available", "pending")
        },
        "shown": shown,
        "mode": rule.mode,
        "counts": [
            (speaker(f"state_{state.replace(' ', '_')}"), number)
            for state, number in sorted(dispatch.counted(account).items())
        ],
        "waiting_faults": [
            f"{speaker(f'fault_{each.status}')} × {each.times}" for each in faults.planned(account)
        ],
        "fault_kinds": [(each, speaker(f"fault_{each}")) for each in (500, 0, 502, 503, 409, 429)],
    }


def _newest(account: Account, kind: str, shown: int) -> list[Body]:
    rows = account.store.rows(
        "select id from objects where kind = ? order by created desc, seq desc limit ?",
        (kind, shown),
    )
    return [account.get(kind, row["id"]) for row in rows]


def _coming(account: Account, speaker: Speaker) -> list[tuple[str, str]]:
    rows = account.store.rows(
        "select due_at, task, count(*) as n from agenda group by due_at, task"
        " order by due_at, min(seq) limit ?",
        (_COMING,),
    )
    return [
        (
            speaker.moment(row["due_at"]),
            speaker(f"task_{row['task']}") + (f" × {row['n']}" if row["n"] > 1 else ""),
        )
        for row in rows
    ]


def _charge(account: Account, speaker: Speaker, charge: Body) -> Row:
    word, tone = _standing(charge)
    means = charge["payment_method_details"]["type"]
    row = Row(
        charge["id"],
        speaker.amount(charge["amount"], charge["currency"]),
        " · ".join(_about(speaker, charge, means)),
        speaker(f"charge_{word}"),
        tone,
    )
    if charge["status"] == "pending":
        answers = [(code, speaker(f"settle_{code}")) for code in ("sepa", "sepa_fails")]
        choice = Choice("outcome", speaker("answer"), answers)
        row.buttons.append(
            Button("settle", speaker("settle"), charge["payment_intent"], choice=choice)
        )
    if charge["status"] == "succeeded":
        _add_reversals(account, speaker, charge, row, means)
    return row


def _add_reversals(account: Account, speaker: Speaker, charge: Body, row: Row, means: str) -> None:
    disputed = of_charge(account, charge["id"])
    if not disputed and not charge["refunded"]:
        row.buttons.append(
            Button("refund", speaker("refund"), charge["id"], amount=speaker("refund_amount"))
        )
        kinds = [(each, speaker(f"dispute_{each}")) for each in _DISPUTES]
        choice = Choice("status", speaker("dispute_kind"), kinds)
        row.buttons.append(Button("dispute", speaker("dispute"), charge["id"], choice=choice))
        if means == "card":
            row.buttons.append(Button("warn", speaker("warn"), charge["id"]))
    for refund in account.store.bodies(
        "refund", "json_extract(body, '$.charge') = ?", (charge["id"],)
    ):
        amount = speaker.amount(refund["amount"], refund["currency"])
        row.notes.append(f"{speaker('refund_of', amount=amount)} ({refund['status']})")
        if refund["status"] in ("pending", "succeeded"):
            row.buttons.append(Button("fail_refund", speaker("fail_refund"), refund["id"]))
    for dispute in disputed:
        _add_dispute(speaker, dispute, row)


def _add_dispute(speaker: Speaker, dispute: Body, row: Row) -> None:
    amount = speaker.amount(dispute["amount"], dispute["currency"])
    status = speaker(f"status_{dispute['status']}")
    row.notes.append(speaker("dispute_of", amount=amount, status=status))
    steps = [(each, speaker(f"status_{each}")) for each in NEXT[dispute["status"]]]
    if steps:
        choice = Choice("status", speaker("next_step"), steps)
        row.buttons.append(
            Button("move_dispute", speaker("move_dispute"), dispute["id"], choice=choice)
        )


def _about(speaker: Speaker, charge: Body, means: str) -> list[str]:
    details = charge["payment_method_details"][means]
    parts = [
        speaker.day(charge["created"]),
        f"{speaker(f'method_{means}')} {details['last4']}",
        charge["billing_details"]["email"] or "",
        charge["description"] or "",
    ]
    return [each for each in parts if each]


def _standing(charge: Body) -> tuple[str, str]:
    if charge["status"] != "succeeded":
        return charge["status"], "bad" if charge["status"] == "failed" else "wait"
    if charge["disputed"]:
        return "disputed", "bad"
    if charge["refunded"]:
        return "refunded", "calm"
    return ("partly", "calm") if charge["amount_refunded"] else ("succeeded", "good")


def _payout(speaker: Speaker, payout: Body) -> Row:
    tones = {"paid": "good", "in_transit": "wait", "failed": "bad"}
    kind = speaker("automatic" if payout["automatic"] else "by_hand")
    row = Row(
        payout["id"],
        speaker.amount(payout["amount"], payout["currency"]),
        f"{speaker.day(payout['created'])} · {kind}",
        speaker(f"payout_{payout['status']}"),
        tones.get(payout["status"], "calm"),
    )
    if payout["status"] in ("paid", "in_transit"):
        row.buttons.append(Button("fail_payout", speaker("fail_payout"), payout["id"]))
    return row
