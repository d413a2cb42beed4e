"""Who cannot be given a receipt yet, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.receipts.rules.content import ReceiptDonor
from portal.receipts.rules.eligibility import blocked_reasons


def codes(donor: ReceiptDonor) -> list[str]:
    return [reason.code for reason in blocked_reasons(donor)]


@pytest.mark.parametrize(
    ("what", "change", "expected"),
    [
        ("complete", {}, []),
        ("no second address line", {"address2": ""}, []),
        ("no title", {"title": ""}, []),
        ("lives in La Réunion", {"country": "RE", "postcode": "97400"}, []),
        ("no first name", {"first_name": ""}, ["incomplete_name"]),
        ("blank last name", {"last_name": "  "}, ["incomplete_name"]),
        ("no street", {"address1": ""}, ["incomplete_address"]),
        ("no postcode", {"postcode": ""}, ["incomplete_address"]),
        ("no city", {"city": " "}, ["incomplete_address"]),
        ("four-digit postcode", {"postcode": "4400"}, ["invalid_postcode"]),
        ("digits of another script", {"postcode": "៤៤០០០"}, ["invalid_postcode"]),
        ("lives in Belgium", {"country": "BE", "postcode": "1000"}, ["not_resident"]),
        (
            "abroad without city",
            {"country": "KH", "city": ""},
            ["incomplete_address", "not_resident"],
        ),
        (
            "nothing known",
            {"first_name": "", "last_name": "", "address1": ""},
            ["incomplete_name", "incomplete_address"],
        ),
    ],
)
def test_a_person(
    person: ReceiptDonor, what: str, change: dict[str, str], expected: list[str]
) -> None:
    assert codes(replace(person, **change)) == expected, what  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "change", "expected"),
    [
        ("complete", {}, []),
        ("SIREN typed with spaces", {"siren": "404 833 048"}, []),
        ("no name", {"company_name": " "}, ["missing_company_name"]),
        ("no SIREN", {"siren": ""}, ["invalid_siren"]),
        ("wrong check digit", {"siren": "404833049"}, ["invalid_siren"]),
        (
            "neither, and abroad",
            {"company_name": "", "siren": "", "country": "CH"},
            ["missing_company_name", "invalid_siren", "not_resident"],
        ),
    ],
)
def test_a_company(
    company: ReceiptDonor, what: str, change: dict[str, str], expected: list[str]
) -> None:
    assert codes(replace(company, **change)) == expected, what  # type: ignore[arg-type]


def test_each_reason_is_a_sentence(person: ReceiptDonor) -> None:
    (reason,) = blocked_reasons(replace(person, city=""))
    assert reason.message == "The address is incomplete: street, postcode and city are needed."
