"""What Stripe sent to the bank, and what each payout is made of, to the cent."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.money import total
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import ledger_queries as reads
from portal.donations import provider_wording as words
from portal.donations.models import Payout, ProviderLine
from portal.donations.office import bp


def _payouts() -> ListSpec:
    return ListSpec(
        name="stripe-payouts",
        columns=(
            ListColumn("id", _("Payout"), lambda p: p.id),
            ListColumn("made", _("Made"), lambda p: p.created_at, "datetime", Payout.created_at),
            ListColumn("arrives", _("At the bank"), lambda p: p.arrives_on, "date"),
            ListColumn("amount", _("Amount"), lambda p: p.amount, "amount", Payout.amount_minor),
            ListColumn("state", _("State"), lambda p: words.payout_standing(p).label),
            ListColumn("told_apart", _("Lines"), _told_apart),
        ),
        search=(Payout.id, Payout.statement_descriptor),
        default_sort="made",
        default_descending=True,
        tie=Payout.id.desc(),
    )


def _told_apart(payout: Payout) -> str:
    if not payout.automatic:
        return str(_("Made by hand"))
    return str(_("Read") if payout.lines_read_at else _("Not complete yet"))


@bp.get("/stripe-payouts")
@needs(Role.ACCOUNTANT)
def payouts() -> ResponseReturnValue:
    """Every payout, the newest first."""
    page = list_page(_payouts(), reads.payouts())
    return export(page) or render_template(
        "donations/office/payouts.html",
        page=page,
        payout_standing=words.payout_standing,
        told_apart=_told_apart,
    )


def _lines(payout_id: str) -> ListSpec:
    return ListSpec(
        name=f"payout-{payout_id}",
        columns=(
            ListColumn(
                "made",
                _("Date"),
                lambda row: row.ProviderLine.created_at,
                "datetime",
                ProviderLine.created_at,
            ),
            ListColumn(
                "about", _("About"), lambda row: words.line_words(row.ProviderLine.category)
            ),
            ListColumn("gift", _("Gift"), lambda row: row.gift_ref or ""),
            ListColumn("source", _("Stripe id"), lambda row: row.ProviderLine.source_id),
            ListColumn("gross", _("Gross"), lambda row: row.ProviderLine.gross, "amount"),
            ListColumn("fee", _("Fee"), lambda row: row.ProviderLine.fee, "amount"),
            ListColumn("net", _("Net"), lambda row: row.ProviderLine.net, "amount"),
            ListColumn("line", _("Line"), lambda row: row.ProviderLine.id),
        ),
        search=(ProviderLine.source_id, ProviderLine.id),
        default_sort="made",
        tie=ProviderLine.id,
    )


@bp.get("/stripe-payouts/<payout_id>")
@needs(Role.ACCOUNTANT)
def payout(payout_id: str) -> ResponseReturnValue:
    """One payout: where it stands, what it is made of, each line with its gift."""
    found = reads.payout(payout_id) or abort(404)
    page = list_page(_lines(payout_id), reads.lines_of(payout_id))
    return export(page) or render_template(
        "donations/office/payout.html",
        payout=found,
        page=page,
        **_made_of(found),
    )


def _made_of(found: Payout) -> dict[str, Any]:
    parts = reads.parts_of(found)
    net = total([part.net for part in parts], found.currency)
    return {
        "parts": parts,
        "net": net,
        "agrees": net == found.amount,
        "difference": found.amount - net,
        "standing": words.payout_standing(found),
        "kind_words": words.kind_words,
        "line_words": words.line_words,
    }
