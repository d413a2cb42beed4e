"""What happens to gifts after their receipt: nothing is redone silently, a person decides."""

from __future__ import annotations

from portal.core import audit
from portal.core.i18n_markers import N_
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift
from portal.receipts.queries.register import live_number_of

ON_A_RECEIPT = N_(
    "This gift stands on a tax receipt: cancel that receipt before the gift is changed."
)


def refuse_change(gift: Gift) -> None:
    """Raises ChangeRefused for a gift that a standing receipt certifies."""
    if live_number_of(gift.id) is not None:
        raise ChangeRefused(ON_A_RECEIPT)


def note_correction_due(gift: Gift) -> None:
    """Write into the history of the gift's receipt that it states too much (or too little) now.

    The receipt shows up among those to correct, which are read from the rows themselves.
    """
    number = live_number_of(gift.id)
    if number is not None:
        audit.record(
            "receipt.to_correct",
            f"receipt:{number}",
            after={"gift": gift.ref, "kept": str(gift.kept_euros)},
        )
