"""Stripe's payouts and the bank on the accountant's year at a glance."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.queries.bank import lines_waiting
from portal.accounting.queries.payout_rows import payouts_in
from portal.core.i18n import money, number
from portal.core.web.cards import Card
from portal.donations.ledger_queries import open_findings


def payouts_of_the_year(year: int) -> Card:
    """What Stripe sent to the bank in the year, and what differs or waits."""
    found, differing, waiting = payouts_in(year), open_findings(), lines_waiting()
    lines = [
        ngettext(
            "%(count)s payout, %(amount)s.",
            "%(count)s payouts, %(amount)s.",
            found.count,
            count=number(found.count),
            amount=money(found.amount),
        )
        if found.count
        else _("Stripe sent nothing to the bank in that year.")
    ]
    if found.unseen:
        lines.append(
            ngettext(
                "%(num)s is not on a statement of the bank yet.",
                "%(num)s are not on a statement of the bank yet.",
                found.unseen,
            )
        )
    if differing:
        lines.append(
            ngettext(
                "%(num)s difference with Stripe waits for somebody.",
                "%(num)s differences with Stripe wait for somebody.",
                differing,
            )
        )
    if waiting:
        lines.append(
            ngettext(
                "%(num)s line of the bank is not matched.",
                "%(num)s lines of the bank are not matched.",
                waiting,
            )
        )
    return Card(
        title=_("Payouts and bank"),
        lines=tuple(str(line) for line in lines),
        url=url_for("exports.preview", code="payouts", year=year)
        if found.count
        else url_for("bank.index"),
        link=_("Payouts with their lines") if found.count else _("Bank"),
        icon="landmark",
    )
