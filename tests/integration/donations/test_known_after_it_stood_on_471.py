"""What stood on 471 or was about to, once its gift, refund or dispute is known: in the books once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounting.queries.strays import stray_of
from portal.accounting.services import strays
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from portal.donations import services
from portal.donations.codes import GiftMode
from portal.donations.models import Finding, Origin
from portal.donations.rules.reconciliation import FindingKind
from portal.donations.services.entry import withdraw_gift
from tests.factories.books import balance_of, booked_gift
from tests.factories.handed_over import make_accountant
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient

Happens = Callable[[Giver], Callable[[], object]]
"""Something happens at the provider of which nobody tells; what it gives tells of it at last."""


def a_payment(giver: Giver) -> Callable[[], object]:
    session = giver.payments.session_of(giver.gives().public_id)
    giver.payments.donor_pays(session)
    return lambda: giver.is_told("checkout.session.completed", session)


def a_refund(giver: Giver) -> Callable[[], object]:
    intent = giver.pays(giver.gives())
    made = giver.payments.gives_back(intent, Money(2_000))
    return lambda: giver.is_told("refund.created", made.id, payment_intent=intent)


def a_dispute(giver: Giver) -> Callable[[], object]:
    intent = giver.pays(giver.gives())
    dispute = giver.payments.dispute_opens(intent)
    return lambda: giver.is_told("charge.dispute.created", dispute)


EACH = pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (a_payment, FindingKind.CHARGE_UNKNOWN),
        (a_refund, FindingKind.REFUND_UNKNOWN),
        (a_dispute, FindingKind.DISPUTE_UNKNOWN),
    ],
)


def found_in_the_night(giver: Giver, kind: FindingKind) -> Finding:
    """Two days later the comparison names it."""
    giver.clock.instant += timedelta(days=2)
    services.reconcile()
    return db.session.scalars(sa.select(Finding).where(Finding.kind == kind)).one()


def holds(giver: Giver) -> None:
    """Nothing on 471, and 517 is what the provider holds."""
    assert balance_of("471000") == Money(0)
    all_holds(giver.payments)
    assert [check.name for check in run_checks() if not check.ok] == []


@EACH
def test_what_is_known_by_now_is_not_booked_as_nobodys(
    giver: Giver, happens: Happens, kind: FindingKind
) -> None:
    tell = happens(giver)
    finding = found_in_the_night(giver, kind)
    tell()
    with pytest.raises(strays.NoStray):
        strays.book_stray(finding.id, reason="À identifier", by=make_accountant().id)
    holds(giver)


@EACH
def test_what_stood_on_471_leaves_it_when_it_is_known(
    giver: Giver, happens: Happens, kind: FindingKind
) -> None:
    tell = happens(giver)
    finding = found_in_the_night(giver, kind)
    strays.book_stray(finding.id, reason="À identifier", by=make_accountant().id)
    assert balance_of("471000") != Money(0)
    all_but_471 = {check.name for check in run_checks() if not check.ok}
    assert "stripe_ledger_matches_517" not in all_but_471
    tell()
    tell()
    holds(giver)
    stray = stray_of(finding.id)
    assert stray is not None
    assert (stray.booked, stray.may_be_a_gift) == (False, False)


def test_the_page_says_which_gift_it_is(
    giver: Giver, signed_in_as: Callable[..., PageClient]
) -> None:
    tell = a_payment(giver)
    finding = found_in_the_night(giver, FindingKind.CHARGE_UNKNOWN)
    tell()
    page = signed_in_as(Role.ACCOUNTANT).get(f"/office/books/strays/{finding.id}")
    assert page.has("rien n’est à passer au 471")
    assert not page.has("Passer au 471")
    stray = stray_of(finding.id)
    assert stray is not None
    assert stray.gift is not None
    assert page.has(stray.gift.ref)


def test_a_gift_named_for_it_is_free_of_it_when_stripe_tells_of_another(giver: Giver) -> None:
    tell, by = a_payment(giver), make_accountant().id
    finding = found_in_the_night(giver, FindingKind.CHARGE_UNKNOWN)
    strays.book_stray(finding.id, reason="À identifier", by=by)
    on = giver.clock.instant.date()
    entered = booked_gift(amount_minor=5_000, mode=GiftMode.CARD, origin=Origin.OFFICE, on=on)
    strays.name_gift(finding.id, entered.ref, by=by)
    tell()
    assert balance_of("471000") == Money(0)
    assert [check.name for check in run_checks() if not check.ok] == ["gifts_entered_once"]
    withdraw_gift(entered.id, reason="Saisi en double", by=by)
    assert balance_of("754110") == Money(-5_000)
    holds(giver)


def test_what_moves_later_on_the_same_dispute_is_booked_too_and_once(giver: Giver) -> None:
    giver.payments.moves("dispute", -5_000, "dp_shop", fee=2_000)
    first, by = found_in_the_night(giver, FindingKind.DISPUTE_UNKNOWN), make_accountant().id
    strays.book_stray(first.id, reason="À identifier", by=by)
    giver.payments.moves("dispute_reversal", 5_000, "dp_shop", at=giver.clock.instant)
    giver.clock.instant += timedelta(days=2)
    services.reconcile()
    later = db.session.scalars(sa.select(Finding).where(Finding.found_minor == 5_000)).one()
    for _ in range(2):
        strays.book_stray(later.id, reason="Litige gagné", by=by)
    assert [balance_of(account) for account in ("471000", "517100")] == [Money(0), Money(-2_000)]
    assert [check.name for check in run_checks() if not check.ok] == []
