"""The demonstration data set: made on the spot, brought in through the real doors."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.accounts.codes import DonorKind, Language
from portal.accounts.models import Account, Donor
from portal.core.db import db, transaction
from portal.demo.at_the_bank import put_at_the_bank
from portal.demo.givers import givers_records
from portal.demo.handed_over import put_on_the_desk
from portal.demo.news import write_newsletters
from portal.demo.personas import PERSONAS
from portal.demo.records import programme_records
from portal.demo.regular_gift import give_regularly
from portal.office.imports.services import Report, import_files
from portal.programmes.models import Child, Fact, FactState
from portal.programmes.services.facts import approve_facts
from portal.receipts.services import issue_receipt
from portal.sponsorships.models import Sponsorship, Wish, WishState
from portal.sponsorships.queries.board import propose
from portal.sponsorships.services.starting import accept_pair

LEFT_TO_APPROVE = 25
LEFT_TO_MATCH = 12
BEGINNING = "simulator.beginning.json"
"""What Stripe's stand-in takes over when it starts (``portal/stripe_simulator/beginning.py``)."""


class DemoRefused(Exception):
    """The data set was faulty, or the database holds records already."""


def is_empty() -> bool:
    """Whether the database holds no records yet."""
    return not db.session.scalar(sa.select(sa.exists().where(Child.id.is_not(None))))


def load(now: datetime, *, children: int, donors: int, seed: int) -> Report:
    """Make the data set and bring it in; raises DemoRefused when records are there already."""
    if not is_empty():
        raise DemoRefused(
            "There are records already; the demonstration data is for an empty database."
        )
    chance, today = Random(seed), now.date()  # noqa: S311 - a data set, not a secret
    tables = programme_records(chance, today, children) | givers_records(chance, today, donors)
    files = {f"{name}.csv": _csv(rows) for name, rows in tables.items()}
    with transaction():  # all of it or nothing: a half-made demonstration helps nobody
        report = import_files(files, now=now, dry_run=False, skip_bad=False)
        if not report.imported:
            first = report.faults[0].as_json()
            raise DemoRefused(f"{len(report.faults)} faults, the first: {first}")
        staff = _staff(now)
        _approve(staff["editor"], now)
        _match(staff["matcher"], now)
        _sponsors(now)
        _receipt_of_the_sponsor(_shown_sponsor(), staff["accountant"], now)
        put_on_the_desk(staff["accountant"], now)
        _through_stripe(staff["accountant"], now)
        write_newsletters(staff["editor"], now)
    return report


def _through_stripe(by: int, now: datetime) -> None:
    """Gifts, payouts and a plan that Stripe's stand-in knows of too; without it, what the bank told only."""
    settings = current_app.extensions["settings"]
    payouts = put_at_the_bank(by, now, through_stripe=settings.simulated_payments)
    if not settings.simulated_payments:
        return
    told = {"payouts": payouts, "plans": [give_regularly(_shown_sponsor(), now)]}
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    (settings.instance_dir / BEGINNING).write_text(json.dumps(told), encoding="utf-8")


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _staff(now: datetime) -> dict[str, int]:
    """The accounts of the head office, without passwords: they are entered by one click only."""
    with transaction() as session:
        for one in PERSONAS:
            if one.of_the_office:
                session.add(
                    Account(
                        email=one.email,
                        display_name=one.name,
                        roles=[str(role) for role in one.roles],
                        confirmed_at=now,
                    )
                )
    return {one.code: _account_id(one.email) for one in PERSONAS if one.of_the_office}


def _account_id(email: str) -> int:
    return db.session.scalars(sa.select(Account.id).where(Account.email == email)).one()


def _approve(by: int, now: datetime) -> None:
    """The editor approved what the records tell, but for the newest."""
    proposed = sa.select(Fact.id).where(Fact.state == FactState.PROPOSED).order_by(Fact.on, Fact.id)
    ids = list(db.session.scalars(proposed))
    approve_facts(ids[:-LEFT_TO_APPROVE], by, now)


def _match(by: int, now: datetime) -> None:
    """The sponsorship desk accepted the proposals, but for some that are left to try it on."""
    pairs = propose(now).pairs[:-LEFT_TO_MATCH]
    refs = [pair.child.ref for pair in pairs]
    found = db.session.execute(sa.select(Child.ref, Child.id).where(Child.ref.in_(refs)))
    ids = {row.ref: row.id for row in found}
    for pair in pairs:
        accept_pair(ids[pair.child.ref], pair.wish.id, by, now)


def _shown_sponsor() -> int:
    """The donor who looks around, who follows a child."""
    found = sa.select(Account.donor_id).where(Account.email == PERSONAS[0].email)
    donor_id = db.session.scalars(found).one()
    assert donor_id is not None
    return donor_id


def _receipt_of_the_sponsor(donor_id: int, by: int, now: datetime) -> None:
    """Last year's receipt of the sponsor who looks around; the run of all others is left to try."""
    issue_receipt(donor_id, now.year - 1, at=now, by=by)


def _sponsors(now: datetime) -> None:
    """One who follows a child, one who waits; both have their account."""
    followed = sa.select(Sponsorship.donor_id).order_by(Sponsorship.id)
    waiting = sa.select(Wish.donor_id).where(Wish.state == WishState.WAITING).order_by(Wish.id)
    for code, donors, title in (("sponsor", followed, "Mme"), ("waiting", waiting, "M.")):
        one = next(p for p in PERSONAS if p.code == code)
        with transaction() as session:
            donor = session.scalars(
                sa.select(Donor)
                .where(
                    Donor.id.in_(donors),
                    Donor.kind == DonorKind.PERSON,
                    Donor.title == title,
                    Donor.address1 != "",
                    Donor.country == "FR",
                )
                .order_by(Donor.id)
                .limit(1)
            ).first()
            if donor is None:
                raise DemoRefused("no sponsor to show: ask for more donors and children")
            donor.email = one.email
            session.add(
                Account(
                    email=one.email,
                    donor=donor,
                    confirmed_at=now,
                    language=Language(donor.language),
                )
            )
