"""The head office's pages of donors: the list, one donor, corrections."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries
from portal.accounts.codes import DonorKind
from portal.accounts.donor_history import history_of
from portal.accounts.doubles import surviving
from portal.accounts.forms.donor import OfficeDonorForm, country_choices
from portal.accounts.models import Account, Donor
from portal.accounts.services import update_donor
from portal.core import audit
from portal.core.db import transaction
from portal.core.mail.bounces import bounce_of, forget_bounce
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.cards import donor_sections
from portal.core.web.lists import ListColumn, ListSpec, export, list_page

bp = Blueprint("donors", __name__, url_prefix="/office/donors")
MAY_SEE = (Role.ACCOUNTANT, Role.MATCHER)

_NAME = sa.func.coalesce(sa.func.nullif(Donor.company_name, ""), Donor.last_name)


def donor_list() -> ListSpec:
    """The list of donors, its headings in the reader's language."""
    return ListSpec(
        name="donors",
        columns=(
            ListColumn("ref", _("Reference"), lambda row: row.Donor.ref, sort=Donor.ref),
            ListColumn("name", _("Name"), lambda row: row.Donor.name, sort=sa.func.lower(_NAME)),
            ListColumn("kind", _("Person or organisation"), lambda row: kind_name(row.Donor.kind), sort=Donor.kind),
            ListColumn("email", _("E-mail address"), lambda row: row.Donor.email, sort=Donor.email),
            ListColumn("phone", _("Phone"), lambda row: row.Donor.phone),
            ListColumn("postcode", _("Postcode"), lambda row: row.Donor.postcode, sort=Donor.postcode),
            ListColumn("city", _("Town"), lambda row: row.Donor.city, sort=sa.func.lower(Donor.city)),
            ListColumn("country", _("Country"), lambda row: row.Donor.country, sort=Donor.country),
            ListColumn("language", _("Language"), lambda row: str(row.Donor.language)),
            ListColumn("since", _("Since"), lambda row: row.Donor.since, "date", sort=Donor.since),
            ListColumn("account", _("Account"), lambda row: _yes_no(row.account_id)),
        ),
        search=(
            Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name, Donor.email,
            Donor.city, Donor.postcode, Donor.phone,
        ),
        default_sort="name",
        tie=Donor.id,
    )  # fmt: skip


def kind_name(kind: DonorKind) -> str:
    """Person or company, in the reader's language."""
    return str(_("Organisation") if kind is DonorKind.COMPANY else _("Person"))


def _yes_no(value: object) -> str:
    return str(_("Yes") if value else _("No"))


def postal_address(donor: Donor) -> str:
    """On one line, the country by its name unless it is France."""
    town = f"{donor.postcode} {donor.city}".strip()
    country = "" if donor.country in ("FR", "") else dict(country_choices())[donor.country]
    known = (donor.address1, donor.address2, town, country)
    return ", ".join(part for part in known if part)


@bp.get("")
@needs(*MAY_SEE)
def index() -> ResponseReturnValue:
    """Everybody who gives, found by any word of their name, address or reference."""
    page = list_page(donor_list(), _filtered(request.args.to_dict()))
    return export(page) or render_template(
        "accounts/donors_index.html", page=page, may_merge=_may_merge()
    )


def _filtered(told: dict[str, str]) -> sa.Select[Any]:
    columns: Any = (Donor, Account.id.label("account_id"))
    wanted = sa.select(*columns).outerjoin(Account, Account.donor_id == Donor.id)
    wanted = wanted.where(Donor.merged_into_id.is_(None))
    if told.get("kind") in set(DonorKind):
        wanted = wanted.where(Donor.kind == DonorKind(told["kind"]))
    if told.get("account") == "yes":
        wanted = wanted.where(Account.id.is_not(None))
    if told.get("account") == "no":
        wanted = wanted.where(Account.id.is_(None))
    return wanted


@bp.get("/<uuid:public_id>")
@needs(*MAY_SEE)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    """One donor: how to reach them, and what each feature knows of them."""
    donor = _donor(public_id)
    return render_template(
        "accounts/donors_show.html",
        donor=donor,
        kind=kind_name(donor.kind),
        postal=postal_address(donor),
        account=queries.account_of_donor(donor.id),
        bounce=bounce_of(donor.email),
        may_merge=_may_merge(),
        survivor=surviving(donor) if donor.merged_into_id else None,
        same_address=[d for d in queries.donors_of(donor.email) if d.id != donor.id],
        sections=donor_sections(donor.id, current_user.role_set),
        history=history_of(donor),
    )


@bp.post("/<uuid:public_id>/mail-works")
@needs(*MAY_SEE)
def mail_works(public_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody found out that the donor's address of mail works again: it is written to as before."""
    donor = _donor(public_id)
    with transaction():
        if forget_bounce(donor.email):
            audit.record("donor.mail_works", f"donor:{donor.ref}", actor_id=current_user.id)
    flash(_("We write to %(email)s again.", email=donor.email), "success")
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.route("/<uuid:public_id>/edit", methods=["GET", "POST"])
@needs(*MAY_SEE)
def edit(public_id: uuid.UUID) -> ResponseReturnValue:
    """Correct a name, an address, a note; papers already issued keep what they say."""
    donor = _donor(public_id)
    form = OfficeDonorForm(donor)
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/donors_edit.html", donor=donor, form=form), status
    update_donor(donor.id, form.values, by=current_user.id)
    flash(_("The donor's details are saved."), "success")
    return redirect(url_for(".show", public_id=donor.public_id), 303)


def _may_merge() -> bool:
    return bool({Role.ACCOUNTANT, Role.ADMINISTRATOR} & current_user.role_set)


def _donor(public_id: uuid.UUID) -> Donor:
    return queries.donor_by_public_id(public_id) or abort(404)
