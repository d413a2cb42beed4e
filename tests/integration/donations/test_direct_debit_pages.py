"""The head office enters a mandate, makes the bank's file, and decides what came back."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.roles import Role
from portal.donations.models import Collection, Gift, Instalment, Mandate
from portal.donations.rules.direct_debit import InstalmentState
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from tests.factories.handed_over import PDF, make_accountant, token
from tests.factories.people import make_donor
from tests.integration.donations.test_direct_debits import (
    IBAN,
    collect,
    make_mandate,
    status_file,
    the_instalment,
)
from tests.pages import PageClient

HOME = "/office/direct-debits"


def test_a_mandate_is_entered_and_its_iban_is_never_shown_whole(
    app: Flask, accountant: PageClient
) -> None:
    donor = make_donor(last_name="Mandatée")
    given = {
        "form_token": token(),
        "who": donor.ref,
        "kind": "person",
        "country": "FR",
        "amount": "47",
        "interval": "month",
        "purpose": "sponsorship",
        "first_due_on": (today() + dt.timedelta(days=20)).isoformat(),
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "signed_on": today().isoformat(),
        "notice_days": "14",
        "paper": (io.BytesIO(PDF), "mandat.pdf"),
    }
    wrong = accountant.post(
        f"{HOME}/mandates/new", given | {"iban": "FR76 3000", "paper": (io.BytesIO(PDF), "m.pdf")}
    )
    assert wrong.status == 422
    assert wrong.has("compare each figure") or wrong.has("comparez chaque chiffre")
    accountant.post(f"{HOME}/mandates/new", given)
    [mandate] = db.session.scalars(sa.select(Mandate))
    page = accountant.get(f"{HOME}/mandates/{mandate.public_id}")
    assert page.has("0189")
    assert IBAN not in page.text
    assert re.search(r"FR76[\s0-9]{10}", page.text) is None
    assert accountant.get(f"{HOME}/mandates/{mandate.public_id}/paper").status == 200
    assert accountant.get(f"{HOME}/mandates").has(mandate.rum)


def test_the_file_goes_from_the_page_to_the_gift(
    app: Flask,
    accountant: PageClient,
    signed_in_as: Callable[[Role], PageClient],
    clock: FrozenClock,
) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    day = the_instalment(mandate).announced_for
    assert day is not None
    assert accountant.get(HOME).has(mandate.rum)
    accountant.post(f"{HOME}/files", {"form_token": token(), "on": day.isoformat()})
    [made] = db.session.scalars(sa.select(Collection))
    assert accountant.get(f"{HOME}/files/{made.public_id}/pain008.xml").status == 200
    accountant.post(f"{HOME}/files/{made.public_id}/sent", {"form_token": token()})
    for too_soon in (today(), day - dt.timedelta(days=1)):
        accountant.post(
            f"{HOME}/files/{made.public_id}/credited",
            {"form_token": token(), "on": too_soon.isoformat()},
        )
    assert db.session.scalar(sa.select(sa.func.count(Gift.id))) == 0
    clock.instant += (day - today()) + dt.timedelta(hours=1)
    signed_in_as(Role.ACCOUNTANT).post(
        f"{HOME}/files/{made.public_id}/credited", {"form_token": token(), "on": day.isoformat()}
    )
    [gift] = db.session.scalars(sa.select(Gift))
    assert gift.tax_on == day


def test_what_is_in_a_file_at_the_bank_is_said_before_and_after(
    app: Flask, accountant: PageClient, clock: object
) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    collect(clock, mandate)
    page = accountant.get(f"{HOME}/mandates/{mandate.public_id}/end")
    assert page.has("still taken") or page.has("encore prélevés")
    accountant.post(
        f"{HOME}/mandates/{mandate.public_id}/end",
        {"form_token": token(), "reason": "asked", "sure": "y"},
    )
    after = accountant.get(f"{HOME}/mandates/{mandate.public_id}")
    assert after.has("still taken") or after.has("encore prélevés")


def test_what_comes_back_is_decided(app: Flask, accountant: PageClient, clock: object) -> None:
    sent = collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))
    [attempt] = sent.attempts
    bad = accountant.post(
        f"{HOME}/bank-file",
        {"form_token": token(), "on": today().isoformat(), "file": (io.BytesIO(b"hello"), "x.xml")},
    )
    assert bad.status == 422
    content = status_file((attempt.end_to_end, "AM04"), about=sent.message_id)
    read = accountant.post(
        f"{HOME}/bank-file",
        {"form_token": token(), "on": today().isoformat(), "file": (io.BytesIO(content), "s.xml")},
    )
    assert read.status == 200
    assert accountant.get(HOME).has("AM04")
    accountant.post(f"{HOME}/came-back/{attempt.instalment_id}/again", {"form_token": token()})
    state = db.session.scalar(sa.select(Instalment.state))
    assert state is InstalmentState.PLANNED


def test_one_return_is_noted_by_hand(app: Flask, accountant: PageClient, clock: object) -> None:
    sent = collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))
    given = {"form_token": token(), "code": "AC04", "on": today().isoformat()}
    nobody = accountant.post(f"{HOME}/came-back", given | {"end_to_end": "PSE-999-9"})
    assert nobody.status == 422
    name = sent.attempts[0].end_to_end
    accountant.post(f"{HOME}/came-back", given | {"form_token": token(), "end_to_end": name})
    instalment_id = sent.attempts[0].instalment_id
    accountant.post(f"{HOME}/came-back/{instalment_id}/give-up", {"form_token": token()})
    assert db.session.scalar(sa.select(Instalment.state)) is InstalmentState.GIVEN_UP


def test_a_mandate_is_ended_and_letters_are_noted(app: Flask, accountant: PageClient) -> None:
    silent = make_mandate(first_due_on=today() + dt.timedelta(days=3), email="")
    debits.plan_and_announce()
    assert accountant.get(HOME).has(silent.donor.name)
    accountant.post(f"{HOME}/letters", {"form_token": token(), "on": today().isoformat()})
    assert the_instalment(silent).announced_on == today()
    path = f"{HOME}/mandates/{silent.public_id}/end"
    assert accountant.post(path, {"form_token": token(), "reason": ""}).status == 422
    accountant.post(path, {"form_token": token(), "reason": "asked", "sure": "y"})
    assert silent.ended_on == today()


def test_the_office_changes_pauses_and_resumes_a_donors_debits(
    app: Flask, accountant: PageClient
) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    path = f"{HOME}/mandates/{mandate.public_id}"
    assert accountant.post(f"{path}/amount", {"form_token": token(), "amount": "1"}).status == 422
    accountant.post(f"{path}/amount", {"form_token": token(), "amount": "60"})
    assert mandate.plan.amount_minor == 6_000
    far = (today() + dt.timedelta(days=400)).isoformat()
    assert accountant.post(f"{path}/pause", {"form_token": token(), "until": far}).status == 422
    near = (today() + dt.timedelta(days=60)).isoformat()
    accountant.post(f"{path}/pause", {"form_token": token(), "until": near})
    assert mandate.plan.paused_until == today() + dt.timedelta(days=60)
    assert accountant.get(path).status == 200
    accountant.post(f"{path}/resume", {"form_token": token()})
    assert mandate.plan.paused_until is None


def test_matchers_do_not_see_accounts(app: Flask, matcher: PageClient) -> None:
    assert matcher.get(HOME).status == 404
    assert make_accountant().id
