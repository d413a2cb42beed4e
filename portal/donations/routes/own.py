"""The donor's own gifts and plans."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import donor_of_current_user
from portal.core.web.audience import signed_in
from portal.donations import plan_pages, queries, wording
from portal.donations.money_story import worth_for_donor
from portal.donations.routes import mine


@mine.app_context_processor
def words() -> dict[str, object]:
    """The states of gifts and plans in words, for templates."""
    return {
        "gift_standing": wording.gift_standing,
        "plan_standing": wording.plan_standing,
        "refund_words": wording.refund_words,
        "event_standing": wording.event_standing,
        "purpose_words": wording.purpose_words,
        "mode_words": wording.mode_words,
        "worth_for_donor": worth_for_donor,
        **plan_pages.words(),
    }


@mine.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Everything I gave."""
    donor = donor_of_current_user()
    return render_template(
        "donations/own/index.html",
        plans=queries.plans_of(donor.id) if donor else [],
        gifts=queries.gifts_of(donor.id) if donor else [],
        total=queries.total_given(donor_id=donor.id) if donor else None,
    )


@mine.get("/plans/<uuid:public_id>")
@signed_in
def plan(public_id: uuid.UUID) -> ResponseReturnValue:
    """Where a plan's page was; mails sent earlier lead here."""
    return redirect(url_for("my_plans.plan", public_id=public_id), 301)
