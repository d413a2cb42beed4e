"""No log line, no page and no table holds a card number, an IBAN or a secret, whatever happened."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from stdnum import luhn

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import Gift, Plan
from tests.factories.people import make_account
from tests.integration.donations.conftest import hidden, knock
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.scenarios.test_a_year_of_debits import worked_off
from tests.integration.stripe.actors import KEY, SECRET
from tests.pages import PageClient

CARD = re.compile(r"(?<![\w.:/-])\d(?:[ -]?\d){12,18}(?![\w.-])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b")
SECRETS = re.compile(r"(?:sk|rk)_(?:test|live)_\w+|whsec_\w+")
OUR_OWN = "FR1420041010050500013M02606"
OFFICE = (
    "gifts",
    "plans",
    "plans/calls",
    "stripe-events",
    "stripe-reconciliation",
    "stripe-payouts",
    "money-back",
    "giving-guard",
)


def secrets_in(text: str) -> list[str]:
    """Card numbers (by their check digit), IBANs that are not ours, keys and webhook secrets."""
    cards = [found[0] for found in CARD.finditer(text) if _is_card(found[0])]
    ibans = [found for found in IBAN.findall(text) if found.replace(" ", "") != OUR_OWN]
    return cards + ibans + SECRETS.findall(text)


def _is_card(digits: str) -> bool:
    number = re.sub(r"\D", "", digits)
    return number[0] in "3456" and luhn.is_valid(number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("card 4242 4242 4242 4242 was refused", 1),
        ("4000-0000-0000-0002", 1),
        ("from FR76 3000 6000 0112 3456 7890 189", 1),
        (f"with {KEY} and {SECRET}", 2),
        ("ending in 4242, gift L0123456789, 1795397268", 0),
        (f"our account {OUR_OWN}", 0),
    ],
)
def test_what_is_looked_for_would_be_found(text: str, found: int) -> None:
    assert len(secrets_in(text)) == found


def everything_kept() -> Iterator[tuple[str, str]]:
    """Every row of every table, as text."""
    for table in sa.inspect(db.engine).get_table_names():
        for row in db.session.execute(sa.text(f'select t::text from "{table}" t')).scalars():
            yield table, row


def a_whole_life(world: World) -> None:
    """Cards refused and taken, a debit, a plan, money back, a dispute, forged messages, a bad line."""
    refused = world.giver.sends(email="refused@example.org")
    for outcome in ("declined", "expired_card", "paid"):
        world.donor.chooses(refused.location, outcome)
    debit = world.giver.sends(email="debit@example.org")
    world.donor.chooses(debit.location, "sepa")
    begun = world.giver.sends("sponsor", email="plan@example.org")
    world.donor.chooses(begun.location, "paid")
    worked_off(world)
    gift = db.session.query(Gift).filter_by(state="settled", plan_id=None).one()
    form = "form-of-a-refund"
    by = make_account().id
    services.refund_gift(gift.id, Money(2_000), reason="r", by=by, form_token=form)
    world.hand.does(f"charges/{gift.stripe_charge_id}/dispute", status="warning_needs_response")
    knock(world.giver.browser, b"{}", {"Stripe-Signature": f"t=1,v1={SECRET}"})
    world.hand.does("faults", status=429, path="/v1/checkout/sessions")
    assert world.giver.sends(email="later@example.org").status == 503
    plan = db.session.query(Plan).one()
    services.stop_plan(plan.id, form_token="form-of-a-stop")
    services.reconcile()
    worked_off(world)


def pages_of(world: World, accountant: PageClient) -> Iterator[tuple[str, str]]:
    """What the office and the donors are shown of all that."""
    paths = [f"/office/{name}" for name in OFFICE]
    paths += [f"/office/gifts/{gift.public_id}" for gift in db.session.query(Gift)]
    paths += [f"/office/plans/{plan.public_id}" for plan in db.session.query(Plan)]
    listed = accountant.get("/office/stripe-events").html
    paths += sorted(set(re.findall(r"/office/stripe-events/evt_\w+", listed)))[:10]
    for path in paths:
        page = accountant.get(path)
        assert page.status == 200, path
        yield path, page.html
    for form in ("/en/give", "/en/sponsor"):
        yield form, world.giver.browser.get(form).html


def a_card_by_a_mail_s_link(world: World) -> str:
    """A sponsor gives another card by the link of a mail; gives the link's secret."""
    begun = world.giver.sends("sponsor", email="plan@example.org")
    world.donor.chooses(begun.location, "paid")
    worked_off(world)
    services.send_plan_link(db.session.query(Plan).one().id, by=make_account().id)
    letter = db.session.query(OutboxMail).order_by(OutboxMail.id.desc()).first()
    assert letter is not None
    path = re.findall(r"http://localhost(/en/plan/[\w-]+)", letter.text)[0]
    form = {"form_token": hidden(world.giver.browser.get(f"{path}/method"), "form_token")}
    page = world.giver.browser.post(f"{path}/method", form)
    back = world.donor.chooses(page.location, "paid").headers["Location"]
    answer = world.giver.browser.post(re.sub(r"https?://[^/]+", "", back))
    assert world.giver.browser.follow(answer).heading == "Your new card or IBAN is in use"
    return str(path.rpartition("/")[2])


def test_the_secret_of_a_mail_s_link_is_in_no_table_and_not_told_to_the_provider(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = a_card_by_a_mail_s_link(world)
    waits_to_leave = "outbox_mail"
    assert [t for t, row in everything_kept() if secret in row and t != waits_to_leave] == []
    told = f"{world.hand.address}/v1/checkout/sessions?limit=100"
    assert secret not in world.hand.http.get(told, auth=(KEY, "")).text
    assert [line for line in caplog.messages if secret in line] == []


def test_no_card_and_no_key_is_written_shown_or_kept(
    world: World, accountant: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    a_whole_life(world)
    shown = list(pages_of(world, accountant))
    kept = list(everything_kept())
    assert len(kept) > 50
    assert any("/stripe-events/evt_" in path for path, _html in shown)
    leaks = [(where, secrets_in(text)) for where, text in (*shown, *kept) if secrets_in(text)]
    assert leaks == []
    said = [record.getMessage() for record in caplog.records]
    assert [line for line in said if secrets_in(line)] == []
