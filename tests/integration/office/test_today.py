"""The first page of the head office counts what needs somebody."""

from __future__ import annotations

from portal.core.db import db
from portal.programmes.models import Fact, FactKind
from tests.factories.children import make_child
from tests.pages import PageClient


def propose_a_fact() -> None:
    child = make_child()
    fact = Fact(
        child_id=child.id, kind=FactKind.ADMITTED, on=child.admitted_on, details={}, source="x:1"
    )
    db.session.add(fact)
    db.session.commit()


def test_a_task_is_shown_to_those_who_do_it(editor: PageClient) -> None:
    propose_a_fact()
    page = editor.get("/office/")
    assert page.has("1 Nouvelles à approuver")
    assert "/office/facts" in page.links()


def test_others_are_not_bothered_with_it(accountant: PageClient) -> None:
    propose_a_fact()
    assert accountant.get("/office/").has("Rien ne vous attend")


def test_a_sponsor_finds_no_head_office(sponsor: PageClient) -> None:
    assert sponsor.get("/office/").status == 404


def test_a_visitor_is_asked_to_sign_in(visitor: PageClient) -> None:
    assert "/sign-in?next=/office/" in visitor.get("/office/").location
