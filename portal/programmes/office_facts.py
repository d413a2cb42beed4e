"""News of the children: what the records propose, and who lets it be told."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import contains_eager

from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, escape_like, export, list_page
from portal.programmes.codes import Site
from portal.programmes.models import Child, Fact, FactKind, FactState
from portal.programmes.queries.children import first_name_of, words_of
from portal.programmes.rules.labels import SITES
from portal.programmes.services.facts import approve_facts, reject_facts

MAY_DECIDE = (Role.EDITOR, Role.FIELD_OFFICER)
KINDS = {
    FactKind.ADMITTED: N_("Joined PSE"),
    FactKind.STARTED: N_("Began a class or training"),
    FactKind.FINISHED: N_("Finished a class or training"),
    FactKind.ATTENDED: N_("Attendance of a school year"),
    FactKind.RECEIVED: N_("Meals of a school year"),
    FactKind.EMPLOYED: N_("Has a job"),
}
STATES = {
    FactState.PROPOSED: N_("To read"),
    FactState.APPROVED: N_("Approved"),
    FactState.REJECTED: N_("Rejected"),
}
SEARCHED = (Child.called, Child.given_name_latin, Child.ref)

blueprint = Blueprint("facts", __name__, url_prefix="/office/facts")


def _spec() -> ListSpec:
    return ListSpec(
        name=_("news-of-the-children"),
        columns=(
            ListColumn("child", _("Child"), lambda f: first_name_of(f.child), sort=Child.called),
            ListColumn("ref", _("Reference"), lambda f: f.child.ref, sort=Child.ref),
            ListColumn("site", _("Site"), lambda f: _(SITES[f.child.site]), sort=Child.site),
            ListColumn("on", _("Day"), lambda f: f.on, "date", sort=Fact.on),
            ListColumn("text", _("What sponsors will read"), words_of),
            ListColumn("record", _("Record"), lambda f: f.source),
        ),
        search=SEARCHED,
        default_sort="on",
        default_descending=True,
        tie=Fact.id.desc(),
    )


def _narrowed(statement: sa.Select[Any], told: Any) -> sa.Select[Any]:
    """What the filters ask for; unknown codes are no filter."""
    if told.get("kind") in set(FactKind):
        statement = statement.where(Fact.kind == FactKind(told["kind"]))
    if told.get("site") in set(Site):
        statement = statement.where(Child.site == Site(told["site"]))
    return statement


def _facts(state: FactState) -> sa.Select[Any]:
    return sa.select(Fact).join(Fact.child).where(Fact.state == state)


def _state() -> FactState:
    told = request.args.get("state")
    return FactState(told) if told in set(FactState) else FactState.PROPOSED


@blueprint.get("")
@needs(*MAY_DECIDE)
def index() -> ResponseReturnValue:
    """The facts that wait for a reader (or those decided already)."""
    state = _state()
    statement = _narrowed(_facts(state), request.args).options(contains_eager(Fact.child))
    page = list_page(_spec(), statement)
    return export(page) or render_template(
        "programmes/facts/index.html",
        page=page,
        state=state,
        newest=db.session.scalar(sa.select(sa.func.max(Fact.id))) or 0,
        words_of=words_of,
        name_of=first_name_of,
        kinds=[(str(code), label) for code, label in KINDS.items()],
        states=[(str(code), label) for code, label in STATES.items()],
        sites=[(str(code), label) for code, label in SITES.items()],
        site_words=SITES,
    )


@blueprint.post("")
@needs(*MAY_DECIDE)
def decide() -> ResponseReturnValue:
    """Approve or reject the facts that were ticked, or approve all that match the filters."""
    choice = request.form.get("choice", "")
    ids = _all_matching() if choice == "approve_all" else _ticked()
    now = current_app.extensions["clock"].now()
    if not ids:
        flash(_("Tick at least one line first."), "warning")
    elif choice == "reject":
        count = reject_facts(ids, current_user.id, now)
        flash(ngettext("%(num)s line rejected.", "%(num)s lines rejected.", count), "success")
    else:
        count = approve_facts(ids, current_user.id, now)
        flash(ngettext("%(num)s line approved.", "%(num)s lines approved.", count), "success")
    kept: dict[str, Any] = {
        name: request.form[name] for name in ("q", "kind", "site") if request.form.get(name)
    }
    return redirect(url_for(".index", **kept))


def _ticked() -> list[int]:
    ids = [one for text in request.form.getlist("fact") if (one := _uuid(text)) is not None]
    return list(db.session.scalars(sa.select(Fact.id).where(Fact.public_id.in_(ids))))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _all_matching() -> list[int]:
    """Those the reader saw the list of: nothing that was proposed after it was shown."""
    statement = _narrowed(_facts(FactState.PROPOSED), request.form)
    newest = request.form.get("newest", 0, int)
    for word in request.form.get("q", "")[:200].split()[:8]:
        pattern = sa.func.unaccent(f"%{escape_like(word)}%")
        hits = [sa.func.unaccent(column).ilike(pattern, escape="\\") for column in SEARCHED]
        statement = statement.where(sa.or_(*hits))
    return list(db.session.scalars(statement.where(Fact.id <= newest).with_only_columns(Fact.id)))


def count_to_read() -> int:
    """How many facts wait for a reader."""
    waiting = sa.select(sa.func.count(Fact.id)).where(Fact.state == FactState.PROPOSED)
    return int(db.session.scalar(waiting) or 0)
