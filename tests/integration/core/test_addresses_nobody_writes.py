"""Addresses and answers nobody writes: an ordinary page, never an error of ours."""

from __future__ import annotations

import uuid

import pytest
from flask import request

from portal.core.web.lists import download
from tests.pages import PageClient

NOBODY = uuid.UUID(int=0)
BEYOND = 2**70


@pytest.mark.parametrize(
    "path",
    [
        f"/fr/thanks/{NOBODY}/é",
        f"/fr/give/again/{NOBODY}/é",
        "/fr/give/confirm/x/é",
    ],
)
def test_a_seal_that_is_no_seal_leads_nowhere(visitor: PageClient, path: str) -> None:
    assert visitor.get(path).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/office/books/entries/VT%002026",
        f"/office/books/strays/{BEYOND}",
        f"/office/stripe-reconciliation/{BEYOND}",
        "/office/stripe-events/evt%00",
        "/office/stripe-payouts/po%00",
        "/office/books/closing/0",
        "/office/books/closing/99999",
        f"/office/books/closing/{BEYOND}",
    ],
)
def test_what_no_row_can_be_called_leads_nowhere(accountant: PageClient, path: str) -> None:
    assert accountant.get(path).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/office/books?year=9999",
        "/office/books?year=0001",
        "/office/books/journal?account=%00&kind=%00",
        "/office/exports?kind=%00",
        "/office/exports/new/payouts?year=0000",
        "/office/exports/new/payouts?year=9999",
    ],
)
def test_a_question_nobody_asks_is_answered_all_the_same(accountant: PageClient, path: str) -> None:
    assert accountant.get(path).status == 200


@pytest.mark.parametrize("year", ["0000", "1979", "2108"])
def test_a_file_is_made_of_a_year_a_file_can_have(accountant: PageClient, year: str) -> None:
    told = {"format": "csv", "token": f"a form of {year} sent"}
    assert accountant.post(f"/office/exports/new/statements?year={year}", told).status == 303


@pytest.mark.parametrize("act", ["again", "give-up"])
def test_a_debit_nobody_knows_is_not_decided(accountant: PageClient, act: str) -> None:
    path = f"/office/direct-debits/came-back/{2**40}/{act}"
    page = accountant.post(path, {"form_token": "a-form-that-was-sent"})
    assert page.location == "/office/direct-debits"


def test_answers_come_without_what_the_database_cannot_keep(visitor: PageClient) -> None:
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--x'
    told = part.format("na\0me", "Zo\0é") + "\r\n"
    file = part.format("file\"; filename*=UTF-8''a%0D%0Ab%00.csv; x=\"", "x")
    with visitor.app.test_request_context(
        "/?q=a%00b",
        method="POST",
        data=f"--x\r\n{told}{file}--\r\n".encode(),
        content_type="multipart/form-data; boundary=x",
    ):
        assert request.args["q"] == "ab"
        assert request.form["name"] == "Zoé"
        assert request.files["file"].filename == "ab.csv"


def test_a_file_keeps_its_name_in_one_line_of_the_header(visitor: PageClient) -> None:
    with visitor.app.test_request_context("/"):
        answer = download(b"x", "relevé\r\nX-Other: 1.csv", "text/csv")
    assert "\n" not in answer.headers["Content-Disposition"]
