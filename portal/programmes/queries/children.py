"""What may be shown of children: consent in force, the view for sponsors, the approved timeline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.core.db import db
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Child, Consent, Enrolment, Fact, FactKind, FactState
from portal.programmes.queries.wording import say
from portal.programmes.rules.ages import age_on
from portal.programmes.rules.child_view import ChildView, current_class
from portal.programmes.rules.first_names import shown_first_name
from portal.programmes.rules.labels import SITES
from portal.programmes.rules.sentences import NothingToTell, Sentence, sentence_of

ICONS = {
    FactKind.ADMITTED: "sun",
    FactKind.STARTED: "book-open",
    FactKind.FINISHED: "award",
    FactKind.ATTENDED: "calendar",
    FactKind.RECEIVED: "utensils",
    FactKind.EMPLOYED: "briefcase",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One approved line of a child's timeline, in the reader's language."""

    on: date
    text: str
    icon: str


def has_consent(scope: ConsentScope, on: date) -> sa.ColumnElement[bool]:
    """``rules.consents.consent_in_force`` as a condition on Child."""
    refusal = aliased(Consent)
    refused_since = sa.exists().where(
        refusal.child_id == Consent.child_id,
        refusal.scope == scope,
        refusal.granted_on <= on,
        refusal.withdrawn_on <= on,
        refusal.withdrawn_on > Consent.granted_on,
    )
    return sa.exists().where(
        Consent.child_id == Child.id,
        Consent.scope == scope,
        Consent.granted_on <= on,
        sa.or_(Consent.expires_on.is_(None), Consent.expires_on >= on),
        sa.or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
        ~refused_since,
    )


def may_be_shown(child_id: int, scope: ConsentScope, on: date) -> bool:
    """Whether the family's consent allows ``scope`` on that day."""
    found = sa.select(sa.literal(1)).select_from(Child).where(Child.id == child_id)
    return db.session.scalar(found.where(has_consent(scope, on))) is not None


def first_name_of(child: Child) -> str:
    """The name that sponsors read, never with the surname."""
    return shown_first_name(child.called, child.given_name_latin, child.family_name_latin)


def classes_of(child_ids: Collection[int], on: date) -> dict[int, str]:
    """The class or training of each child in words; '' when none may be told."""
    rows: dict[int, list[Enrolment]] = {child_id: [] for child_id in child_ids}
    for enrolment in db.session.scalars(
        sa.select(Enrolment).where(Enrolment.child_id.in_(list(child_ids)))
    ):
        rows[enrolment.child_id].append(enrolment)
    return {child_id: _said(current_class(mine, on)) for child_id, mine in rows.items()}


def _said(sentence: Sentence | None) -> str:
    return "" if sentence is None else say(sentence)


def child_view(child: Child, on: date) -> ChildView:
    """What a sponsor may know of the child that day. The caller checks consent and sponsorship."""
    return child_views([child], on)[child.id]


def child_views(children: Collection[Child], on: date) -> dict[int, ChildView]:
    """The same for several children, by their id."""
    classes = classes_of([child.id for child in children], on)
    return {child.id: _view(child, classes[child.id], on) for child in children}


def _view(child: Child, activity: str, on: date) -> ChildView:
    name = first_name_of(child)
    return ChildView(
        first_name=name,
        age=age_on(child.born_on, on),
        site=say(Sentence(SITES[child.site])),
        activity=activity,
        initial=name[:1].upper(),
        since=child.admitted_on.year,
    )


def words_of(fact: Fact) -> str:
    """The sentence of a fact in the reader's language; '' when it must not be told."""
    try:
        return say(sentence_of(fact.kind, fact.details))
    except NothingToTell:
        return ""


def timeline_of(child_id: int, on: date) -> list[TimelineEntry]:
    """Approved facts of a child, newest first; empty when the portal's consent is not in force."""
    if not may_be_shown(child_id, ConsentScope.PORTAL, on):
        return []
    approved = sa.select(Fact).where(
        Fact.child_id == child_id, Fact.state == FactState.APPROVED, Fact.on <= on
    )
    newest_first = approved.order_by(Fact.on.desc(), Fact.kind.desc(), Fact.id.desc())
    told = ((fact, words_of(fact)) for fact in db.session.scalars(newest_first))
    return [TimelineEntry(fact.on, text, ICONS[fact.kind]) for fact, text in told if text]
