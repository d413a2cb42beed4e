"""A statement must add up: opening balance and movements make the closing balance, to the cent."""

from __future__ import annotations

from portal.accounting.rules.statements.accounts import masked
from portal.accounting.rules.statements.lines import Statement, StatementRefused
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.core.tables.wording import say

MAX_LINES = 100_000


def proved(statement: Statement) -> bool:
    """Whether both balances are told, so that the sum proves that no line is missing."""
    return statement.opening is not None and statement.closing is not None


def controlled(statement: Statement) -> Statement:
    """The statement, once its lines are of one currency, dated in order, and add up.

    :raises StatementRefused: with the difference in words.
    """
    _one_currency(statement)
    moved = total([line.amount for line in statement.lines], statement.currency)
    if statement.opening is None or statement.closing is None:
        return statement
    _balances_in_its_currency(statement, statement.opening, statement.closing)
    difference = statement.opening + moved - statement.closing
    if difference:
        raise StatementRefused(
            say(
                N_(
                    "Account %(account)s does not add up: it opens with %(opening)s, its lines come"
                    " to %(moved)s and it closes with %(closing)s; %(difference)s are too much or"
                    " missing."
                ),
                account=masked(statement.account) or "?",
                opening=statement.opening,
                moved=moved,
                closing=statement.closing,
                difference=Money(abs(difference.minor), difference.currency),
            )
        )
    return statement


def _balances_in_its_currency(statement: Statement, *balances: Money) -> None:
    for balance in balances:
        if balance.currency != statement.currency:
            raise StatementRefused(
                say(
                    N_("This balance is in %(other)s, the account is kept in %(currency)s."),
                    other=balance.currency,
                    currency=statement.currency,
                )
            )


def _one_currency(statement: Statement) -> None:
    for line in statement.lines:
        if line.amount.currency != statement.currency:
            raise StatementRefused(
                say(
                    N_("This line is in %(other)s, the account is kept in %(currency)s."),
                    other=line.amount.currency,
                    currency=statement.currency,
                ),
                line.place,
            )
    if len(statement.lines) > MAX_LINES:
        raise StatementRefused(say(N_("The file has more than %(most)s lines."), most=MAX_LINES))
