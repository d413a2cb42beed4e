"""What a gift, and what later happens to it, writes into the books.

Income is booked gross; the payment provider's fee is an entry of its own and never lowers the
gift. Money held by Stripe is money in a bank account (517). Child sponsorship is a gift (75411);
7063 is for commercial sponsoring only (ANC 2018-06, art. 142-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, EntryError, credit, debit
from portal.accounting.rules.journals import Journal
from portal.core.money import Money

DonorKind = Literal["person", "company"]


class UnknownMode(EntryError):
    """A way of paying the books have no account for."""


@dataclass(frozen=True, slots=True)
class Treasury:
    """Where money of one mode arrives: the account, and the journal that tells of it."""

    account: str
    journal: Journal


THROUGH_STRIPE: Final = Treasury(chart.STRIPE, Journal.ONLINE_GIFTS)
AT_THE_BANK: Final = Treasury(chart.BANK, Journal.BANK)

BY_MODE: Final = MappingProxyType(
    {
        "card": AT_THE_BANK,  # recorded by hand or file: the bank has it, Stripe never saw it
        "sepa": AT_THE_BANK,
        "transfer": AT_THE_BANK,
        "cheque": Treasury(chart.CHEQUES_IN_HAND, Journal.CHEQUES),
        "cash": Treasury(chart.CASH, Journal.CASH),
    }
)


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What the books must know of a gift.

    ``donor_ref`` is the donor's number, never a name. ``on`` is the day the gift counts as
    received, ``piece_ref`` and ``piece_on`` its voucher (charge, cheque number, bank line).
    ``fund`` is named with ``restricted`` when the money may serve that programme only.
    """

    donor_ref: str
    amount: Money
    mode: str
    on: date
    piece_ref: str
    piece_on: date
    through_stripe: bool = False
    donor_kind: DonorKind = "person"
    membership: bool = False
    fund: str = ""
    restricted: bool = False

    @property
    def income_account(self) -> str:
        """754110 for persons, sponsors included; 754200 for companies; 756100 for memberships."""
        if self.membership:
            return chart.MEMBERSHIPS
        return chart.CORPORATE_GIFTS if self.donor_kind == "company" else chart.GIFTS

    @property
    def analytic(self) -> str:
        """The fund's tag when the money is dedicated to it (ANC 2018-06, art. 432-9)."""
        return f"dedicated:{self.fund}" if self.restricted and self.fund else ""

    @property
    def treasury(self) -> Treasury:
        """Where the money arrived.

        :raises UnknownMode: for a mode the books do not know.
        """
        if self.through_stripe:
            return THROUGH_STRIPE
        try:
            return BY_MODE[self.mode]
        except KeyError:
            raise UnknownMode(f"no account for gifts by {self.mode!r}") from None


@dataclass(frozen=True, slots=True)
class Reversal:
    """Money of a gift that goes back, in whole or in part; ``piece_ref`` is the refund's own."""

    gift: GiftFacts
    amount: Money
    on: date
    piece_ref: str
    piece_on: date


class ReversalExceedsGift(EntryError):
    """More would go back than the gift brought."""


def entry_for_gift(gift: GiftFacts) -> Draft:
    """Treasury to income, gross. A company's gift under an agreement is due at its signature
    (ANC 2018-06, art. 142-6): give that day as ``on``.

    :raises EntryError: as :class:`Draft`, and UnknownMode.
    """
    where = gift.treasury
    return Draft(
        journal=where.journal,
        on=gift.on,
        piece_ref=gift.piece_ref,
        piece_on=gift.piece_on,
        label=f"Don {gift.donor_ref}",
        lines=(
            debit(where.account, gift.amount),
            credit(gift.income_account, gift.amount, gift.analytic),
        ),
    )


def entry_for_fee(
    amount: Money, on: date, piece_ref: str, about: str = "", *, through_stripe: bool = True
) -> Draft:
    """A fee of Stripe or of the bank: 6278 to treasury, apart from the gift.

    ``about`` names what the fee was taken for (a charge, a dispute). A fee given back is an
    amount below zero and is booked the other way round.
    """
    where = THROUGH_STRIPE if through_stripe else AT_THE_BANK
    size = Money(abs(amount.minor), amount.currency)
    taken, given = (chart.FEES, where.account) if amount.minor > 0 else (where.account, chart.FEES)
    who = "Stripe" if through_stripe else "bancaires"
    return Draft(
        journal=where.journal,
        on=on,
        piece_ref=piece_ref,
        piece_on=on,
        label=f"Frais {who} {about}".rstrip(),
        lines=(debit(taken, size), credit(given, size)),
    )


def entry_for_refund(refund: Reversal) -> Draft:
    """Income back to where we pay it from: Stripe or the till as it came, else the bank.

    :raises ReversalExceedsGift: when it is more than the gift.
    """
    came_to = refund.gift.treasury
    paid_from_same_place = came_to.account in (chart.STRIPE, chart.CASH)
    paid_from = came_to if paid_from_same_place else AT_THE_BANK
    label = f"Remboursement don {refund.gift.donor_ref}"
    return _income_back(refund, paid_from.journal, paid_from.account, label)


def entry_for_return(returned: Reversal, *, cheque_deposited: bool = True) -> Draft:
    """A payment the bank took back: SEPA return, or an unpaid cheque.

    A cheque found bad before it was deposited leaves the cheques in hand, not the bank.

    :raises ReversalExceedsGift: when it is more than the gift.
    """
    came_to = returned.gift.treasury
    left_the_bank = came_to.account == chart.CHEQUES_IN_HAND and cheque_deposited
    taken_from = AT_THE_BANK if left_the_bank else came_to
    label = f"Impayé don {returned.gift.donor_ref}"
    return _income_back(returned, taken_from.journal, taken_from.account, label)


def entry_for_dispute_opened(dispute: Reversal) -> Draft:
    """Stripe holds the sum while we contest: it is owed to us (467), the income stands."""
    return _move(dispute, chart.OTHER_DEBTORS, dispute.gift.treasury.account, "Litige don")


def entry_for_dispute_won(dispute: Reversal) -> Draft:
    """The sum comes back to Stripe's account."""
    return _move(dispute, dispute.gift.treasury.account, chart.OTHER_DEBTORS, "Litige gagné don")


def entry_for_dispute_lost(dispute: Reversal) -> Draft:
    """The income is given up; no money moves."""
    label = f"Litige perdu don {dispute.gift.donor_ref}"
    return _income_back(dispute, Journal.OTHER, chart.OTHER_DEBTORS, label)


def _move(dispute: Reversal, to: str, from_: str, what: str) -> Draft:
    _within_gift(dispute)
    return Draft(
        journal=dispute.gift.treasury.journal,
        on=dispute.on,
        piece_ref=dispute.piece_ref,
        piece_on=dispute.piece_on,
        label=f"{what} {dispute.gift.donor_ref}",
        lines=(debit(to, dispute.amount), credit(from_, dispute.amount)),
    )


def _income_back(back: Reversal, journal: Journal, account: str, label: str) -> Draft:
    _within_gift(back)
    gift = back.gift
    return Draft(
        journal=journal,
        on=back.on,
        piece_ref=back.piece_ref,
        piece_on=back.piece_on,
        label=label,
        lines=(
            debit(gift.income_account, back.amount, gift.analytic),
            credit(account, back.amount),
        ),
    )


def _within_gift(back: Reversal) -> None:
    if back.amount > back.gift.amount:
        raise ReversalExceedsGift(f"{back.amount} of a gift of {back.gift.amount}")
