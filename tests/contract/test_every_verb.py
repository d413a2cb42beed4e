"""No verb of the gateway is left out of the scenarios that run under contract."""

from __future__ import annotations

import re
from pathlib import Path

from portal.donations.gateway import PaymentGateway

TESTS = Path(__file__).resolve().parent.parent
UNDER_CONTRACT = ("sandbox", "integration/stripe")
WITHOUT_A_CALL = {"verify"}


def test_every_verb_is_asked_under_contract() -> None:
    written = "".join(
        path.read_text("utf-8")
        for folder in UNDER_CONTRACT
        for path in sorted((TESTS / folder).glob("*.py"))
    )
    asked = set(re.findall(r"gateway\.(\w+)\(", written))
    verbs = {name for name in vars(PaymentGateway) if not name.startswith("_")}
    assert verbs - asked - WITHOUT_A_CALL == set()
