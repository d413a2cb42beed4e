"""Each payout with the lines it is made of, to the cent."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from flask import Flask

from portal.accounting.queries.payout_rows import payout_years, payouts_in
from portal.core import exports
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Payout, PayoutLine, ProviderLine
from tests.factories.books import online_gift

AT = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)


def line(name: str, category: str, gross: int, fee: int, source: str, payout: str) -> None:
    db.session.add(
        ProviderLine(
            id=name, category=category, gross_minor=gross, fee_minor=fee, net_minor=gross - fee,
            currency="EUR", source_id=source, created_at=AT, available_at=AT, description="",
        )
    )  # fmt: skip
    db.session.flush()
    db.session.add(PayoutLine(line_id=name, payout_id=payout))


@pytest.fixture
def payouts(app: Flask) -> None:
    """One payout of a gift and a fee, made in the first minutes of 2026 in Paris; one not told apart."""
    gift = online_gift(ref="W000777", on=dt.date(2025, 12, 30))
    for name, minor in (("po_told", 4_504), ("po_untold", 1_000)):
        db.session.add(
            Payout(id=name, amount_minor=minor, currency="EUR", status="paid", automatic=True,
                   reconciled=True, created_at=AT, arrives_on=dt.date(2026, 1, 5))
        )  # fmt: skip
    db.session.flush()
    line("txn_gift", "charge", 4_700, 96, gift.stripe_charge_id or "", "po_told")
    line("txn_fee", "fee", 0, 100, "", "po_told")
    line("txn_own", "payout", -4_504, 0, "po_told", "po_told")
    db.session.commit()


def test_the_lines_of_a_payout_come_to_its_amount(payouts: None) -> None:
    made = exports.make_now(exports.kind_of("payouts"), 2026, "csv")
    with exports.hand_out(made, by=None) as content:
        text = io.StringIO(content.read().decode("utf-8-sig"))
    rows = list(csv.DictReader(text, delimiter=";"))

    assert [(row["Virement"], row["Nature"], row["Net"], row["Don"]) for row in rows] == [
        ("po_told", "Frais Stripe", "-1,00", ""),
        ("po_told", "Paiement", "46,04", "W000777"),
        ("po_untold", "", "", ""),
    ]
    assert (rows[0]["Montant du virement"], rows[0]["État du virement"]) == ("45,04", "arrivé")
    assert made.contents[0]["sums"] == {"Brut": 4_700, "Frais": 196, "Net": 4_504}


def test_the_year_is_that_of_paris(payouts: None) -> None:
    assert payout_years() == [2026]
    assert payouts_in(2025).count == 0
    assert (payouts_in(2026).count, payouts_in(2026).amount) == (2, Money(5_504))
    assert payouts_in(2026).unseen == 2
