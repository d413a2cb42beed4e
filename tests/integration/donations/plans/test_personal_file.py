"""The file of one's own data tells all that happened to gifts, and nothing that opens anything."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.core.db import db
from portal.donations.models import FraudWarning, Plan, PlanCorrespondent
from tests.factories.disputes import make_dispute
from tests.factories.gifts import make_gift, make_plan
from tests.factories.people import make_donor
from tests.factories.sponsorships import make_sponsorship, make_wish
from tests.integration.donations.plans.conftest import Running
from tests.pages import PageClient

AT = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)


def file_of(sponsor: PageClient) -> Any:
    return sponsor.get("/me/privacy/my-data.json").response.json


def test_changes_of_a_plan_are_told_without_the_page_that_is_still_open(running: Running) -> None:
    running.does("amount", amount="60")
    opened = running.does("method").location
    answer = running.sponsor.get("/me/privacy/my-data.json").response
    (plan,) = answer.json["plans"]  # type: ignore[index]
    changed, page = plan["changes"]
    assert (changed["what"], changed["asked_by"], changed["state"]) == ("amount", "sponsor", "done")
    assert (changed["before"]["minor"], changed["after"]["minor"]) == (4_700, 6_000)
    assert page["what"] == "method_page"
    assert opened not in answer.get_data(as_text=True)


def test_disputes_warnings_wishes_and_sponsorships_are_told(
    sponsor: PageClient, other_sponsor: PageClient
) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    gift = make_gift(donor=donor)
    make_dispute(gift)
    warning = FraudWarning(
        gift_id=gift.id, stripe_warning_id="w_1", kind="stolen", actionable=True, warned_at=AT
    )
    db.session.add(warning)
    db.session.commit()
    make_sponsorship(donor)
    make_wish(donor)
    known = file_of(sponsor)
    assert [each["gift"] for each in known["disputes"]] == [gift.ref]
    assert [each["kind"] for each in known["fraud_warnings"]] == ["stolen"]
    assert [each["state"] for each in known["wishes"]] == ["fulfilled", "waiting"]
    assert [each["state"] for each in known["sponsorships"]] == ["active"]
    theirs = file_of(other_sponsor)
    for name in ("disputes", "fraud_warnings", "wishes", "sponsorships"):
        assert theirs[name] == [], name


def invited(plan: Plan, donor_id: int) -> None:
    row = PlanCorrespondent(
        plan_id=plan.id, first_name="Léo", last_name="Essai", email="leo@example.org",
        relation="", language="en", criteria={}, invited_at=AT, confirmed_at=AT, donor_id=donor_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()


def test_who_follows_a_child_reads_who_had_them_invited_and_no_amount(sponsor: PageClient) -> None:
    payer = make_donor(first_name="Odile", last_name="Essai", email="odile@example.org")
    donor = sponsor.account.donor
    assert donor is not None
    invited(make_plan(donor=payer, amount_minor=77_700), donor.id)
    answer = sponsor.get("/me/privacy/my-data.json").response
    assert [each["payer"] for each in answer.json["followed_by"]] == [payer.name]  # type: ignore[index]
    text = answer.get_data(as_text=True)
    assert "777" not in text
    assert "odile@example.org" not in text
