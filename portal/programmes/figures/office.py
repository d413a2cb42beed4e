"""The figures for the head office: every one, its period, and the rows behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.programmes.codes import Course
from portal.programmes.figures.catalogue import Figure, figure_named
from portal.programmes.figures.values import FigureValue, computed, value_of
from portal.programmes.rules.labels import SITES

blueprint = Blueprint("figures", __name__, url_prefix="/office/figures")
WORDS: dict[str, str] = {
    **{str(site): label for site, label in SITES.items()},
    str(Course.CUISINE): N_("Cooking"),
    str(Course.CLEANING): N_("Cleaning"),
    str(Course.SEWING): N_("Sewing"),
    str(Course.BUSINESS): N_("Running a business"),
    "meals": N_("Meals"),
    "rice": N_("Rice"),
    "health_check": N_("Health check"),
    "dental_care": N_("Dental care"),
}
MAY_READ = (Role.EDITOR, Role.FIELD_OFFICER, Role.MATCHER, Role.ACCOUNTANT)


def _as_of() -> date:
    """The day asked for; today when none, or none that exists, was given."""
    try:
        return date.fromisoformat(request.args.get("as_of", ""))
    except ValueError:
        return paris_date(clock_now())


@blueprint.get("")
@needs(*MAY_READ)
def index() -> ResponseReturnValue:
    """Every figure on a day."""
    as_of = _as_of()
    return render_template("figures/index.html", values=computed(as_of), as_of=as_of)


@blueprint.get("/<code>")
@needs(*MAY_READ)
def rows(code: str) -> ResponseReturnValue:
    """The records behind one figure, as a list and as a file."""
    figure = figure_named(code) or abort(404)
    as_of = _as_of()
    records = figure.rows(as_of).subquery()
    page = list_page(_list_of(figure, records), sa.select(records))
    found = FigureValue(figure, as_of, value_of(figure, as_of))
    return export(page) or render_template(
        "figures/rows.html", page=page, found=found, as_of=as_of, words_of=words_of
    )


def words_of(what: str) -> str:
    """A code of the records (a site, a course, a kind of service) in the reader's language."""
    return str(_(WORDS[what])) if what in WORDS else what.replace("_", " ")


def _list_of(figure: Figure, records: Any) -> ListSpec:
    columns = [
        ListColumn("ref", _("Reference"), lambda row: row.ref, sort=records.c.ref),
        ListColumn("what", _("Detail"), lambda row: words_of(row.what), sort=records.c.what),
        ListColumn("on", _("Date"), lambda row: row.on, "date", sort=records.c.on),
    ]
    if figure.summed:
        columns.append(
            ListColumn(
                "quantity",
                _("Quantity"),
                lambda row: row.quantity,
                "amount",
                sort=records.c.quantity,
            )
        )
    return ListSpec(
        name=figure.code.replace(".", "_"),
        columns=columns,
        search=(records.c.ref, records.c.what),
        default_sort="ref",
        tie=records.c.on,
    )
