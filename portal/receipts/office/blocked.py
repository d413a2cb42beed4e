"""Donors who cannot be given a receipt yet: a work list, each reason with its remedy and the act at hand."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounts.models import Donor
from portal.accounts.queries import donor_by_public_id
from portal.core.clock import paris_date
from portal.core.mail.bounces import bounce_of
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.receipts import blocked_words as words
from portal.receipts import tasks
from portal.receipts.desk_forms import UnsettledForm, WhyForm
from portal.receipts.models import Unsettled
from portal.receipts.office.desk import bp
from portal.receipts.office.year import year_asked, year_or_404, years_known
from portal.receipts.queries.blocked import BlockedDonor, blocked_donors, counted
from portal.receipts.queries.holds import unsettled_rule
from portal.receipts.services import blocked as acts
from portal.receipts.services import details

COUNTING = frozenset({Role.ACCOUNTANT, Role.ADMINISTRATOR})


def blocked_list(by_id: dict[int, BlockedDonor], amounts: bool) -> ListSpec:
    """The donors who wait; sums of money only for accountants."""
    amount = ListColumn("amount", _("Amount"), lambda d: by_id[d.id].amount, "amount")
    return ListSpec(
        name=_("blocked"),
        columns=(
            ListColumn("ref", _("Reference"), lambda d: d.ref, sort=Donor.ref),
            ListColumn("donor", _("Donor"), lambda d: d.name, sort=Donor.last_name + Donor.company_name),
            ListColumn("email", _("E-mail address"), lambda d: d.email),
            ListColumn("gifts", _("Gifts"), lambda d: by_id[d.id].gifts, "integer"),
            *((amount,) if amounts else ()),
            ListColumn("why", _("What is missing"), lambda d: " ".join(_(r.message) for r in by_id[d.id].reasons)),
        ),
        search=(Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name, Donor.email, Donor.city),
        default_sort="donor",
        tie=Donor.id,
    )  # fmt: skip


@bp.get("/blocked")
@needs(Role.ACCOUNTANT, Role.MATCHER)
def waiting() -> ResponseReturnValue:
    """Who waits, by reason; whoever is complete again has left the list."""
    year, now = year_asked(), clock_now()
    everybody = blocked_donors(year, paris_date(now))
    told = request.args.get("reason", "")
    by_id = {each.donor.id: each for each in everybody if told in ("", *each.codes)}
    amounts = bool(COUNTING & current_user.role_set)
    page = list_page(blocked_list(by_id, amounts), sa.select(Donor).where(Donor.id.in_(by_id)))
    return export(page) or render_template(
        "receipts/office_blocked.html",
        page=page,
        by_id=by_id,
        counts=[(code, words.label_of(code), n) for code, n in counted(everybody).most_common()],
        chosen=told,
        words=words,
        amounts=amounts,
        year=year,
        years=years_known(year),
        may_ask=sum(
            details.asking(each.donor, each.codes, each.asked_at, now) is details.Asking.OPEN
            for each in everybody
        ),
        being_asked=tasks.asking_under_way(year),
        asking={row.id: _asking(by_id[row.id], now) for row in page.rows},
        confirming={row.id: acts.may_confirm(by_id[row.id].confirmed_at, now) for row in page.rows},
        again_after=details.ASKED_AGAIN_AFTER,
        rule=unsettled_rule(),
    )


def _asking(each: BlockedDonor, now: dt.datetime) -> str:
    if each.donor.email and bounce_of(each.donor.email) is not None:
        return details.Asking.UNREACHABLE.value
    return details.asking(each.donor, each.codes, each.asked_at, now).value


@bp.post("/blocked/<uuid:donor>/ask")
@needs(Role.ACCOUNTANT, Role.MATCHER)
def ask(donor: uuid.UUID) -> ResponseReturnValue:
    """Mail the donor a link where she completes her own details."""
    found = _donor(donor)
    try:
        details.ask_for_details(found.id, by=current_user.id, at=clock_now())
    except details.AskedLately:
        flash(_("%(name)s was asked less than fourteen days ago.", name=found.name), "info")
    except acts.NoAddressOfMail:
        flash(_("No e-mail reaches %(name)s: ring or write by post.", name=found.name), "warning")
    except details.NothingMissing:
        flash(_("The record of %(name)s is complete.", name=found.name), "info")
    else:
        flash(_("%(name)s is asked by e-mail.", name=found.name), "success")
    return _back()


@bp.post("/<int:year>/blocked/ask")
@needs(Role.ACCOUNTANT)
def ask_all(year: int) -> ResponseReturnValue:
    """The same for everybody who waits and can be written to, in the background."""
    tasks.begin_asking(year_or_404(year), by=current_user.id)
    flash(_("The donors are being asked by e-mail, each at most once in fourteen days."), "success")
    return _back(year)


@bp.post("/<int:year>/blocked/<uuid:donor>/confirm")
@needs(Role.ACCOUNTANT)
def confirm(year: int, donor: uuid.UUID) -> ResponseReturnValue:
    """Mail a donor abroad the plain list of her payments."""
    found = _donor(donor)
    try:
        acts.confirm_payments(found.id, year_or_404(year), by=current_user.id, at=clock_now())
    except acts.NoAddressOfMail:
        flash(_("No e-mail reaches %(name)s: ring or write by post.", name=found.name), "warning")
    except acts.NothingToConfirm:
        flash(_("There is nothing to confirm any more."), "info")
    except acts.ConfirmedLately:
        flash(_("The payments of %(name)s were confirmed lately.", name=found.name), "info")
    else:
        flash(_("The payments of %(name)s are confirmed by e-mail.", name=found.name), "success")
    return _back(year)


@bp.route("/<int:year>/blocked/<uuid:donor>/release", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def release(year: int, donor: uuid.UUID) -> ResponseReturnValue:
    """Why the donor's direct debits go on a receipt before their eight weeks are over."""
    found, form = _donor(donor), WhyForm()
    if not form.validate_on_submit():
        page = render_template(
            "receipts/office_release.html", donor=found, year=year_or_404(year), form=form
        )
        return page, 422 if form.errors else 200
    told = {"reason": form.reason.data or "", "by": current_user.id, "at": clock_now()}
    try:
        count = acts.release(found.id, year_or_404(year), **told)
    except acts.NothingHeld:
        flash(_("Nothing of this donor is held any more."), "info")
    else:
        flash(
            ngettext("%(num)s payment is released.", "%(num)s payments are released.", count),
            "success",
        )
    return _back(year)


@bp.route("/blocked/rule", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def unsettled() -> ResponseReturnValue:
    """Whether direct debits inside their eight weeks wait."""
    form = UnsettledForm(unsettled_rule())
    if not form.validate_on_submit():
        page = render_template("receipts/office_unsettled.html", form=form)
        return page, 422 if form.errors else 200
    acts.decide_unsettled(
        Unsettled(form.annual.data), Unsettled(form.single.data), by=current_user.id, at=clock_now()
    )
    flash(_("Noted: it counts from now on."), "success")
    return _back()


def _donor(public_id: uuid.UUID) -> Donor:
    return donor_by_public_id(public_id) or abort(404)


def _back(year: int | None = None) -> ResponseReturnValue:
    return redirect(url_for(".waiting", year=year or request.form.get("year") or None), 303)
