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
from portal.accounting.rules.draft import Draft, EntryError, Line, credit, debit
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
        # No money: valued outside the result (ANC 2018-06, art. 211-2 to 211-4).
        "in_kind": Treasury(chart.GIFTS_IN_KIND_USED, Journal.OTHER),
        "waived_expenses": Treasury(chart.VOLUNTEERS_EXPENSES, Journal.OTHER),
    }
)
NO_MONEY: Final = MappingProxyType(
    {"in_kind": chart.GIFTS_IN_KIND, "waived_expenses": chart.WAIVED_EXPENSES}
)
"""The income of what is given and is no money, whoever gives it."""


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What the books must know of a gift.

    ``donor_ref`` is the donor's number, never a name. ``on`` is the day the gift counts as
    received, ``piece_ref`` and ``piece_on`` its voucher (charge, cheque number, bank line).
    ``fund`` is named with ``restricted`` when the money may serve that programme only. ``amount`` is
    in euros; ``foreign`` is what was paid, when that was in another currency. ``with_return``: a
    membership fee for which something of value was given. ``bank``: the account of ours (512) on whose
    statement it stands; the main one as long as none shows it.
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
    with_return: bool = False
    fund: str = ""
    restricted: bool = False
    foreign: Money | None = None
    bank: str = chart.BANK

    @property
    def income_account(self) -> str:
        """754110 for persons, sponsors included; 754200 for companies; 7561 and 7562 for memberships
        without and with a counterpart."""
        if self.mode in NO_MONEY:
            return NO_MONEY[self.mode]
        if self.membership:
            return chart.MEMBERSHIPS_WITH_RETURN if self.with_return else chart.MEMBERSHIPS
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
            where = BY_MODE[self.mode]
        except KeyError:
            raise UnknownMode(f"no account for gifts by {self.mode!r}") from None
        return self.at_the_bank if where is AT_THE_BANK else where

    @property
    def at_the_bank(self) -> Treasury:
        """Its bank account: where it came, and what it goes back from."""
        return Treasury(self.bank, Journal.BANK)


@dataclass(frozen=True, slots=True)
class Reversal:
    """Money of a gift that goes back, in whole or in part; ``piece_ref`` is the refund's own.

    ``amount`` is the income given up, in euros at the gift's own rate. ``paid`` is what left for it,
    when a rate moved in between; ``foreign`` the sum in the donor's currency.
    """

    gift: GiftFacts
    amount: Money
    on: date
    piece_ref: str
    piece_on: date
    paid: Money | None = None
    foreign: Money | None = None


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
        label=f"{'Cotisation' if gift.membership else 'Don'} {gift.donor_ref}",
        lines=(
            *_owed_before(gift),
            debit(where.account, gift.amount, foreign=gift.foreign),
            credit(gift.income_account, gift.amount, gift.analytic, gift.foreign),
        ),
    )


def _owed_before(gift: GiftFacts) -> tuple[Line, ...]:
    """Waived expenses are first a charge owed to the volunteer (4681), who then gives it up."""
    if gift.mode != "waived_expenses":
        return ()
    owed_to = chart.VOLUNTEERS_EXPENSES
    return debit(chart.VOLUNTEERS_TRAVEL, gift.amount), credit(owed_to, gift.amount)


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
    lines = debit(taken, size), credit(given, size)
    return Draft(where.journal, on, piece_ref, on, f"Frais {who} {about}".rstrip(), lines)


def entry_for_refund(refund: Reversal) -> Draft:
    """Income back to where we pay it from: Stripe or the till as it came, else the bank.

    :raises ReversalExceedsGift: when it is more than the gift.
    """
    came_to = refund.gift.treasury
    paid_from_same_place = came_to.account in (chart.STRIPE, chart.CASH)
    paid_from = came_to if paid_from_same_place else refund.gift.at_the_bank
    label = f"Remboursement don {refund.gift.donor_ref}"
    return _income_back(refund, paid_from.journal, paid_from.account, label)


def entry_for_return(returned: Reversal, *, cheque_deposited: bool = True) -> Draft:
    """A payment the bank took back: SEPA return, or an unpaid cheque.

    A cheque found bad before it was deposited leaves the cheques in hand, not the bank.

    :raises ReversalExceedsGift: when it is more than the gift.
    """
    came_to = returned.gift.treasury
    left_the_bank = came_to.account == chart.CHEQUES_IN_HAND and cheque_deposited
    taken_from = returned.gift.at_the_bank if left_the_bank else came_to
    label = f"Impayé don {returned.gift.donor_ref}"
    return _income_back(returned, taken_from.journal, taken_from.account, label)


def entry_for_dispute_movement(
    gift: GiftFacts, moved: Money, on: date, piece_ref: str, foreign: Money | None = None
) -> Draft:
    """What a dispute moved on Stripe's balance: held, it is owed to us (467) and the income stands.

    ``moved`` is below zero when Stripe took it; above, it gives it back.
    """
    size = Money(abs(moved.minor), moved.currency)
    took = moved.minor < 0
    to, from_ = (chart.OTHER_DEBTORS, chart.STRIPE) if took else (chart.STRIPE, chart.OTHER_DEBTORS)
    label = f"{'Litige' if took else 'Litige, retour'} don {gift.donor_ref}"
    lines = debit(to, size, foreign=foreign), credit(from_, size, foreign=foreign)
    return Draft(THROUGH_STRIPE.journal, on, piece_ref, on, label, lines)


@dataclass(frozen=True, slots=True)
class DisputeEnd:
    """How a dispute ended, in euros.

    ``held``: what stands on 467 for it (below zero when more came back than had left). ``income``:
    what of the gift is given up, at the gift's rate. ``beyond``: what was taken although it had been
    given back before.
    """

    gift: GiftFacts
    held: Money
    income: Money
    beyond: Money
    on: date
    piece_ref: str
    foreign: Money | None = None


def entry_for_dispute_end(end: DisputeEnd) -> Draft | None:
    """467 is cleared: lost income is given up, a rate that moved is a gain or a loss of exchange
    (656, 757), what was taken twice is a charge (658). None when nothing is left to clear."""
    gift, difference = end.gift, end.held - end.income - end.beyond
    lines = (
        *_side(gift.income_account, end.income, gift.analytic, end.foreign),
        *_side(chart.PENALTIES, end.beyond),
        *_exchange(difference),
        *_side(chart.OTHER_DEBTORS, -end.held),
    )
    if not lines:
        return None
    what = "Litige perdu" if end.income or end.beyond else "Litige, écart de change"
    label = f"{what} don {gift.donor_ref}"
    return Draft(Journal.OTHER, end.on, end.piece_ref, end.on, label, lines)


def _side(
    account: str, amount: Money, analytic: str = "", foreign: Money | None = None
) -> tuple[Line, ...]:
    """A debit, or a credit when the amount is below zero; nothing for nothing."""
    if not amount:
        return ()
    if amount.minor > 0:
        return (debit(account, amount, analytic, foreign),)
    return (credit(account, -amount, analytic, foreign),)


def _exchange(difference: Money) -> tuple[Line, ...]:
    """More left than the gift had brought: a loss; less: a gain."""
    lost = difference.minor > 0
    return _side(chart.EXCHANGE_LOSSES if lost else chart.EXCHANGE_GAINS, difference)


def _income_back(back: Reversal, journal: Journal, account: str, label: str) -> Draft:
    _within_gift(back)
    gift, paid = back.gift, back.amount if back.paid is None else back.paid
    return Draft(
        journal=journal,
        on=back.on,
        piece_ref=back.piece_ref,
        piece_on=back.piece_on,
        label=label,
        lines=(
            *_side(gift.income_account, back.amount, gift.analytic, back.foreign),
            *_exchange(paid - back.amount),
            credit(account, paid, foreign=back.foreign),
        ),
    )


def _within_gift(back: Reversal) -> None:
    if back.amount > back.gift.amount:
        raise ReversalExceedsGift(f"{back.amount} of a gift of {back.gift.amount}")
