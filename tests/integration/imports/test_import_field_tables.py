"""One delivery of field tables is kept as a whole, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask

from portal.accounts.models import Donor
from portal.core.audit import AuditEntry
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations.models import Gift
from portal.office.imports.services import Report, import_files
from portal.programmes.models import Child, Consent, Fact, School, Service
from portal.sponsorships.models import Wish
from tests.factories.deliveries import CHILDREN, DONORS, ENROLMENTS, GIFTS, delivery


def bring_in(clock: FrozenClock, files: dict[str, bytes] | None = None, **how: Any) -> Report:
    told = {"dry_run": False, "skip_bad": False} | how
    return import_files(files or delivery(), now=clock.now(), **told)


def test_all_ten_tables_come_in(app: Flask, clock: FrozenClock) -> None:
    report = bring_in(clock)
    assert report.imported
    assert {name: counts["new"] for name, counts in report.tables.items()} == {
        "families": 2, "children": 2, "enrolments": 2, "attendance": 1, "services": 2,
        "consents": 1, "flip": 1, "schools": 1, "donors": 1, "gifts": 2,
    }  # fmt: skip
    assert db.session.query(Wish).one().monthly_minor == 4700


def test_the_same_delivery_again_changes_nothing(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    facts = db.session.query(Fact).count()
    report = bring_in(clock)
    assert all(c["same"] == c["rows"] and not c["changed"] for c in report.tables.values())
    assert db.session.query(Fact).count() == facts


def test_a_changed_row_updates_its_record_and_leaves_a_trace(
    app: Flask, clock: FrozenClock
) -> None:
    bring_in(clock)
    changed = CHILDREN.replace("Bopha,F,2015-03-02", "Bopha,F,2015-03-05")
    report = bring_in(clock, delivery(children=changed))
    assert report.tables["children"]["changed"] == 1
    trace = db.session.query(AuditEntry).filter_by(subject="child:C1").one()
    assert (trace.before, trace.after) == ({"born_on": "2015-03-02"}, {"born_on": "2015-03-05"})


def test_a_dry_run_counts_and_keeps_nothing(app: Flask, clock: FrozenClock) -> None:
    report = bring_in(clock, dry_run=True)
    assert report.tables["gifts"]["new"] == 2
    assert not report.imported
    assert (db.session.query(Child).count(), db.session.query(Gift).count()) == (0, 0)


def test_with_a_fault_nothing_is_imported(app: Flask, clock: FrozenClock) -> None:
    report = bring_in(clock, delivery(gifts=GIFTS.replace("500.00", "-5")))
    assert not report.imported
    assert [(f.table, f.line, f.column) for f in report.faults] == [("gifts", 2, "amount_eur")]
    assert db.session.query(Donor).count() == 0


def test_skip_bad_leaves_out_the_faulty_rows_and_what_leans_on_them(
    app: Flask, clock: FrozenClock
) -> None:
    files = delivery(children=CHILDREN.replace("2012-07-12", "2012-13-12"))
    report = bring_in(clock, files, skip_bad=True)
    assert report.imported
    assert [c.ref for c in db.session.query(Child)] == ["C1"]
    assert {(f.table, f.line) for f in report.faults} == {("children", 3), ("enrolments", 3)}


def test_a_column_that_was_not_delivered_is_left_alone(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    short = "donor_ref,kind,last_name\nD1,person,Essai\n"
    report = bring_in(clock, {"donors.csv": short.encode()})
    donor = db.session.query(Donor).one()
    assert report.tables["donors"]["same"] == 1
    assert (donor.city, donor.first_name) == ("Versailles", "Claire")


def test_a_row_that_vanished_changes_nothing(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    bring_in(clock, delivery(enrolments=ENROLMENTS.splitlines()[0] + "\n"))
    assert db.session.query(Child).count() == 2


def test_a_service_goes_to_a_child_or_to_a_family(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    meals, rice = db.session.query(Service).order_by(Service.ref)
    assert (meals.child is not None, rice.family is not None) == (True, True)


def test_a_wish_that_changed_counts_as_a_changed_donor(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    report = bring_in(clock, delivery(donors=DONORS.replace(",yes,F,47,card", ",yes,M,47,card")))
    assert report.tables["donors"]["changed"] == 1


def test_a_gift_whose_money_went_back_is_a_fault_at_its_line(
    app: Flask, clock: FrozenClock
) -> None:
    bring_in(clock)
    gift = db.session.query(Gift).filter_by(ref="D1-02").one()
    gift.refunded_minor = 100
    db.session.commit()
    changed = delivery(gifts=GIFTS.replace("47.00", "48.00"))
    refused, skipped = bring_in(clock, changed), bring_in(clock, changed, skip_bad=True)
    assert [(f.table, f.line, f.value) for f in refused.faults] == [("gifts", 3, "D1-02")]
    assert (refused.imported, skipped.imported) == (False, True)
    assert gift.amount_minor == 4700


def test_references_that_now_name_other_children_are_pointed_out(
    app: Flask, clock: FrozenClock
) -> None:
    bring_in(clock)
    other = CHILDREN.replace("Sok,Bopha", "Keo,Maly")
    report = bring_in(clock, delivery(children=other), dry_run=True)
    assert [notice.table for notice in report.notices] == ["children"]
    assert "1 known children" in report.notices[0].message.text()


def test_a_gift_without_a_name_is_booked_and_its_receipt_waits(
    app: Flask, clock: FrozenClock
) -> None:
    nameless = "donor_ref,kind,last_name,company_name\nD1,person,,\nD2,company,,\n"
    report = bring_in(clock, delivery(donors=nameless))
    assert report.imported
    assert {donor.name for donor in db.session.query(Donor)} == {"D1", "D2"}


def test_nothing_that_is_a_table_is_one_sentence(app: Flask, clock: FrozenClock) -> None:
    report = bring_in(clock, {"holiday.jpg": b"\xff\xd8\xff"})
    assert (report.imported, report.tables, len(report.faults)) == (False, {}, 1)


def test_columns_are_known_however_their_names_are_written(app: Flask, clock: FrozenClock) -> None:
    """A column that is checked is also kept: a withdrawal under ``Withdrawn on`` shuts the page."""
    consents = "Child Ref,scope,granted-on,Withdrawn on\nC1,portal,2025-01-01,2025-06-01\n"
    report = bring_in(clock, delivery(consents=consents))
    assert report.imported, report.faults
    assert db.session.query(Consent).one().withdrawn_on == date(2025, 6, 1)


def test_the_works_of_a_school_are_kept_as_they_came(app: Flask, clock: FrozenClock) -> None:
    bring_in(clock)
    assert db.session.query(School).one().works == "roof;latrines"
