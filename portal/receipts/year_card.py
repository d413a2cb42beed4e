"""A year's receipts on the accountant's year at a glance."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.i18n import day, money, number
from portal.core.web.cards import Card
from portal.receipts.queries import declaration as declared
from portal.receipts.queries.register import cancelled_in
from portal.receipts.rules.declaration import declaration_due_on


def receipts_of_the_year(year: int) -> Card:
    """How many receipts stand and what they certify; whether the gifts were declared."""
    figures, cancelled = declared.figures_of(year), cancelled_in(year)
    lines = [_valid(figures.receipts, money(figures.amount))]
    if cancelled:
        lines.append(
            ngettext(
                "%(num)s receipt was cancelled.", "%(num)s receipts were cancelled.", cancelled
            )
        )
    if figures.receipts:
        lines.append(_declared(year))
    return Card(
        title=_("Tax receipts of %(year)s", year=year),
        lines=tuple(lines),
        url=url_for("office_receipts.declaration", year=year)
        if figures.receipts
        else url_for("office_receipts.index", year=year),
        link=_("Declaration of gifts") if figures.receipts else _("Tax receipts"),
        icon="receipt-euro",
    )


def _valid(receipts: int, amount: str) -> str:
    if not receipts:
        return str(_("No receipt of that year stands."))
    words = ngettext(
        "%(count)s valid receipt, %(amount)s.",
        "%(count)s valid receipts, %(amount)s.",
        receipts,
        count=number(receipts),
        amount=amount,
    )
    return str(words)


def _declared(year: int) -> str:
    filings = declared.declarations_of(year)
    if filings:
        return str(_("Declared to the tax office on %(day)s.", day=day(filings[0].filed_on)))
    return str(_("To be declared by %(day)s.", day=day(declaration_due_on(year))))
