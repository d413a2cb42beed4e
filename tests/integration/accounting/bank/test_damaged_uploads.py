"""Files no bank wrote, handed in on the page: said in words what is wrong, and nothing is kept."""

from __future__ import annotations

import pytest

from tests.factories.bank import all_lines
from tests.factories.statements import Wire, ofx
from tests.integration.accounting.bank.test_bank_pages import hand_in
from tests.pages import PageClient

GIFT = Wire(4_700, name="Claire Essai", text="Don")
UNREADABLE = b"47.00"


@pytest.mark.parametrize("told", [b"\x81\x8d", b"4\x007", b"1e30"])
def test_a_sum_no_text_can_hold_is_refused_in_words(accountant: PageClient, told: bytes) -> None:
    page = hand_in(accountant, ofx([GIFT]).replace(UNREADABLE, told, 1), "releve.ofx")
    assert page.has("Ce fichier ne peut pas être importé")
    assert page.has("n’est pas un montant")
    assert all_lines() == []
