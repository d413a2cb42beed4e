"""What a payment that fails, pauses or ends means for a child, in words that are true for its reader.

Who sponsors may still wait for a child: then nobody's place is said to be kept.
"""

from __future__ import annotations

from flask_babel import gettext as _

from portal.donations.codes import PurposeKind
from portal.donations.followed import child_of_plan
from portal.donations.models import Plan


def care_words(plan: Plan) -> str:
    """A child's care does not depend on a payment; nothing is said of other purposes."""
    if plan.purpose is not PurposeKind.SPONSORSHIP:
        return ""
    if child_of_plan(plan.id).found:
        return str(
            _(
                "The child lacks nothing because of it: school, meals and care never depend on one"
                " payment."
            )
        )
    return str(
        _(
            "No child lacks anything because of it: school, meals and care never depend on one"
            " payment."
        )
    )


def stopping_words(plan: Plan) -> str:
    """Before a stop: what becomes of the child, or of the place in the queue."""
    if plan.purpose is not PurposeKind.SPONSORSHIP:
        return ""
    child = child_of_plan(plan.id)
    if child.found:
        return str(
            _(
                "The child stays in our care, whatever happens: school, meals and health never"
                " depend on one sponsor. Their place with you is kept until your gift ends; then we"
                " look for somebody to take it over."
            )
        )
    if child.waits:
        return str(
            _(
                "No child has been found for you yet: your place in the queue is kept until your"
                " gift ends, and then goes to somebody else."
            )
        )
    return str(_("No child depends on one sponsor: school, meals and health go on."))


def stopped_words(plan: Plan) -> str:
    """Until a stop is in force: the same in short."""
    if plan.purpose is not PurposeKind.SPONSORSHIP:
        return ""
    child = child_of_plan(plan.id)
    if child.found:
        return str(
            _(
                "The child stays in our care, whatever happens. We will look for somebody to take"
                " over your place."
            )
        )
    return str(_("Your place in the queue is kept until then.")) if child.waits else ""
