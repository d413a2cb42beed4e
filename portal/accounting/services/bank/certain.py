"""What is certain is matched at once, when the account is set so; anything else waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankLine
from portal.accounting.queries.bank_facts import waits
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.matching import Proposal, certain_one
from portal.accounting.services.bank.errors import BankError
from portal.accounting.services.bank.matching import match_line, order_of
from portal.core.db import db, transaction
from portal.donations.models import Gift

AT_ONCE: Final = 50


def accept_certain(line_ids: Sequence[int], *, by: int | None = None) -> int:
    """Match those of the lines about which there is no question; gives how many.

    What cannot be done after all (a receipt stands in the way) waits like the rest. A recorded gift
    that the bank credited in another year is a question: its tax year changes.
    """
    done = 0
    with transaction():
        for start in range(0, len(line_ids), AT_ONCE):
            part = line_ids[start : start + AT_ONCE]
            for line in _asked(part):
                # Anew for each: what the line before took is no longer to be had.
                chosen = certain_one(proposals_for([line], likely=False)[line.id])
                if chosen is not None and not _crosses_a_year(line, chosen):
                    done += _accepted(line, chosen, by)
    return done


def _asked(line_ids: Sequence[int]) -> Sequence[BankLine]:
    return db.session.scalars(
        sa.select(BankLine)
        .join(BankAccount, BankAccount.id == BankLine.account_id)
        .where(BankLine.id.in_(line_ids), BankAccount.accepts_certain, waits())
        .order_by(BankLine.booked_on, BankLine.id)
    ).all()


def _crosses_a_year(line: BankLine, chosen: Proposal) -> bool:
    if not chosen.gift_ids:
        return False
    years = db.session.scalars(
        sa.select(sa.extract("year", Gift.tax_on)).where(Gift.id.in_(chosen.gift_ids))
    )
    return any(int(year) != line.booked_on.year for year in years)


def _accepted(line: BankLine, chosen: Proposal, by: int | None) -> int:
    assert chosen.certain is not None
    try:
        match_line(
            line.id,
            order_of(line, chosen),
            by=by,
            matched_by=chosen.certain,
            rule_id=chosen.rule_id,
        )
    except BankError:
        return 0
    return 1
