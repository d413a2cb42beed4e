"""Back from the provider's page for another card or IBAN: an address that holds no secret.

The provider and our own records keep this address, so whoever has it learns only what became of that
page. The holder of a mail's link reads it here; a sponsor who is signed in is led to her own plan.
"""

from __future__ import annotations

import uuid
from contextlib import suppress

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import donor_of_current_user
from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import plan_pages, services
from portal.donations.gateway import GatewayError
from portal.donations.models import ProviderOrder
from portal.donations.routes import bp


@bp.get("/plan/back/<uuid:public_id>")
@everyone
@limiter.limit("30/10 minutes")
def method_back(public_id: uuid.UUID) -> ResponseReturnValue:
    """What became of the card or IBAN given there. Shows only."""
    page = _page(public_id)
    donor = donor_of_current_user()
    own = url_for("my_plans.plan", public_id=page.plan.public_id)
    if donor is not None and donor.id == page.plan.donor_id:
        return redirect(
            url_for("my_plans.method_back", public_id=page.plan.public_id, page=public_id), 303
        )
    return render_template(
        "donations/plan/method_back.html",
        layout="layouts/public.html",
        standing=plan_pages.method_standing(page),
        link_good=page.link is not None and services.still_good(page.link),
        sign_in=url_for("accounts.sign_in", next=own),
    )


@bp.post("/plan/back/<uuid:public_id>")
@everyone
@limiter.limit("20/5 minutes")
def method_check(public_id: uuid.UUID) -> ResponseReturnValue:
    """Use what was given there: what the provider confirms, and nothing else."""
    page = _page(public_id)
    with suppress(GatewayError):  # the page says where it stands
        services.finish_method_update(page.id)
    return redirect(url_for(".method_back", public_id=public_id), 303)


def _page(public_id: uuid.UUID) -> ProviderOrder:
    return services.method_page(public_id) or abort(404)
