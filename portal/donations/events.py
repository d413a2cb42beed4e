"""What happened to gifts and plans, told to whoever stands higher.

Each signal is sent inside the transaction that writes the fact, once for each fact: what a
receiver writes is kept or lost with it, and an error in a receiver undoes it all. The sender is
the row (`Gift` or `Plan`), locked and flushed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from blinker import Signal

from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.programmes.codes import Programme, Sex, Site

gift_settled = Signal("The money of a gift came. send(gift)")
gifts_settled_in_bulk = Signal(
    "Many gifts came at once, from a file; gift_settled is not sent for each of them."
    " send(None, gift_ids=[int, …])"
)
gift_fee_known = Signal(
    "The provider told its fee after the gift was settled: gift.fee is what it keeps. send(gift)"
)
gift_refunded = Signal("Money of a gift went back to the donor. send(gift, refund=Refund)")
refund_failed = Signal(
    "Money that was to go back stays here after all: undo what gift_refunded did."
    " send(gift, refund=Refund)"
)
gift_disputed = Signal(
    "The donor's bank took the gift back while it looks into it (it may have decided at once:"
    " dispute_closed follows). send(gift, amount=Money)"
)
dispute_closed = Signal(
    "The bank decided about a disputed gift and the money stands where it stays."
    " send(gift, won=bool, amount=Money)"
)
gift_euros_known = Signal(
    "What a gift in another currency, or a refund of it, is in euros became known. send(gift)"
)
dispute_moved = Signal(
    "A dispute moved money on the provider's balance, out or back: read its rows."
    " send(gift, dispute=Dispute)"
)
debit_returned = Signal(
    "The bank took a direct debit of a plan back for good, perhaps weeks later."
    " send(gift, plan=Plan)"
)
gift_change_requested = Signal(
    "A recorded gift is about to change; a receiver refuses by raising ChangeRefused."
    " send(gift, before=GiftFacts, after=GiftFacts)"
)
gift_changed = Signal(
    "A recorded gift was corrected: undo what `before` led to, do what `after` asks."
    " send(gift, before=GiftFacts, after=GiftFacts)"
)
gift_bounced = Signal(
    "The bank took the whole gift back: an unpaid cheque, a returned debit."
    " send(gift, on=date, reason=str)"
)
gift_withdrawn = Signal(
    "A gift the office entered was a mistake: it never was. send(gift, reason=str)"
)
cheque_returned = Signal("The bank sent a cheque back, for a fee perhaps. send(back)")
deposit_made = Signal("Cheques or cash left for the bank. send(deposit)")
deposit_credited = Signal("The bank's statement shows a deposit. send(deposit, on=date)")
deposit_uncredited = Signal("A deposit was matched with a wrong line. send(deposit, on=date)")
agreement_signed = Signal("A company promised a sum in writing. send(agreement)")
agreement_paid = Signal("A gift pays what was promised. send(agreement, payment=AgreementPayment)")
agreement_unpaid = Signal(
    "A gift that paid an agreement never came. send(agreement, payment=AgreementPayment, on=date)"
)
plan_wished = Signal(
    "Somebody wishes to sponsor; nothing is paid yet."
    " send(plan, plan=Plan, criteria={sex, age_min, age_max, programme, site}, on=date); and"
    " donor=Donor when somebody else than the payer will follow the child, perhaps after it was paid"
)
plan_activated = Signal("The first debit of a plan was paid. send(plan, plan=Plan, on=date)")
plan_not_begun = Signal(
    "The credit of a plan's first debit was none: it waits again. send(plan, plan=Plan, on=date)"
)
plan_past_due = Signal("A debit of a plan failed. send(plan, plan=Plan, on=date)")
plan_paused = Signal(
    "No debit is taken until plan.paused_until; the sponsorship stays. send(plan, plan=Plan, on=date)"
)
plan_resumed = Signal("A pause is over: debits go on. send(plan, plan=Plan, on=date)")
plan_recovered = Signal(
    "A plan that was behind is in good order again. send(plan, plan=Plan, on=date)"
)
plan_ended = Signal("No further debit will be taken. send(plan, plan=Plan, on=date)")

# Told by a line of the provider's balance (gateway.LedgerLine, in euros), once for each line.
payout_created = Signal("Money left the provider's balance for the bank. send(line)")
payout_failed = Signal("Money sent to the bank came back to the balance. send(line)")
provider_fee_taken = Signal("The provider took or gave back a fee of its account. send(line)")
provider_adjusted = Signal("A line of the balance nobody here knows the reason of. send(line)")


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What a future sponsor would like; nothing said means any child."""

    sex: Sex | None = None
    age_min: int | None = None
    age_max: int | None = None
    programme: Programme | None = None
    site: Site | None = None

    def criteria(self) -> dict[str, Any]:
        """The wish as `plan_wished` tells it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What the books and receipts took from a gift."""

    donor_id: int
    amount: Money
    received_on: dt.date
    mode: GiftMode
    purpose: PurposeKind
    programme: Programme | None = None
    cheque_number: str = ""
    deposit_ref: str = ""
    membership: bool = False
    counterpart: bool = False


class ChangeRefused(Exception):
    """A recorded gift cannot change any more (it stands on a receipt, its year is closed).

    ``reason`` is an English msgid for the one who asked.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
