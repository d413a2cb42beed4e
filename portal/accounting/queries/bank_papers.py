"""Which papers of ours a line may be: payouts, deposits, files of debits, entries, the gifts of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart, BankRule
from portal.accounting.queries.bank_facts import facts_of, unmatched_gift, waits
from portal.accounting.queries.bank_givers import Found
from portal.accounting.queries.own_accounts import bank_codes
from portal.accounting.rules.bank import MatchKind, plain_words
from portal.accounting.rules.chart import FEES, INTERNAL_TRANSFERS
from portal.accounting.rules.matching import (
    ENTRY_WITHIN,
    PAYOUT_WITHIN,
    RECORDED_WITHIN,
    Proposal,
    Why,
    says_all,
    says_fee,
)
from portal.core.db import db
from portal.donations import in_hand
from portal.donations.codes import GiftMode
from portal.donations.models import CollectionAttempt, Gift, Payout
from portal.donations.rules.gift import GiftState
from portal.donations.services import direct_debits

_AT_THE_BANK: Final = (GiftMode.TRANSFER, GiftMode.SEPA, GiftMode.CARD)
_SHORT_NAME: Final = 4
OWN_TRANSFER_WITHIN: Final = timedelta(days=5)
"""A transfer between two banks takes a working day, and more over a long weekend."""

# Entries on a bank account that stand, on the line's own first, that no line shows, and that are booked by no other way a line can be
# matched (a gift by its gift, a deposit by its slip, a line by itself).
_ENTRIES: Final = r"""
select e.id, e.date, sum(l.debit_minor - l.credit_minor) as moved
from entry e join entry_line l on l.entry_id = e.id and l.account = any(:banks)
where e.date between :since and :until
  and e.source !~ '^gift:[0-9]+\:settled(:[0-9]+)?$'
  and e.source not like 'bank_part:%' and e.source not like 'deposit:%'
  and not exists (select from entry u where u.source = e.source || '\:undone')
  and not exists (select from entry b where e.source = b.source || '\:undone' and b.date = e.date)
  and not exists (select from bank_part p where p.entry_id = e.id and p.live)
group by e.id, e.date, l.account having sum(l.debit_minor - l.credit_minor) = any(:sums)
order by l.account <> :bank, e.date, e.id"""


# Files of our own debits of which a line shows a gift, be it one by one.
_COLLECTIONS_SHOWN: Final = (
    sa.select(CollectionAttempt.collection_id)
    .join(BankPart, sa.and_(BankPart.gift_id == CollectionAttempt.gift_id, BankPart.live))
    .distinct()
)


def papers_of(lines: Sequence[BankLine], *, likely: bool = True) -> Found:
    """For each line, what of ours it may show. Without ``likely`` only what may be certain."""
    found: Found = defaultdict(list)
    if lines:
        for finder in (
            _payouts,
            _deposits,
            _collections,
            _accounts,
            *((_between_ours, _days, _entries) if likely else ()),
        ):
            finder(lines, found)
    return found


def _between(lines: Sequence[BankLine], apart: timedelta) -> tuple[date, date]:
    days = [line.booked_on for line in lines]
    return min(days) - apart, max(days) + apart


def _payouts(lines: Sequence[BankLine], found: Found) -> None:
    since, until = _between(lines, PAYOUT_WITHIN)
    taken = sa.exists().where(BankPart.payout_id == Payout.id, BankPart.live)
    payouts = db.session.scalars(
        sa.select(Payout).where(
            Payout.currency == "EUR",
            Payout.status.not_in(("failed", "canceled")),
            Payout.amount_minor.in_({line.amount_minor for line in lines}),
            Payout.arrives_on.between(since, until),
            ~taken,
        )
    ).all()
    for line in lines:
        for payout in payouts:
            near = abs(payout.arrives_on - line.booked_on) <= PAYOUT_WITHIN
            if payout.amount_minor == line.amount_minor and near:
                found[line.id].append(_of_payout(payout, line))


def _of_payout(payout: Payout, line: BankLine) -> Proposal:
    plain, named = facts_of(line).plain, plain_words(payout.statement_descriptor)
    told = "stripe" in plain or (len(named) >= _SHORT_NAME and named in plain)
    why = (Why.PAYOUT_WORDS, Why.SAME_AMOUNT) if told else (Why.SAME_AMOUNT,)
    return Proposal(MatchKind.PAYOUT, why, target=payout.id)


def _deposits(lines: Sequence[BankLine], found: Found) -> None:
    transit = in_hand.deposits_in_transit()
    for line in lines:
        plain = facts_of(line).plain
        for deposit in transit:
            if deposit.amount != line.amount or deposit.made_on > line.booked_on:
                continue
            told = plain_words(deposit.ref).replace(" ", "") in plain.replace(" ", "")
            why = (Why.DEPOSIT_NUMBER,) if told else (Why.SAME_AMOUNT,)
            found[line.id].append(
                Proposal(MatchKind.DEPOSIT, (*why,), target=str(deposit.deposit_id))
            )


def _collections(lines: Sequence[BankLine], found: Found) -> None:
    shown = set(db.session.scalars(_COLLECTIONS_SHOWN))
    transit = [each for each in direct_debits.collections_in_transit() if each[0].id not in shown]
    for line in lines:
        plain = facts_of(line).plain.replace(" ", "")
        for collection, expected in transit:
            near = timedelta() <= line.booked_on - collection.collect_on <= PAYOUT_WITHIN
            if expected != line.amount or not near:
                continue
            told = plain_words(collection.message_id).replace(" ", "") in plain
            why = Why.COLLECTION_NUMBER if told else Why.SAME_AMOUNT
            found[line.id].append(
                Proposal(MatchKind.GIFT, (why,), target=f"collection:{collection.id}")
            )


def _between_ours(lines: Sequence[BankLine], found: Found) -> None:
    """A transfer between two of our accounts: the same sum the other way on another one, within days, that
    waits too or was said to be one."""
    since, until = _between(lines, OWN_TRANSFER_WITHIN)
    said = sa.exists().where(
        BankMatch.line_id == BankLine.id,
        BankMatch.live,
        BankMatch.id == BankPart.match_id,
        BankPart.account == INTERNAL_TRANSFERS,
    )
    others = db.session.execute(
        sa.select(BankLine.account_id, BankLine.amount_minor, BankLine.booked_on).where(
            BankLine.booked_on.between(since, until),
            BankLine.amount_minor.in_({-line.amount_minor for line in lines}),
            sa.or_(waits(), said),
        )
    ).all()
    for line in lines:
        if any(
            other.account_id != line.account_id
            and other.amount_minor == -line.amount_minor
            and abs(other.booked_on - line.booked_on) <= OWN_TRANSFER_WITHIN
            for other in others
        ):
            found[line.id].append(
                Proposal(MatchKind.ACCOUNT, (Why.OWN_TRANSFER,), target=INTERNAL_TRANSFERS)
            )


def _days(lines: Sequence[BankLine], found: Found) -> None:
    """Gifts recorded for one day and mode that come to the line: a file of debits, a batch of transfers."""
    since, until = _between(lines, RECORDED_WITHIN)
    rows = db.session.execute(
        sa.select(
            Gift.tax_on,
            sa.func.sum(Gift.amount_minor).label("total"),
            sa.func.array_agg(Gift.id).label("ids"),
        )
        .where(
            Gift.mode.in_(_AT_THE_BANK),
            Gift.state == GiftState.SETTLED,
            Gift.currency == "EUR",
            Gift.stripe_payment_intent_id.is_(None),
            Gift.tax_on.between(since, until),
            unmatched_gift(),
        )
        .group_by(Gift.tax_on, Gift.mode)
        .having(sa.func.count() > 1)
    ).all()
    for line in lines:
        for row in rows:
            near = abs(row.tax_on - line.booked_on) <= RECORDED_WITHIN
            if int(row.total) == line.amount_minor and near:
                ids = tuple(sorted(row.ids))
                found[line.id].append(Proposal(MatchKind.GIFT, (Why.GIFTS_OF_A_DAY,), gift_ids=ids))


def _entries(lines: Sequence[BankLine], found: Found) -> None:
    """What stands in the books at the bank already: a refund, a returned cheque, a fee."""
    for line in lines:
        for row in entries_of_sum(line):
            found[line.id].append(
                Proposal(MatchKind.ENTRY, (Why.BOOKED, Why.SAME_AMOUNT), target=str(row.id))
            )


def entries_of_sum(line: BankLine) -> Sequence[Any]:
    """Entries on our bank accounts of the line's sum, about its day, that no line shows."""
    named = {
        "bank": line.account.ledger_code,
        "banks": bank_codes(),
        "since": line.booked_on - ENTRY_WITHIN,
        "until": line.booked_on + ENTRY_WITHIN,
        "sums": [line.amount_minor],
    }
    return db.session.execute(sa.text(_ENTRIES), named).all()


def _accounts(lines: Sequence[BankLine], found: Found) -> None:
    """What is no gift: by the words a person taught, or by those banks use for fees."""
    rules = db.session.scalars(
        sa.select(BankRule).where(BankRule.live, BankRule.account.is_not(None))
    ).all()
    for line in lines:
        plain = facts_of(line).plain
        for rule in rules:
            if _applies(rule, line, plain):
                found[line.id].append(
                    Proposal(
                        MatchKind.ACCOUNT, (Why.RULE,), target=rule.account or "", rule_id=rule.id
                    )
                )
        if says_fee(plain, line.bank_code, line.amount):
            found[line.id].append(Proposal(MatchKind.ACCOUNT, (Why.WORDS,), target=FEES))


def _applies(rule: BankRule, line: BankLine, plain: str) -> bool:
    if rule.iban_fingerprint is not None:
        return rule.iban_fingerprint == line.iban_fingerprint
    return says_all(rule.words, plain)
