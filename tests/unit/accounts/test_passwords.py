"""Which passwords are refused."""

from __future__ import annotations

import pytest

from portal.accounts.rules import password_faults
from portal.accounts.rules.passwords import HOLDS_ADDRESS, TOO_COMMON, TOO_LONG, TOO_SHORT

CLAIRE = "claire.essai@example.org"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", TOO_SHORT),
        ("onze lettre", TOO_SHORT),
        ("x" * 129, TOO_LONG),
        ("ma Claire.Essai a moi", HOLDS_ADDRESS),
        ("motdepasse2026", TOO_COMMON),
        ("Mot de passe 123", TOO_COMMON),
        ("Pour un Sourire d'Enfant", TOO_COMMON),
        ("sourireCambodge!", TOO_COMMON),
        ("azertyuiopqsdfghjklm", TOO_COMMON),
        ("123456789012", TOO_COMMON),
        ("987654321098", TOO_COMMON),
        ("abcabcabcabcabc", TOO_COMMON),
        ("éééééééééééééé", TOO_COMMON),
        ("!!!!!!!!!!!!!!", TOO_COMMON),
    ],
)
def test_a_password_is_refused_with_its_reason(password: str, fault: str) -> None:
    assert password_faults(password, CLAIRE) == [fault]


@pytest.mark.parametrize(
    "password",
    [
        "trois chevaux verts",
        "douze lettre",
        "  spaces count  x",
        "ភាសាខ្មែរពាក្យសម្ងាត់",
        "x7$Qp!vv2Zk#",
        "soleil cheval brosse",
        "correct horse battery staple" * 4,
    ],
)
def test_long_enough_is_good_enough_whatever_it_is_made_of(password: str) -> None:
    assert password_faults(password, CLAIRE) == []


def test_a_very_short_local_part_may_be_part_of_a_password() -> None:
    assert password_faults("trois boas verts", "bo@example.org") == []
    assert password_faults("mine: bo@example.org", "bo@example.org") == [HOLDS_ADDRESS]
