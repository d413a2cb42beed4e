"""The association's mandates from another tool come in by a file: all of it, or nothing."""

from __future__ import annotations

import datetime as dt
import io

import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.donations.models import Mandate, PlanState
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from tests.factories.handed_over import token
from tests.factories.people import make_donor
from tests.integration.donations.test_direct_debits import IBAN
from tests.pages import Page, PageClient

PATH = "/office/direct-debits/mandates/file"
HEADER = "rum;donor_ref;iban;signed_on;amount_eur;interval;next_debit_on;last_debit_on;purpose"


def line(rum: str, ref: str, **other: str) -> str:
    given = {
        "iban": IBAN,
        "signed": (today() - dt.timedelta(days=400)).isoformat(),
        "amount": "47,00",
        "due": (today() + dt.timedelta(days=20)).isoformat(),
        "last": (today() - dt.timedelta(days=11)).isoformat(),
    } | other
    return f"{rum};{ref};{given['iban']};{given['signed']};{given['amount']};month;{given['due']};{given['last']};sponsorship"


def hand_in(accountant: PageClient, *lines: str, keep: bool = False) -> Page:
    content = "\n".join([HEADER, *lines]).encode()
    given = {"form_token": token(), "file": (io.BytesIO(content), "mandats.csv")}
    return accountant.post(PATH, given | ({"keep": "y"} if keep else {}))


def mandates() -> list[Mandate]:
    return list(db.session.scalars(sa.select(Mandate).order_by(Mandate.rum)))


def test_a_file_is_looked_at_then_kept_once(app: Flask, accountant: PageClient) -> None:
    donor = make_donor(last_name="Reprise")
    lines = [line("PSE-OLD-1", donor.ref), line("PSE-OLD-2", donor.ref)]
    looked = hand_in(accountant, *lines)
    assert looked.has("PSE-OLD-2")
    assert looked.has("0189")
    assert IBAN not in looked.text
    assert mandates() == []
    for _ in range(2):
        assert hand_in(accountant, *lines, keep=True).status == 303
    assert [mandate.rum for mandate in mandates()] == ["PSE-OLD-1", "PSE-OLD-2"]
    [first, _second] = mandates()
    assert (first.plan.state, first.iban_last4) == (PlanState.ACTIVE, "0189")
    assert first.last_collected_on == today() - dt.timedelta(days=11)
    debits.plan_and_announce()
    assert first.plan.next_debit_on == today() + dt.timedelta(days=20)


def test_one_fault_keeps_the_whole_file_out_and_is_named_by_its_line(
    app: Flask, accountant: PageClient
) -> None:
    donor = make_donor(last_name="Reprise")
    old = (today() - dt.timedelta(days=1_200)).isoformat()
    page = hand_in(
        accountant,
        line("PSE-GOOD", donor.ref),
        line("PSE-IBAN", donor.ref, iban="FR7630006000011234567890180"),
        line("PSE-WHO", "nobody"),
        line("PSE-LAPSED", donor.ref, signed=old, last=old),
        line("PSE-GONE", donor.ref, due=today().isoformat()),
        line("PSE-CENTS", donor.ref, amount="0,10"),
        keep=True,
    )
    assert page.status == 422
    for column in ("iban", "donor_ref", "last_debit_on", "next_debit_on", "amount_eur"):
        assert page.has(column)
    assert mandates() == []


def test_the_empty_file_has_the_columns_the_reader_knows(accountant: PageClient) -> None:
    text = accountant.client.get("/office/direct-debits/mandates/file.csv").get_data(as_text=True)
    assert all(column in text for column in HEADER.split(";"))
