"""Our own direct debits in the reader's words."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.donations.models import CollectionState, MandateState
from portal.donations.rules.direct_debit import AttemptState, InstalmentState
from portal.donations.wording import Standing


def mandate_standing(state: MandateState) -> Standing:
    """Where a mandate stands."""
    words = {
        MandateState.ACTIVE: (_("In force"), "success"),
        MandateState.SUSPENDED: (_("Suspended: ask the donor"), "warning"),
        MandateState.REVOKED: (_("Over"), "neutral"),
        MandateState.REPLACED: (_("Replaced"), "neutral"),
    }
    return _standing(words[state])


def instalment_standing(state: InstalmentState) -> Standing:
    """Where a due date stands."""
    words = {
        InstalmentState.PLANNED: (_("Planned"), "neutral"),
        InstalmentState.ANNOUNCED: (_("Announced"), "info"),
        InstalmentState.COLLECTING: (_("In a file"), "info"),
        InstalmentState.COLLECTED: (_("Received"), "success"),
        InstalmentState.RETURNED: (_("Came back"), "danger"),
        InstalmentState.GIVEN_UP: (_("Given up"), "neutral"),
        InstalmentState.CANCELLED: (_("Not asked for"), "neutral"),
    }
    return _standing(words[state])


def attempt_standing(state: AttemptState) -> Standing:
    """Where one try to collect stands."""
    words = {
        AttemptState.IN_FILE: (_("In the file"), "info"),
        AttemptState.CREDITED: (_("Received"), "success"),
        AttemptState.REJECTED: (_("Refused"), "danger"),
        AttemptState.RETURNED: (_("Taken back"), "danger"),
        AttemptState.WITHDRAWN: (_("Withdrawn"), "neutral"),
    }
    return _standing(words[state])


def file_standing(state: CollectionState) -> Standing:
    """Where a file for the bank stands."""
    words = {
        CollectionState.MADE: (_("To hand to the bank"), "warning"),
        CollectionState.SENT: (_("With the bank"), "info"),
        CollectionState.CREDITED: (_("Credited"), "success"),
        CollectionState.WITHDRAWN: (_("Withdrawn"), "neutral"),
    }
    return _standing(words[state])


def _standing(found: tuple[str, str]) -> Standing:
    label, tone = found
    return Standing(str(label), tone)
