"""What goes back, what is kept for later, and what moves on the balance, as Stripe tells it today."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.core.money import Money
from portal.donations.stripe_gateway import snapshots

AT = 1_795_348_800
INSTANT = datetime.fromtimestamp(AT, UTC)
LINE: dict[str, Any] = {
    "id": "txn_1", "amount": 4700, "currency": "eur", "fee": 96, "net": 4604, "created": AT,
    "available_on": AT + 86400, "reporting_category": "charge", "type": "charge",
    "source": "ch_1", "exchange_rate": None, "description": None,
}  # fmt: skip


def without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def test_a_refund_tells_what_left_the_balance() -> None:
    line = {**LINE, "amount": -1000}
    refund = {
        "id": "re_1", "payment_intent": {"id": "pi_1"}, "amount": 1100, "currency": "usd",
        "status": "failed", "created": AT, "balance_transaction": line,
        "failure_reason": "expired_or_canceled_card",
    }  # fmt: skip
    told = snapshots.refund(refund)
    assert (told.amount, told.settled) == (Money(1100, "USD"), Money(1000))
    assert (told.status, told.failure_reason) == ("failed", "expired_or_canceled_card")
    bare = without(refund, "balance_transaction", "failure_reason", "status", "payment_intent")
    assert snapshots.refund(bare).status == "pending"
    assert snapshots.refund(bare).settled is None


def test_a_dispute_tells_what_it_moved_at_the_rate_of_its_line() -> None:
    line = {
        **LINE, "id": "txn_d", "amount": -6100, "fee": 2000, "net": -8100,
        "reporting_category": "dispute", "source": "dp_1", "exchange_rate": 0.61,
    }  # fmt: skip
    dispute = {
        "id": "dp_1", "payment_intent": "pi_1", "amount": 10_000, "currency": "jpy",
        "status": "appeal_under_review", "reason": "a_new_reason", "created": AT,
        "evidence_details": {"due_by": AT}, "balance_transactions": [line],
    }  # fmt: skip
    told = snapshots.dispute(dispute)
    assert (told.status, told.reason, told.answer_by) == (
        "appeal_under_review",
        "a_new_reason",
        INSTANT,
    )
    (moved,) = told.lines
    assert (moved.gross, moved.fee, moved.net) == (Money(-6100), Money(2000), Money(-8100))
    assert moved.exchange_rate == Decimal("0.0061")
    bare = snapshots.dispute(without(dispute, "evidence_details", "balance_transactions"))
    assert (bare.answer_by, bare.lines) == (None, ())


def test_a_warning_without_a_payment_can_be_read() -> None:
    told = snapshots.fraud_warning({"id": "issfr_1", "fraud_type": "new", "created": AT})
    assert (told.payment_intent_id, told.kind, told.actionable) == ("", "new", False)


@pytest.mark.parametrize(
    ("found", "method", "brand", "last4", "expires"),
    [
        (
            {"type": "card", "card": {"brand": "visa", "last4": "4242", "exp_year": 2034, "exp_month": 12}},
            "card", "visa", "4242", (2034, 12),
        ),
        ({"type": "sepa_debit", "sepa_debit": {"bank_code": "20041", "last4": "2606"}},
         "sepa", "20041", "2606", None),
        ({"type": "sepa_debit", "sepa_debit": {"bank_code": None, "last4": None}},
         "sepa", "sepa_debit", "", None),
        ({"type": "carrier_pigeon"}, "other", "carrier_pigeon", "", None),
    ],
)  # fmt: skip
def test_a_means_of_payment_shows_four_figures_at_most(
    found: dict[str, Any], method: str, brand: str, last4: str, expires: tuple[int, int] | None
) -> None:
    told = snapshots.method({"id": "pm_1", **found})
    assert (told.method, told.brand, told.last4, told.expires) == (method, brand, last4, expires)


def test_a_consent_that_failed_says_why() -> None:
    error = {"code": "card_declined", "decline_code": "lost_card"}
    told = snapshots.setup(
        {"id": "seti_1", "status": "requires_payment_method", "last_setup_error": error}
    )
    assert (told.status, told.failure_code, told.method_id) == (
        "requires_payment_method",
        "lost_card",
        None,
    )


def test_a_mandate_tells_its_reference() -> None:
    details = {
        "type": "sepa_debit",
        "sepa_debit": {"reference": "RUM-1", "url": "https://m.example.org"},
    }
    told = snapshots.mandate(
        {
            "id": "mandate_1",
            "status": "active",
            "payment_method": "pm_1",
            "payment_method_details": details,
        }
    )
    assert (told.reference, told.url, told.method_id) == ("RUM-1", "https://m.example.org", "pm_1")


def test_a_line_of_the_balance_keeps_its_words_and_its_sums() -> None:
    told = snapshots.ledger_line({**LINE, "reporting_category": "moon_tax", "source": None}, "po_1")
    assert (told.category, told.source_id, told.payout_id) == ("moon_tax", "", "po_1")
    assert told.gross - told.fee == told.net


def test_a_payout_is_reconciled_only_when_its_lines_are_complete() -> None:
    payout = {
        "id": "po_1", "amount": 4604, "currency": "eur", "status": "in_transit", "automatic": True,
        "reconciliation_status": "in_progress", "created": AT, "arrival_date": AT,
        "balance_transaction": "txn_1", "failure_code": None, "statement_descriptor": "SOURIRE",
    }  # fmt: skip
    told = snapshots.payout(payout)
    assert (told.reconciled, told.arrives_on) == (False, date(2026, 11, 22))
    assert snapshots.payout({**payout, "reconciliation_status": "completed"}).reconciled


def test_the_balance_is_what_is_there_and_what_is_on_its_way() -> None:
    found = {
        "available": [{"amount": 100, "currency": "eur"}, {"amount": 7, "currency": "chf"}],
        "pending": [{"amount": -30, "currency": "eur"}],
    }
    assert snapshots.balance(found) == (Money(7, "CHF"), Money(70))
