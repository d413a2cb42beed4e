"""One message told a thousand times at once has one effect, because the inbox's key says so.

The second test takes that key away and sees a thousand effects, so that the first proves something.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.donations import services
from portal.donations.models import EventState, Gift, WebhookEvent
from portal.donations.rules.gift import GiftState
from tests.integration.donations.test_at_once import (
    AT_ONCE,
    all_at_once,
    paid_gift,
    real,
)

__all__ = ["real"]
TIMES = 1_000
JOBS = "select count(*) from procrastinate_jobs where task_name = 'donations.process_event'"
MAILS = "select count(*) from outbox_mail"


def told_a_thousand_times(app: Flask) -> tuple[Gift, str, list[BaseException]]:
    """A donor pays, and the provider tells it a thousand times through the door."""
    gift, intent, payments = paid_gift(app)
    body, headers = payments.event("payment_intent.succeeded", intent)
    event_id = payments.verify(body, headers["Stripe-Signature"]).id

    def tells() -> None:
        for _ in range(TIMES // AT_ONCE):
            answer = app.test_client().post("/webhooks/stripe", data=body, headers=headers)
            assert answer.status_code == 200

    return gift, event_id, all_at_once(app, tells)


def test_a_message_told_a_thousand_times_at_once_is_kept_and_queued_once(real: Flask) -> None:
    gift, event_id, wrong = told_a_thousand_times(real)
    assert wrong == []
    assert db.session.query(WebhookEvent).count() == 1
    assert db.session.scalar(sa.text(JOBS)) == 1
    assert all_at_once(real, lambda: services.process_event(event_id)) == []
    assert db.session.query(WebhookEvent).one().state == EventState.DONE
    assert db.session.get_one(Gift, gift.id).state == GiftState.SETTLED
    assert db.session.scalar(sa.text(MAILS)) == 1


def test_without_the_inboxs_key_it_would_have_a_thousand_effects(real: Flask) -> None:
    db.session.execute(sa.text("alter table webhook_event drop constraint pk_webhook_event"))
    db.session.commit()
    _gift, _event_id, wrong = told_a_thousand_times(real)
    assert wrong == []
    assert db.session.scalar(sa.text("select count(*) from webhook_event")) == TIMES
    assert db.session.scalar(sa.text(JOBS)) == TIMES


@pytest.mark.parametrize("of", ["lines", "payout"])
def test_a_ledger_read_by_many_at_once_is_kept_and_booked_once(real: Flask, of: str) -> None:
    _gift, intent, payments = paid_gift(real)
    assert payments.receives(intent).net.minor > 0
    sent = payments.pays_out()
    acts = {
        "lines": services.read_new_lines,
        "payout": lambda: services.refresh_payout(sent.id),
    }
    assert all_at_once(real, acts[of]) == []
    services.read_new_lines()
    entries = "select count(*) from entry where source like 'provider_line:%'"
    assert db.session.scalar(sa.text(entries)) == 1
    assert db.session.scalar(sa.text("select count(*) from payout")) == 1
    assert db.session.scalar(sa.text("select count(*) from provider_line")) == 2
