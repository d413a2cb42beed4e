"""Decisions become rules: seen, changed, ended by people; never silently."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import BankLine, BankRule
from portal.accounting.rules.bank import NOT_GIFTS
from portal.accounting.services.bank.errors import MatchRefused
from portal.accounting.services.bank.orders import GiftPart, MatchOrder
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.donations.codes import PurposeKind
from portal.programmes.codes import Programme

KNOWN_WORDS = N_("There is a rule for these words already.")


def learn(line: BankLine, order: MatchOrder, *, by: int | None) -> BankRule | None:
    """The account a line came from means the same next time; nothing when it has none, or several parts.

    A rule for that account that says otherwise ends: the latest decision counts.
    """
    if line.iban_fingerprint is None or len(order.parts) != 1:
        return None
    part = order.parts[0]
    rule = BankRule(
        iban_fingerprint=line.iban_fingerprint,
        iban_last4=line.iban_last4,
        made_by=by,
        line_id=line.id,
    )
    if isinstance(part, GiftPart):
        if part.donor_id is None:
            return None
        rule.donor_id, rule.purpose, rule.programme = part.donor_id, part.purpose, part.programme
    elif part.account:
        rule.account = part.account
    else:
        return None
    return _replace(rule, by)


def _replace(rule: BankRule, by: int | None) -> BankRule:
    before = db.session.scalar(
        sa.select(BankRule)
        .where(BankRule.iban_fingerprint == rule.iban_fingerprint, BankRule.live)
        .with_for_update()
    )
    if before is not None:
        if _says(before) == _says(rule):
            return before
        _end(before, by)
    db.session.add(rule)
    db.session.flush()
    _tell("bank.rule_learned", rule, by)
    return rule


def _says(rule: BankRule) -> tuple[object, ...]:
    return rule.donor_id, rule.purpose, rule.programme, rule.account


def unlearn(line: BankLine, *, by: int | None) -> None:
    """The decision on this line was wrong: so is what was learned from it."""
    taught = sa.select(BankRule).where(BankRule.line_id == line.id, BankRule.live)
    for rule in db.session.scalars(taught.with_for_update()).all():
        _end(rule, by)


def rule_of_words(words: str, account: str, *, by: int) -> BankRule:
    """Lines that hold these words go onto that account. Raises MatchRefused."""
    if account not in NOT_GIFTS:
        raise MatchRefused(N_("Choose one of the accounts of the list."))
    try:
        with transaction() as session:
            rule = BankRule(words=" ".join(words.split()), account=account, made_by=by)
            session.add(rule)
            session.flush()
            _tell("bank.rule_made", rule, by)
            return rule
    except IntegrityError as error:
        raise MatchRefused(KNOWN_WORDS) from error


def change_rule(
    rule_id: int, purpose: PurposeKind, programme: Programme | None, *, by: int
) -> BankRule:
    """The same account and donor, for something else from now on; gifts made before stay."""
    with transaction() as session:
        before = session.get_one(BankRule, rule_id, with_for_update={"of": BankRule})
        if not before.live or (before.purpose, before.programme) == (purpose, programme):
            return before
        _end(before, by)
        after = BankRule(
            iban_fingerprint=before.iban_fingerprint,
            iban_last4=before.iban_last4,
            words=before.words,
            donor_id=before.donor_id,
            purpose=purpose,
            programme=programme,
            made_by=by,
        )
        session.add(after)
        session.flush()
        _tell("bank.rule_changed", after, by)
        return after


def end_rule(rule_id: int, *, by: int) -> None:
    """It no longer holds; nothing when it ended before."""
    with transaction() as session:
        rule = session.get_one(BankRule, rule_id, with_for_update={"of": BankRule})
        if rule.live:
            _end(rule, by)


def _end(rule: BankRule, by: int | None) -> None:
    rule.live, rule.ended_at, rule.ended_by = False, current_app.extensions["clock"].now(), by
    db.session.flush()
    _tell("bank.rule_ended", rule, by)


def _tell(action: str, rule: BankRule, by: int | None) -> None:
    audit.record(
        action,
        f"bank_rule:{rule.id}",
        after={
            "iban": f"···· {rule.iban_last4}" if rule.iban_last4 else "",
            "words": rule.words,
            "donor": rule.donor_id,
            "purpose": str(rule.purpose or ""),
            "account": rule.account or "",
        },
        actor_id=by,
    )
