"""A person reads the news before sponsors do."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core.db import db
from portal.programmes.codes import Site
from portal.programmes.models import Fact, FactState
from tests.factories.children import make_child, make_fact
from tests.pages import PageClient

PAGE = "/office/facts"


def proposed(**given: object) -> Fact:
    child = make_child(**given)  # type: ignore[arg-type]
    return make_fact(child, state=FactState.PROPOSED)


def test_the_lines_ticked_are_approved_and_the_others_wait(editor: PageClient) -> None:
    first, second = proposed(called="Nary"), proposed()
    assert editor.get(PAGE).has("Arrivée à PSE, à Phnom Penh.")
    page = editor.follow(
        editor.post(PAGE, {"choice": "approve", "fact": [str(first.public_id), "nonsense"]})
    )
    assert page.has("1 ligne approuvée.")
    assert (first.state, second.state) == (FactState.APPROVED, FactState.PROPOSED)
    assert first.decided_by == editor.account.id
    assert editor.get(f"{PAGE}?state=approved").has("Nary")


def test_a_line_is_rejected(field_officer: PageClient) -> None:
    fact = proposed()
    field_officer.post(PAGE, {"choice": "reject", "fact": str(fact.public_id)})
    assert fact.state is FactState.REJECTED


def test_all_that_match_the_filters_are_approved_but_nothing_proposed_later(
    editor: PageClient,
) -> None:
    here, there = proposed(site=Site.SIEM_REAP), proposed()
    newest = db.session.scalar(sa.select(sa.func.max(Fact.id)))
    later = proposed(site=Site.SIEM_REAP)
    sent = {"choice": "approve_all", "site": "siem_reap", "newest": str(newest)}
    editor.post(PAGE, sent)
    states = [fact.state for fact in (here, there, later)]
    assert states == [FactState.APPROVED, FactState.PROPOSED, FactState.PROPOSED]


def test_nothing_ticked_nothing_done(editor: PageClient) -> None:
    proposed()
    assert editor.follow(editor.post(PAGE, {"choice": "approve"})).has("Cochez d’abord")


def test_the_list_is_searched_filtered_and_given_as_a_file(editor: PageClient) -> None:
    proposed(called="Kunthea")
    assert editor.get(f"{PAGE}?q=kunthea&kind=admitted").has("Kunthea")
    assert not editor.get(f"{PAGE}?kind=employed").has("Kunthea")
    assert editor.get(f"{PAGE}?format=csv").status == 200


def test_others_do_not_enter(matcher: PageClient, sponsor: PageClient, visitor: PageClient) -> None:
    assert matcher.get(PAGE).status == sponsor.get(PAGE).status == 404
    assert visitor.get(PAGE).status == 302
