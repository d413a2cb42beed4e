"""Appeals by letter: made, printed, and what they brought."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import documents, i18n, jobs
from portal.core.db import transaction
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.donations.appeal_tasks import print_appeal
from portal.donations.forms.appeals import AppealForm
from portal.donations.forms.entry import purpose_of_choice, today
from portal.donations.models import Appeal
from portal.donations.services import appeals as services
from portal.donations.wording import purpose_words

appeals = Blueprint("appeals", __name__, url_prefix="/office/appeals")


def _appeals() -> ListSpec:
    return ListSpec(
        name="appeals",
        columns=(
            ListColumn("name", _("Appeal"), lambda row: row.Appeal.name, sort=Appeal.name),
            ListColumn("code", _("Code"), lambda row: row.Appeal.code, sort=Appeal.code),
            ListColumn("made", _("Made"), lambda row: row.Appeal.created_at, "datetime", Appeal.created_at),
            ListColumn("slips", _("Slips"), lambda row: row.Appeal.slips, "integer"),
            ListColumn("gifts", _("Gifts"), lambda row: row.gifts, "integer"),
            ListColumn("brought", _("Brought"), lambda row: Money(int(row.minor)), "amount"),
        ),
        search=(Appeal.name, Appeal.code),
        default_sort="made",
        default_descending=True,
        tie=Appeal.id.desc(),
    )  # fmt: skip


@appeals.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """Every appeal, and what it brought."""
    page = list_page(_appeals(), services.appeals())
    return export(page) or render_template(
        "donations/appeals/index.html", page=page, money_of=Money, purpose_words=purpose_words
    )


@appeals.route("/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def new() -> ResponseReturnValue:
    """A letter to who gave, with a slip each."""
    form = AppealForm(data={"given_since": today() - dt.timedelta(days=730)})
    if form.validate_on_submit():
        made = _made(form)
        if made is not None:
            return redirect(url_for(".show", public_id=made.public_id), 303)
    page = render_template("donations/appeals/new.html", form=form)
    return page, 422 if form.errors else 200


def _made(form: AppealForm) -> Appeal | None:
    purpose, programme = purpose_of_choice(form.purpose.data)
    order = services.AppealOrder(
        code=(form.code.data or "").upper(),
        name=form.name.data or "",
        message=form.message.data or "",
        purpose=purpose,
        programme=programme,
        amount=form.amount.data,
        given_since=form.given_since.data,
        form_token=str(form.form_token.data),
    )
    try:
        with transaction():
            made = services.make_appeal(order, by=current_user.id)
            jobs.defer(print_appeal, once=f"appeal:{made.id}", appeal_id=made.id)
            return made
    except services.CodeTaken:
        form.code.errors = [_("Another appeal has this code.")]
    except services.NobodyToAsk:
        since = i18n.day(form.given_since.data)
        form.given_since.errors = [_("Nobody with an address gave since %(day)s.", day=since)]
    except services.NoAccount:
        form.form_errors.append(_("The settings name no bank account (ORGANISATION_IBAN)."))
    return None


@appeals.get("/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    """One appeal: whether its slips are printed."""
    found = services.appeal_by_public_id(public_id) or abort(404)
    return render_template("donations/appeals/show.html", appeal=found, purpose_words=purpose_words)


@appeals.get("/<uuid:public_id>/slips")
@needs(Role.ACCOUNTANT)
def slips(public_id: uuid.UUID) -> ResponseReturnValue:
    """The slips, as they were printed."""
    found = services.appeal_by_public_id(public_id) or abort(404)
    paper = found.document or abort(404)
    return download(documents.read(paper), paper.filename, paper.media_type)


@appeals.post("/<uuid:public_id>/again")
@needs(Role.ACCOUNTANT)
def again(public_id: uuid.UUID) -> ResponseReturnValue:
    """Try to print the slips again."""
    found = services.appeal_by_public_id(public_id) or abort(404)
    with transaction():
        services.print_again(found.id)
        jobs.defer(print_appeal, once=f"appeal:{found.id}", appeal_id=found.id)
    flash(_("The slips are being printed."), "info")
    return redirect(url_for(".show", public_id=public_id), 303)
