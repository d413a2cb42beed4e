"""The first page of the head office counts what needs somebody."""

from __future__ import annotations

from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.office.today.queries import TASKS
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


def test_the_tasks_about_receipts_lead_to_the_page_that_does_them() -> None:
    where = {task.label: task.endpoint for task in TASKS}
    assert where["Receipts to correct"] == "office_receipts.to_correct"
    assert where["Donors whose receipt is blocked"] == "office_receipts.waiting"
    assert where["Receipts of last year to deliver"] == "office_receipts.delivery_of_last_year"


def test_each_task_leads_to_a_page_there_is(app: Flask) -> None:
    assert {task.endpoint for task in TASKS} <= set(app.view_functions)


def test_the_delivery_asked_for_without_a_year_is_that_of_the_last_one(
    accountant: PageClient, clock: FrozenClock
) -> None:
    year = clock.now().year - 1
    assert accountant.get("/office/receipts/delivery").location.endswith(f"/{year}/delivery")
