"""Each line of a payout leads to its gift: payments, refunds and disputes, on the page and in the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from portal.accounting.queries.payout_rows import COLUMNS, payout_rows
from portal.core.money import Money
from portal.core.roles import Role
from portal.donations import services
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient


def test_a_payment_a_refund_and_a_dispute_name_their_gift(
    giver: Giver, signed_in_as: Callable[..., PageClient]
) -> None:
    kept, given_back, disputed = giver.gives(), giver.gives(), giver.gives()
    giver.pays(kept)
    intent = giver.pays(given_back)
    refund = giver.payments.gives_back(intent, Money(2_000))
    giver.is_told("refund.created", refund.id, payment_intent=intent)
    dispute = giver.payments.dispute_opens(giver.pays(disputed))
    giver.is_told("charge.dispute.created", dispute)
    payout = giver.payments.pays_out()
    giver.clock.instant += timedelta(days=2)
    services.reconcile()

    of = {column.name: place for place, column in enumerate(COLUMNS)}
    rows = list(payout_rows(giver.payments.now.year))
    assert {(row[of["Nature"]], row[of["Don"]]) for row in rows} == {
        *(("Paiement", gift.ref) for gift in (kept, given_back, disputed)),
        ("Remboursement", given_back.ref),
        ("Litige", disputed.ref),
    }
    page = signed_in_as(Role.ACCOUNTANT).get(f"/office/stripe-payouts/{payout.id}")
    assert page.links().count(f"/office/gifts/{disputed.public_id}") == 2
