"""The words for what the books count by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from flask_babel import format_date
from flask_babel import gettext as _

from portal.accounting.queries.overview import Share
from portal.accounting.rules.dedicated import TAG
from portal.core.i18n import money
from portal.core.i18n_markers import N_
from portal.donations.codes import PurposeKind
from portal.donations.wording import programme_words, purpose_words
from portal.programmes.codes import Programme

MODES: Final = {
    "card": N_("Card"),
    "sepa": N_("Direct debit"),
    "transfer": N_("Bank transfer"),
    "cheque": N_("Cheque"),
    "cash": N_("Cash"),
    "in_kind": N_("In kind"),
    "waived_expenses": N_("Waived expenses"),
}


def mode_label(code: str) -> str:
    """How the money came."""
    return str(_(MODES[code]) if code in MODES else _("Not from a gift"))


def purpose_label(code: str) -> str:
    """What the gift is for, in the words of the page of the gift: a purpose, or ``programme:<code>``."""
    kind, _colon, programme = code.partition(":")
    if kind not in list(PurposeKind):
        return str(_("Not from a gift"))
    return purpose_words(PurposeKind(kind), Programme(programme) if programme else None)


def fund_label(tag: str) -> str:
    """The programme a line's money is kept for; empty when it is for none."""
    return programme_words()[Programme(tag.removeprefix(TAG))] if tag.startswith(TAG) else ""


def month_label(code: str) -> str:
    """The month's name, with a capital."""
    return str(format_date(date(2000, int(code), 1), "LLLL")).capitalize()


def bars_of(shares: Iterable[Share], label: Callable[[str], str]) -> list[dict[str, Any]]:
    """The bars of a chart; a sum below zero (more went back than came) has no bar."""
    return [
        {
            "label": label(share.code),
            "value": max(share.amount.minor, 0),
            "text": money(share.amount),
        }
        for share in shares
    ]
