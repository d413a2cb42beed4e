"""What becomes of gifts and promises when two records of one person are joined: they all move."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from portal.accounts import events, merging
from portal.accounts.merging import MergeRefused
from portal.accounts.models import Donor
from portal.core.i18n_markers import N_
from portal.donations.finding import ANONYMOUS_REF

MOVES = (
    ("gift.donor_id", N_("Gifts")),
    ("plan.donor_id", N_("Regular gifts")),
    ("mandate.donor_id", N_("Direct debit mandates")),
    ("cheque.donor_id", N_("Cheques")),
    ("agreement.donor_id", N_("Agreements")),
    ("stripe_customer.donor_id", ""),
    ("plan_correspondent.donor_id", ""),
)


def register() -> None:
    """Declare the columns; refuse to touch the donor nobody knows."""
    for column, label in MOVES:
        merging.moves(column, label)
    events.donors_merging.connect(_anonymous_is_nobody)


def _anonymous_is_nobody(survivor: Donor, *, other: Donor, **_told: Any) -> None:
    if ANONYMOUS_REF in (survivor.ref, other.ref):
        raise MergeRefused(_("The anonymous donor is nobody: it cannot be joined."))
