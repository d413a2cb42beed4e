"""Days, references and reasons of our own direct debits."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.donations.rules import direct_debit as rules
from portal.donations.rules.bank_days import is_bank_day
from portal.donations.rules.pain002 import StatusFileError, read_status
from portal.donations.rules.pain008 import Creditor, Debit, write_collection

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))


def test_the_thirty_first_is_kept_through_short_months() -> None:
    days = list(rules.due_days(dt.date(2027, 12, 31), "month", dt.date(2028, 5, 1)))
    assert [day.isoformat() for day in days] == [
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
    ]


@given(DAYS, st.sampled_from(["month", "quarter", "year"]))
def test_due_days_are_that_many_months_apart(first: dt.date, interval: str) -> None:
    days = list(rules.due_days(first, interval, first + dt.timedelta(days=800)))
    months = [day.year * 12 + day.month for day in days]
    steps = {later - earlier for earlier, later in itertools.pairwise(months)}
    assert steps == {rules.MONTHS[interval]} if len(days) > 1 else days == [first]


@given(DAYS, st.integers(1, 30))
def test_a_debit_is_never_collected_before_its_notice_is_over(on: dt.date, notice: int) -> None:
    first = rules.earliest_collection(on, on, notice)
    assert is_bank_day(first)
    assert (first - on).days >= notice


@given(DAYS)
def test_a_debit_due_on_a_holiday_is_collected_on_the_next_bank_day(due: dt.date) -> None:
    day = rules.collection_day(due)
    assert is_bank_day(day)
    between = (due + dt.timedelta(days=n) for n in range((day - due).days))
    assert not any(is_bank_day(each) for each in between)


def test_a_mandate_lapses_three_years_after_its_last_debit() -> None:
    signed, last = dt.date(2020, 2, 29), dt.date(2024, 2, 29)
    assert rules.lapses_on(signed, None) == dt.date(2023, 2, 28)
    assert rules.lapses_on(signed, last) == dt.date(2027, 2, 28)


@pytest.mark.parametrize("iban", ["", "FR76", "FR7630006000011234567890188", "XX00 1234"])
def test_a_wrong_iban_is_refused(iban: str) -> None:
    with pytest.raises(rules.MandateError):
        rules.good_iban(iban)


@pytest.mark.parametrize("rum", ["", "x" * 36, "é", "/RUM"])
def test_a_wrong_reference_is_refused(rum: str) -> None:
    with pytest.raises(rules.MandateError):
        rules.good_rum(rum)


def test_a_reference_of_ours_is_always_good() -> None:
    made = rules.rum_of("L-Ünïcode 0123456789012345678901234567890", 7)
    assert rules.good_rum(made) == made


def test_an_unknown_reason_is_for_a_person() -> None:
    assert rules.reason_of("ZZ99").remedy is rules.Remedy.ASK_DONOR
    assert rules.reason_of("MD01").remedy is rules.Remedy.MANDATE_OVER


CREDITOR = Creditor("Pour un Sourire d’Enfant", "FR72ZZZ123456", "FR1420041010050500013M02606")


def _debit(number: int, holder: str = "Éloïse d’Été") -> Debit:
    signed = dt.date(2026, 1, 2)
    iban = "FR7630006000011234567890189"
    return Debit(
        f"PSE-{number}-1", 4_701, f"PSE-A-{number:02}", signed, holder, iban, "", "RCUR", "Don"
    )


def test_the_same_collection_gives_the_same_bytes() -> None:
    at, on = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), dt.date(2026, 12, 1)
    files = {write_collection("PSE-1", at, on, CREDITOR, [_debit(1), _debit(2)]) for _ in range(2)}
    assert len(files) == 1
    assert b"<CtrlSum>94.02</CtrlSum>" in files.pop()


def test_a_collection_of_nothing_or_of_nonsense_is_refused() -> None:
    at, on = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), dt.date(2026, 12, 1)
    with pytest.raises(ValueError, match="at least one"):
        write_collection("PSE-1", at, on, CREDITOR, [])
    wrong = Creditor("PSE", "FR72ZZZ123456", "not an IBAN")
    with pytest.raises(ValueError, match="not valid"):
        write_collection("PSE-1", at, on, wrong, [_debit(1)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<Document/>",
        b"<Document><CstmrPmtStsRpt/></Document>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Document><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>',
        b"<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><GrpSts>WHAT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>",
        b"<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts><TxSts>WHAT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
    ],
)
def test_what_is_no_status_file_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(StatusFileError):
        read_status(content)
