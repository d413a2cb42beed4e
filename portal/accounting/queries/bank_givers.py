"""Who may have sent a transfer: by reference, account, mandate, number or name. Asked for many lines at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart, BankRule
from portal.accounting.queries.bank_facts import facts_of, unmatched_gift
from portal.accounting.rules.bank import MatchKind
from portal.accounting.rules.matching import (
    RECORDED_WITHIN,
    LineFacts,
    Proposal,
    Why,
    name_closeness,
    name_words,
    says_all,
)
from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.codes import GiftMode
from portal.donations.finding import ANONYMOUS_REF
from portal.donations.models import Appeal, Gift, Mandate, Origin
from portal.donations.rules.gift import GiftState
from portal.donations.rules.transfer_reference import bodies_in, compact

Found = defaultdict[int, list[Proposal]]
_COMPACT_REF: Final = sa.func.upper(sa.func.regexp_replace(Donor.ref, "[^0-9A-Za-z]", "", "g"))
_LAST_WORD: Final = sa.func.regexp_replace(
    sa.func.lower(sa.func.unaccent(Donor.last_name)), "^.*[^a-z0-9]", ""
)
_LIKE_ENOUGH: Final = 0.45
_SHORTEST_NUMBER: Final = 4


def givers_of(lines: Sequence[BankLine], *, likely: bool = True) -> Found:
    """For each line that brought money, the donors it may come from and why.

    Without ``likely`` only what may be certain is looked for.
    """
    coming = [line for line in lines if line.amount_minor > 0]
    found: Found = defaultdict(list)
    if not coming:
        return found
    for finder in (
        _by_reference,
        _by_rule,
        *((_by_account, _by_mandate, _by_number, _by_name) if likely else ()),
    ):
        finder(coming, found)
    _recorded(coming, found)
    if likely:
        _usual(coming, found)
    return found


def _by_reference(lines: Sequence[BankLine], found: Found) -> None:
    told = {
        line.id: set(bodies_in(f"{line.structured} {line.text} {line.reference}")) for line in lines
    }
    every = {body for bodies in told.values() for body in bodies}
    if not every:
        return
    appeals = list(db.session.scalars(sa.select(Appeal)))
    numbers = every | {body.removeprefix(a.code) for a in appeals for body in every}
    donors = {compact(d.ref): d for d in _donors(_COMPACT_REF.in_(numbers - {""}))}
    for line_id, bodies in told.items():
        for body in bodies:
            found[line_id] += _named(body, donors, appeals)


def _named(body: str, donors: Mapping[str, Donor], appeals: Iterable[Appeal]) -> list[Proposal]:
    if body in donors:
        return [Proposal(MatchKind.GIFT, (Why.REFERENCE,), donors[body].id)]
    return [
        Proposal(
            MatchKind.GIFT,
            (Why.REFERENCE,),
            donors[body.removeprefix(appeal.code)].id,
            appeal.purpose.value,
            appeal.programme.value if appeal.programme else "",
            appeal_id=appeal.id,
        )
        for appeal in appeals
        if body.startswith(appeal.code) and body.removeprefix(appeal.code) in donors
    ]


def _donors(where: Any) -> Sequence[Donor]:
    standing = (Donor.ref != ANONYMOUS_REF, Donor.merged_into_id.is_(None))
    return db.session.scalars(sa.select(Donor).where(where, *standing)).all()


def _by_rule(lines: Sequence[BankLine], found: Found) -> None:
    accounts = {line.iban_fingerprint for line in lines if line.iban_fingerprint}
    rules = db.session.scalars(
        sa.select(BankRule).where(
            BankRule.live,
            BankRule.donor_id.is_not(None),
            sa.or_(BankRule.iban_fingerprint.in_(accounts), BankRule.words != ""),
        )
    ).all()
    for line in lines:
        plain = facts_of(line).plain
        for rule in rules:
            same = (
                rule.iban_fingerprint is not None and rule.iban_fingerprint == line.iban_fingerprint
            )
            if same or (rule.words and says_all(rule.words, plain)):
                found[line.id].append(_of_rule(rule))


def _of_rule(rule: BankRule) -> Proposal:
    return Proposal(
        MatchKind.GIFT,
        (Why.RULE,),
        rule.donor_id,
        rule.purpose.value if rule.purpose else "",
        rule.programme.value if rule.programme else "",
        rule_id=rule.id,
    )


def _by_account(lines: Sequence[BankLine], found: Found) -> None:
    """Donors whose gifts came from the same account before, with what the latest was for."""
    accounts = {line.iban_fingerprint for line in lines if line.iban_fingerprint}
    if not accounts:
        return
    rows = db.session.execute(
        sa.select(BankLine.iban_fingerprint, Gift.donor_id, Gift.purpose, Gift.programme)
        .join(BankMatch, sa.and_(BankMatch.line_id == BankLine.id, BankMatch.live))
        .join(BankPart, BankPart.match_id == BankMatch.id)
        .join(Gift, Gift.id == BankPart.gift_id)
        .where(BankLine.iban_fingerprint.in_(accounts), BankLine.amount_minor > 0)
        .order_by(BankLine.booked_on)
    ).all()
    known = {(row.iban_fingerprint, row.donor_id): row for row in rows}
    for line in lines:
        for (fingerprint, donor_id), row in known.items():
            if fingerprint == line.iban_fingerprint:
                programme = row.programme.value if row.programme else ""
                told = (Why.KNOWN_ACCOUNT,)
                found[line.id].append(
                    Proposal(MatchKind.GIFT, told, donor_id, row.purpose.value, programme)
                )


def _by_mandate(lines: Sequence[BankLine], found: Found) -> None:
    """The account of a mandate, or its reference, names its donor."""
    accounts = {line.iban_fingerprint for line in lines if line.iban_fingerprint}
    rums = {line.mandate.upper() for line in lines if line.mandate}
    if not accounts and not rums:
        return
    mandates = db.session.scalars(
        sa.select(Mandate).where(
            sa.or_(Mandate.iban_fingerprint.in_(accounts), Mandate.rum.in_(rums))
        )
    ).all()
    for line in lines:
        for mandate in mandates:
            if (
                line.iban_fingerprint == mandate.iban_fingerprint
                or line.mandate.upper() == mandate.rum
            ):
                found[line.id].append(Proposal(MatchKind.GIFT, (Why.MANDATE,), mandate.donor_id))


def _by_number(lines: Sequence[BankLine], found: Found) -> None:
    """A word of the line that is a donor's number, written without RF."""
    told = {line.id: _numbers(line) for line in lines}
    every = {word for words in told.values() for word in words}
    if not every:
        return
    donors = {compact(d.ref): d.id for d in _donors(_COMPACT_REF.in_(every))}
    for line_id, words in told.items():
        for word in words & set(donors):
            found[line_id].append(Proposal(MatchKind.GIFT, (Why.DONOR_NUMBER,), donors[word]))


def _numbers(line: BankLine) -> set[str]:
    words = {compact(word) for word in f"{line.text} {line.reference}".split()}
    return {
        word for word in words
        if len(word) >= _SHORTEST_NUMBER and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
    }  # fmt: skip


def _by_name(lines: Sequence[BankLine], found: Found) -> None:
    facts = {line.id: facts_of(line) for line in lines}
    for donor in _who_may_be_named(facts.values()):
        for line_id, fact in facts.items():
            closeness = name_closeness(donor.first_name, donor.last_name, fact)
            if closeness:
                found[line_id].append(
                    Proposal(MatchKind.GIFT, (Why.NAME,), donor.id, closeness=closeness)
                )
    for line_id, fact in facts.items():
        if not fact.payer:
            continue
        for donor_id, closeness in _companies_like(fact.payer):
            found[line_id].append(
                Proposal(MatchKind.GIFT, (Why.NAME,), donor_id, closeness=float(closeness))
            )


def _who_may_be_named(facts: Iterable[LineFacts]) -> Sequence[Donor]:
    """Persons whose last name ends with a word of any line: one pass over the donors for a page."""
    words = {
        word
        for fact in facts
        for word in (name_words(fact.payer) or name_words(fact.plain))
        if len(word) > 1 and not word.isdigit()
    }
    if not words:
        return []
    return _donors(sa.and_(Donor.kind == DonorKind.PERSON, _LAST_WORD.in_(words)))


def _companies_like(payer: str) -> Sequence[Any]:
    name = sa.func.lower(sa.func.unaccent(Donor.company_name))
    closeness = sa.func.similarity(name, sa.func.unaccent(payer))
    likeliest = sa.select(Donor.id, closeness).where(
        Donor.kind == DonorKind.COMPANY, Donor.company_name != "", closeness >= _LIKE_ENOUGH
    )
    return [
        (row[0], row[1])
        for row in db.session.execute(likeliest.order_by(closeness.desc()).limit(3))
    ]


def _recorded(lines: Sequence[BankLine], found: Found) -> None:
    """Transfers recorded already that no line shows: of a donor proposed, else of that sum and time."""
    days = [line.booked_on for line in lines]
    gifts = db.session.scalars(
        sa.select(Gift)
        .where(
            Gift.mode == GiftMode.TRANSFER,
            Gift.state == GiftState.SETTLED,
            Gift.origin != Origin.STATEMENT,
            Gift.currency == "EUR",
            Gift.amount_minor.in_({line.amount_minor for line in lines}),
            Gift.tax_on.between(min(days) - RECORDED_WITHIN, max(days) + RECORDED_WITHIN),
            unmatched_gift(),
        )
        .order_by(Gift.id)
    ).all()
    for line in lines:
        fitting = [gift for gift in gifts if _fits(gift, line)]
        fitting.sort(key=lambda gift: abs((_day(gift) - line.booked_on).days))
        for gift in fitting:
            found[line.id].append(_of_gift(gift))


def _fits(gift: Gift, line: BankLine) -> bool:
    near = abs(_day(gift) - line.booked_on) <= RECORDED_WITHIN
    return gift.amount_minor == line.amount_minor and near


def _day(gift: Gift) -> Any:
    return gift.tax_on


def _of_gift(gift: Gift) -> Proposal:
    return Proposal(
        MatchKind.GIFT,
        (Why.RECORDED, Why.SAME_AMOUNT),
        gift.donor_id,
        gift.purpose.value,
        gift.programme.value if gift.programme else "",
        gift_ids=(gift.id,),
    )


def _usual(lines: Sequence[BankLine], found: Found) -> None:
    """Donors proposed who gave that very sum before."""
    donors = {p.donor_id for line in lines for p in found[line.id] if p.donor_id is not None}
    if not donors:
        return
    rows = db.session.execute(
        sa.select(Gift.donor_id, Gift.amount_minor)
        .where(Gift.donor_id.in_(donors), Gift.state == GiftState.SETTLED)
        .distinct()
    )
    gave = {(row.donor_id, row.amount_minor) for row in rows}
    for line in lines:
        found[line.id] = [
            replace(p, why=(*p.why, Why.USUAL_AMOUNT))
            if (p.donor_id, line.amount_minor) in gave and Why.RECORDED not in p.why
            else p
            for p in found[line.id]
        ]
