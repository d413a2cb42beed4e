"""The guard before the payment page: what it sees now, and asking every stranger for some hours."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core import i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import Form, required
from portal.donations import queries, services
from portal.donations.office import bp
from portal.donations.wording import reason_words

HOURS = (1, 6, 24, 72)


class AlwaysAskForm(Form):
    """For how long every stranger is asked; nought takes it back."""

    hours = SelectField(lazy_gettext("Ask every stranger for"), coerce=int, default=6)

    def __init__(self) -> None:
        super().__init__()
        told = {hours: _("%(count)s h", count=hours) for hours in HOURS}
        self.hours.choices = [SelectChoice(*each) for each in told.items()]


class StopCardForm(Form):
    """Why a card does not leave."""

    reason = StringField(lazy_gettext("Why"), [required("Write why."), at_most(200)])


@bp.get("/giving-guard")
@needs(Role.ACCOUNTANT)
def guard() -> ResponseReturnValue:
    """What the guard sees now."""
    return _page(AlwaysAskForm())


@bp.post("/giving-guard/ask")
@needs(Role.ACCOUNTANT)
def always_ask() -> ResponseReturnValue:
    """Ask every stranger for some hours."""
    form = AlwaysAskForm()
    if not form.validate():
        return _page(form), 422
    services.order_always(form.hours.data, by=current_user.id)
    flash(_("Every stranger is now asked before the payment page opens."), "success")
    return redirect(url_for(".guard"), 303)


@bp.post("/giving-guard/ask-by-signals")
@needs(Role.ACCOUNTANT)
def ask_by_signals() -> ResponseReturnValue:
    """Ask only when signals say so, as is usual."""
    services.order_always(0, by=current_user.id)
    flash(_("From now on only who gives off an alarm is asked."), "success")
    return redirect(url_for(".guard"), 303)


def _page(form: AlwaysAskForm) -> str:
    view = services.guard_view()
    return render_template(
        "donations/office/guard.html",
        view=view,
        until=i18n.instant(view.always_until),
        reasons=[(reason_words(reason), number) for reason, number in view.reasons.items()],
        form=form,
    )


@bp.route("/gifts/<uuid:public_id>/card/stop", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def stop_card(public_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the card of a gift from leaving."""
    gift = queries.gift_by_public_id(public_id) or abort(404)
    card = services.card_of(gift.id) or abort(404)
    form = StopCardForm()
    if not form.validate_on_submit():
        page = render_template("donations/office/stop_card.html", gift=gift, card=card, form=form)
        return page, 422 if form.errors else 200
    try:
        services.stop_card(gift.id, by=current_user.id, reason=form.reason.data or "")
        flash(_("The card will not be sent."), "success")
    except services.CardGone:
        flash(_("This card was sent, or stopped, already."), "info")
    return redirect(url_for(".gift", public_id=public_id), 303)
