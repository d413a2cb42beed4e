"""Joining two records of one person: those that look alike, the two side by side, the act."""

from __future__ import annotations

import uuid
from typing import Any

import wtforms
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from wtforms import validators
from wtforms.fields import SelectChoice

from portal.accounts import doubles, merging, queries
from portal.accounts.donor_history import FIELDS
from portal.accounts.models import Donor
from portal.accounts.services import keep_apart, merge_donors
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import Form, clock_now, required

bp = Blueprint("donor_merging", __name__, url_prefix="/office/donors")
COMPARED = (
    "title", "first_name", "last_name", "company_name", "legal_form", "siren", "email", "address1",
    "address2", "postcode", "city", "country", "phone", "note",
)  # fmt: skip


class MergeForm(Form):
    """Which record stays, which sign-in, and why they are one."""

    survivor = wtforms.RadioField(
        lazy_gettext("Which record stays?"), [required(N_("Say which record stays."))]
    )
    account = wtforms.RadioField(
        lazy_gettext("Which sign-in stays?"), [validators.Optional()], validate_choice=False
    )
    reason = wtforms.StringField(
        lazy_gettext("How do we know it is one person?"),
        [required(N_("Write how we know.")), validators.Length(max=500)],
    )

    def __init__(self, here: Donor, there: Donor, **kw: Any) -> None:
        super().__init__(**kw)
        self.survivor.choices = [
            SelectChoice(str(each.public_id), f"{each.name} · {each.ref}") for each in (here, there)
        ]
        found = [queries.account_of_donor(each.id) for each in (here, there)]
        accounts = [each for each in found if each is not None]
        if len(accounts) < 2:
            del self.account
        else:
            self.account.choices = [SelectChoice(str(each.id), each.email) for each in accounts]

    @property
    def account_id(self) -> int | None:
        """The sign-in chosen."""
        told = self.account.data if "account" in self else None
        return int(told) if told and str(told).isdigit() else None


class ApartForm(Form):
    """They are two people."""


@bp.get("/doubles")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """The records that may be of one person."""
    return render_template("accounts/merging_index.html", found=doubles.doubles(), form=ApartForm())


@bp.get("/<uuid:public_id>/merge")
@needs(Role.ACCOUNTANT)
def choose(public_id: uuid.UUID) -> ResponseReturnValue:
    """The records that look like this one, and a field for any other reference."""
    donor, told = _donor(public_id), request.args.get("ref", "").strip()
    other = queries.donor_by_ref(told) if told else None
    if other is not None and other.id != donor.id:
        return redirect(url_for(".compare", public_id=public_id, other=other.public_id))
    return render_template(
        "accounts/merging_choose.html",
        donor=donor,
        found=doubles.doubles(donor.id),
        told=told,
    )


@bp.route("/<uuid:public_id>/merge/<uuid:other>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def compare(public_id: uuid.UUID, other: uuid.UUID) -> ResponseReturnValue:
    """The two side by side; once confirmed they are one, also when it is sent twice."""
    if (kept := _one_already(public_id, other)) is not None:
        flash(_("The two records are one now."), "success")
        return redirect(url_for("donors.show", public_id=kept.public_id), 303)
    here, there = _donor(public_id), _donor(other)
    form = MergeForm(here, there)
    if not form.validate_on_submit():
        return _compared(here, there, form)
    stays, goes = (here, there) if form.survivor.data == str(here.public_id) else (there, here)
    try:
        merge_donors(
            stays.id,
            goes.id,
            by=current_user.id,
            at=clock_now(),
            reason=form.reason.data,
            account_id=form.account_id,
        )
    except merging.MergeRefused as refusal:
        form.survivor.errors = [str(refusal)]
        return _compared(here, there, form)
    flash(_("The two records are one now."), "success")
    return redirect(url_for("donors.show", public_id=stays.public_id), 303)


@bp.post("/<uuid:public_id>/apart/<uuid:other>")
@needs(Role.ACCOUNTANT)
def apart(public_id: uuid.UUID, other: uuid.UUID) -> ResponseReturnValue:
    """Two people who look alike: not proposed again."""
    keep_apart(_donor(public_id).id, _donor(other).id, by=current_user.id, at=clock_now())
    flash(_("They are two: we shall not propose them again."), "success")
    return redirect(url_for(".index"), 303)


def _one_already(one: uuid.UUID, other: uuid.UUID) -> Donor | None:
    """The record that stays, when one of the two was joined to the other before."""
    first, second = queries.donor_by_public_id(one), queries.donor_by_public_id(other)
    if first is None or second is None:
        return None
    if second.merged_into_id == first.id:
        return first
    return second if first.merged_into_id == second.id else None


def _compared(here: Donor, there: Donor, form: MergeForm) -> ResponseReturnValue:
    lines = [
        (_(FIELDS[name]), str(getattr(here, name)), str(getattr(there, name))) for name in COMPARED
    ]
    counts = [
        (_(declared.label), mine, theirs, declared.how is merging.WhenMerged.STAYS)
        for (declared, mine), (_same, theirs) in zip(
            merging.counts_of(here.id), merging.counts_of(there.id), strict=True
        )
        if mine or theirs
    ]
    page = render_template(
        "accounts/merging_compare.html",
        here=here,
        there=there,
        form=form,
        lines=[line for line in lines if line[1] or line[2]],
        counts=counts,
    )
    return page, 422 if form.errors else 200


def _donor(public_id: uuid.UUID) -> Donor:
    found = queries.donor_by_public_id(public_id) or abort(404)
    return found if found.merged_into_id is None else abort(404)
