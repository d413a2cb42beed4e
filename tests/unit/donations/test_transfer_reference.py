"""The reference on a transfer: made, mistyped, buried in what banks write around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segno.helpers import make_epc_qr

from portal.core.money import Money
from portal.donations.epc_code import NotInEuros, Payee, as_svg, epc_code, epc_text
from portal.donations.rules.transfer_reference import (
    NoReference,
    bodies_in,
    shown,
    transfer_reference,
)

refs = st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789", min_size=1, max_size=13)
PAYEE = Payee("Pour un Sourire d'Enfant", "FR1420041010050500013M02606", "PSSTFRPPPAR")


def test_a_reference_is_that_of_iso_11649() -> None:
    assert transfer_reference("539007547034") == "RF18539007547034"
    assert shown("RF18539007547034") == "RF18 5390 0754 7034"


@given(refs, st.text("ABCabc 0123456789.-/", max_size=12), st.text(" abcXYZ019", max_size=12))
def test_it_is_found_whatever_stands_around_it(ref: str, before: str, after: str) -> None:
    reference = transfer_reference(ref)
    for written in (reference, reference.lower(), shown(reference)):
        assert ref in set(bodies_in(f"{before} {written}{after}"))


@given(refs, st.data())
def test_one_wrong_letter_is_seen(ref: str, data: st.DataObject) -> None:
    """ISO 7064 promises it of a figure for a figure and a letter for a letter; a letter counts for two."""
    reference = transfer_reference(ref)
    place = data.draw(st.integers(4, len(reference) - 1))
    alike = "0123456789" if reference[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(alike).filter(lambda c: c != reference[place]))
    wrong = reference[:place] + other + reference[place + 1 :]
    assert wrong[4:] not in set(bodies_in(wrong))


def test_an_appeal_stands_before_the_donor() -> None:
    assert transfer_reference("D000123", "NOEL26")[4:] == "NOEL26D000123"


@pytest.mark.parametrize("ref", ["", "---", "D" * 22])
def test_of_some_numbers_no_reference_is_made(ref: str) -> None:
    with pytest.raises(NoReference):
        transfer_reference(ref)


def test_the_code_is_that_of_the_standard() -> None:
    ours = epc_code(PAYEE, "RF18539007547034", Money(4_735))
    theirs = make_epc_qr(PAYEE.name, PAYEE.iban, 47.35, reference="RF18539007547034", bic=PAYEE.bic, encoding=1)  # fmt: skip
    assert ours.matrix == theirs.matrix


def test_without_an_amount_the_app_asks_for_it() -> None:
    told = epc_text(PAYEE, "RF18539007547034").split("\n")
    assert told[7] == ""
    assert told[9] == "RF18539007547034"
    assert epc_text(PAYEE, "RF1", Money(100)).split("\n")[7] == "EUR1.00"


@pytest.mark.parametrize("amount", [Money(0), Money(100, "USD"), Money(10**11)])
def test_the_code_knows_euros_only(amount: Money) -> None:
    with pytest.raises(NotInEuros):
        epc_text(PAYEE, "RF1", amount)


def test_the_drawing_has_no_style_and_a_name() -> None:
    drawn = as_svg(epc_code(PAYEE, "RF18539007547034"), "Code & virement")
    assert "style" not in drawn
    assert "<title>Code &amp; virement</title>" in drawn
