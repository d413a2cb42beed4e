"""Figures of the general ledger an accountant brings, and which row an account belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import CrodTag, LedgerFigure
from portal.accounting.queries.closing import closed_years
from portal.accounting.queries.crod import rows_of_accounts, rows_of_programmes
from portal.accounting.rules.crod import MISSIONS, FigureRow, UnknownRow, movable_rows
from portal.accounting.services.locking import share_the_books
from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.programmes.codes import Programme

YEAR_CLOSED = N_("This year or a later one is closed: its figures stay as they are.")
MISSIONS_ONLY = N_("Money of a fund is spent on missions, or carried into the year.")
STRUCK_ALREADY = N_("This figure is struck out already.")


class FigureRefused(Exception):
    """The figure cannot be taken or struck out; ``reason`` is an English msgid."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureOrder:
    """A figure as it was typed; of a fund, all of it is the public's generosity."""

    year: int
    row: FigureRow
    programme: Programme | None
    amount: Money
    generosity: Money
    piece_ref: str
    piece_on: date
    note: str
    form_token: str


def enter_figure(order: FigureOrder, *, by: int) -> LedgerFigure:
    """Keep a figure with its voucher; the same form sent twice is one figure.

    :raises FigureRefused: when the year is closed or a later one is, or a fund is put in a row that
        is no mission.
    """
    if order.programme is not None and order.row not in (*MISSIONS, FigureRow.OPENING):
        raise FigureRefused(MISSIONS_ONLY)
    try:
        with transaction() as session:
            figure = LedgerFigure(
                year=order.year,
                row=order.row,
                programme=order.programme,
                amount_minor=order.amount.minor,
                generosity_minor=order.generosity.minor,
                piece_ref=order.piece_ref,
                piece_on=order.piece_on,
                note=order.note,
                form_token=order.form_token,
                entered_by=by,
            )
            session.add(figure)
            session.flush()
            _told("books.figure_entered", figure, by)
            return figure
    except IntegrityError as error:
        if violated(error) == "uq_ledger_figure_form_token":
            return _of_token(order.form_token)
        raise _words_for(error) from error


def strike_figure(figure_id: int, *, because: str, by: int) -> None:
    """The figure was wrong: it stays, struck out, and counts no more. Raises FigureRefused."""
    try:
        with transaction() as session:
            figure = session.get_one(
                LedgerFigure, figure_id, with_for_update=True, populate_existing=True
            )
            if figure.struck_at is not None:
                raise FigureRefused(STRUCK_ALREADY)
            figure.struck_at = current_app.extensions["clock"].now()
            figure.struck_by, figure.struck_because = by, because
            session.flush()
            _told("books.figure_struck", figure, by, because)
    except IntegrityError as error:
        raise _words_for(error) from error


def move_account(account: str, row: str, *, since: int, by: int) -> None:
    """Put an account in another row of its side of the CROD, from that year on.

    :raises UnknownRow: for an account that is in none, or a row it cannot go to.
    :raises FigureRefused: when that year is closed, or a later one.
    """
    now = rows_of_accounts(since).get(account)
    if now is None or row not in movable_rows(now):
        raise UnknownRow(row)
    _move(f"account:{account}", now, row, since, by)


def move_programme(programme: Programme, row: FigureRow, *, since: int, by: int) -> None:
    """Say where a programme's missions are carried out. Raises UnknownRow, FigureRefused."""
    if row not in MISSIONS:
        raise UnknownRow(row)
    _move(f"programme:{programme}", rows_of_programmes(since)[programme], row, since, by)


def _move(subject: str, before: str, row: str, since: int, by: int) -> None:
    with transaction() as session:
        share_the_books()
        if not may_change(since):
            raise FigureRefused(YEAR_CLOSED)
        if before == row:
            return
        now = current_app.extensions["clock"].now()
        values = {"row": str(row), "changed_at": now, "changed_by": by}
        told = insert(CrodTag).values({"subject": subject, "since": since} | values)
        session.execute(
            told.on_conflict_do_update(index_elements=["subject", "since"], set_=values)
        )
        audit.record(
            "books.crod_moved",
            f"crod:{subject}",
            before={"row": str(before)},
            after={"row": str(row), "since": since},
            actor_id=by,
        )


def _of_token(form_token: str) -> LedgerFigure:
    return db.session.scalars(
        sa.select(LedgerFigure).where(LedgerFigure.form_token == form_token)
    ).one()


def _words_for(error: IntegrityError) -> Exception:
    return FigureRefused(YEAR_CLOSED) if violated(error) == "period_is_closed" else error


def _told(act: str, figure: LedgerFigure, by: int, note: str = "") -> None:
    told = {
        "row": str(figure.row),
        "programme": str(figure.programme or ""),
        "amount": str(figure.amount),
        "piece": figure.piece_ref,
    }
    audit.record(act, f"books:{figure.year}", after=told, note=note, actor_id=by)


def may_change(year: int) -> bool:
    """Whether figures of the year may still be entered and struck out: neither it nor a later year
    is closed, whose funds and statements would change with it."""
    return all(closed < year for closed in closed_years())
