"""Facts are proposed from records, approved by a person, and follow their record."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.core.audit import history
from portal.core.db import db
from portal.programmes.codes import Outcome, Programme
from portal.programmes.models import Attendance, Child, Fact, FactState, Service
from portal.programmes.queries.children import timeline_of, words_of
from portal.programmes.services.facts import approve_facts, propose_facts, reject_facts
from tests.factories.children import make_child, make_consent, make_enrolment
from tests.factories.people import make_account

pytestmark = pytest.mark.usefixtures("app")
TODAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)


def facts_of(child: Child) -> dict[str, Fact]:
    rows = db.session.scalars(sa.select(Fact).where(Fact.child_id == child.id))
    return {fact.source: fact for fact in rows}


def approve_all(child: Child) -> None:
    approve_facts([f.id for f in facts_of(child).values()], make_account().id, NOON)


def keep(*rows: object) -> None:
    db.session.add_all(rows)
    db.session.commit()


def test_records_give_facts_and_a_second_look_changes_nothing() -> None:
    child = make_child(in_class=False)
    make_enrolment(
        child, start_on=dt.date(2025, 11, 1), end_on=dt.date(2026, 8, 31), outcome=Outcome.PASSED
    )
    keep(
        Attendance(child_id=child.id, month=dt.date(2026, 5, 1), days_expected=20, days_present=18),
        Attendance(child_id=child.id, month=dt.date(2026, 6, 1), days_expected=22, days_present=22),
        Service(
            ref=child.ref,
            child_id=child.id,
            kind="meals",
            on=TODAY.replace(month=3),
            quantity=Decimal(210),
        ),
    )
    assert propose_facts([child.id], TODAY).new == 5
    again = propose_facts([child.id], TODAY)
    assert (again.new, again.changed, again.same) == (0, 0, 5)
    said = {words_of(fact) for fact in facts_of(child).values()}
    assert said == {
        "Arrivée à PSE, à Phnom Penh.",
        "Début\u00a0: école publique, niveau 4.",
        "Année réussie\u00a0: école publique, niveau 4.",
        "En classe 40 jours sur 42 pendant l’année scolaire 2025–2026.",
        "Repas pris à PSE pendant l’année scolaire 2025–2026\u00a0: 210.",
    }


def test_health_protection_and_unknown_words_give_no_fact() -> None:
    child = make_child(in_class=False)
    make_enrolment(child, programme=Programme.HEALTH, activity="clinic_follow_up", grade="")
    make_enrolment(child, programme=Programme.PROTECTION, activity="boarding", grade="")
    make_enrolment(child, programme=Programme.EDUCATION, activity="Lycée Preah Sisowath")
    keep(
        Service(
            ref=child.ref,
            child_id=child.id,
            kind="vaccination",
            on=dt.date(2025, 3, 1),
            quantity=Decimal(2),
        ),
        Service(
            ref=child.ref,
            child_id=child.id,
            kind="rice",
            on=dt.date(2025, 3, 1),
            quantity=Decimal(25),
        ),
    )
    propose_facts([child.id], TODAY)
    assert set(facts_of(child)) == {"child:admitted"}


def test_a_running_school_year_is_not_summed_up_yet() -> None:
    child = make_child(in_class=False)
    keep(
        Attendance(child_id=child.id, month=dt.date(2026, 10, 1), days_expected=22, days_present=20)
    )
    propose_facts([child.id], TODAY)
    assert set(facts_of(child)) == {"child:admitted"}
    propose_facts([child.id], dt.date(2027, 9, 1))
    assert set(facts_of(child)) == {"child:admitted", "attendance:2026"}


def test_only_approved_facts_are_told_and_only_with_consent() -> None:
    child = make_child(in_class=False)
    propose_facts([child.id], TODAY)
    assert timeline_of(child.id, TODAY) == []
    approve_all(child)
    assert len(timeline_of(child.id, TODAY)) == 1
    make_consent(child, granted_on=dt.date(2025, 1, 1), withdrawn_on=TODAY)
    assert timeline_of(child.id, TODAY) == []


def test_an_approved_fact_whose_record_changed_is_read_again() -> None:
    child = make_child(in_class=False)
    enrolment = make_enrolment(child, start_on=dt.date(2025, 11, 1), end_on=dt.date(2026, 8, 31))
    propose_facts([child.id], TODAY)
    approve_all(child)
    enrolment.outcome = Outcome.REPEATED
    assert propose_facts([child.id], TODAY).changed == 1
    fact = facts_of(child)["enrolment:education:public_school:2025-11-01:end"]
    assert (fact.state, fact.decided_by) == (FactState.PROPOSED, None)
    acts = [entry.action for entry in history(f"fact:{fact.public_id}")]
    assert acts == ["fact.record_changed", "fact.approved"]


def test_a_fact_whose_record_is_gone_is_taken_back_and_comes_back_with_it() -> None:
    child = make_child(in_class=False)
    enrolment = make_enrolment(child, start_on=dt.date(2025, 11, 1), end_on=dt.date(2026, 8, 31))
    propose_facts([child.id], TODAY)
    approve_all(child)
    enrolment.end_on = None
    assert propose_facts([child.id], TODAY).withdrawn == 1
    assert len(timeline_of(child.id, TODAY)) == 2
    enrolment.end_on = dt.date(2026, 8, 31)
    assert propose_facts([child.id], TODAY).changed == 1


def test_what_was_rejected_stays_rejected() -> None:
    child = make_child(in_class=False)
    propose_facts([child.id], TODAY)
    ids = [fact.id for fact in facts_of(child).values()]
    by = make_account().id
    assert reject_facts(ids, by, NOON) == 1
    assert propose_facts([child.id], TODAY).same == 1
    assert approve_facts(ids, by, NOON) == 0, "only what is proposed is decided"
