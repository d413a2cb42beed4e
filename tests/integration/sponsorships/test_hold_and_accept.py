"""Holding a child, accepting a pair, letting go."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.codes import Language
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.programmes.codes import ChildStatus
from portal.sponsorships.events import sponsorship_started
from portal.sponsorships.models import EndReason, HoldState, Sponsorship, WishState
from portal.sponsorships.queries.availability import available_children
from portal.sponsorships.rules import errors
from portal.sponsorships.services import ending, holds, starting
from portal.sponsorships.tasks import release_lapsed_holds
from tests.factories.children import make_child, make_consent
from tests.factories.people import make_account, make_donor
from tests.factories.sponsorships import NOON, make_sponsorship, make_wish

pytestmark = pytest.mark.usefixtures("app")


def available() -> set[int]:
    return {child.id for child in db.session.scalars(available_children(NOON))}


def test_a_held_child_is_offered_to_nobody_else() -> None:
    child = make_child()
    assert child.id in available()
    held = holds.hold(child.id, make_wish().id, None, NOON)
    assert held.expires_at == NOON + dt.timedelta(days=15)
    assert child.id not in available()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"status": ChildStatus.MOVED_AWAY}, "no longer in care"),
        ({"sponsorable": False}, "not sponsorable"),
        ({"consent": False}, "no consent"),
    ],
)
def test_a_child_who_may_not_be_sponsored_is_never_promised(
    given: dict[str, object], why: str
) -> None:
    child = make_child(**given)  # type: ignore[arg-type]
    assert child.id not in available(), why
    with pytest.raises(errors.ChildNotAvailable):
        holds.hold(child.id, make_wish().id, None, NOON)
    with pytest.raises(errors.ChildNotAvailable):
        starting.accept_pair(child.id, make_wish().id, None, NOON)


@pytest.mark.parametrize(
    ("consents", "free"),
    [
        ([{"expires_on": None}], True),
        ([{"expires_on": dt.date(2026, 11, 22)}], True),
        ([{"expires_on": dt.date(2026, 11, 21)}], False),
        ([{"granted_on": dt.date(2026, 11, 23)}], False),
        ([{"withdrawn_on": dt.date(2026, 11, 22)}], False),
        ([{"withdrawn_on": dt.date(2026, 11, 23)}], True),
        ([{"granted_on": dt.date(2020, 1, 1)}, {"withdrawn_on": dt.date(2026, 1, 1)}], False),
        ([{"withdrawn_on": dt.date(2026, 1, 1)}, {"granted_on": dt.date(2026, 2, 1)}], True),
    ],
)
def test_availability_follows_the_consent_of_the_day(
    consents: list[dict[str, object]], free: bool
) -> None:
    from portal.programmes.codes import ConsentScope
    from portal.programmes.rules.consents import consent_in_force

    child = make_child(consent=False)
    rows = [make_consent(child, **consent) for consent in consents]
    assert (child.id in available()) is free
    assert consent_in_force(rows, ConsentScope.PORTAL, NOON.date()) is free


def test_the_second_who_wants_the_child_reads_who_has_it_and_until_when() -> None:
    child, colleague = make_child(), make_account(roles=[Role.MATCHER])
    holds.hold(child.id, make_wish().id, colleague.id, NOON)
    with pytest.raises(errors.AlreadyPromised) as refusal:
        holds.hold(child.id, make_wish().id, None, NOON)
    assert refusal.value.by == "matcher"
    assert refusal.value.until == NOON + dt.timedelta(days=15)


def test_a_sponsor_is_promised_one_child_at_a_time() -> None:
    wish = make_wish()
    holds.hold(make_child().id, wish.id, None, NOON)
    with pytest.raises(errors.WishHasChild):
        holds.hold(make_child().id, wish.id, None, NOON)


def test_a_double_click_on_hold_gives_the_same_hold() -> None:
    child, wish = make_child(), make_wish()
    assert holds.hold(child.id, wish.id, None, NOON) is holds.hold(child.id, wish.id, None, NOON)


def test_a_hold_is_extended_twice_and_no_more() -> None:
    held = holds.hold(make_child().id, make_wish().id, None, NOON)
    by = make_account().id
    holds.extend(held.id, by, NOON)
    holds.extend(held.id, by, NOON)
    assert held.expires_at == NOON + dt.timedelta(days=45)
    with pytest.raises(errors.NoMoreExtensions):
        holds.extend(held.id, by, NOON)


def test_a_lapsed_hold_gives_way_on_the_way() -> None:
    child, first, second = make_child(), make_wish(), make_wish()
    held = holds.hold(child.id, first.id, None, NOON)
    later = NOON + dt.timedelta(days=16)
    with pytest.raises(errors.HoldOver):
        starting.accept(held.id, None, later)
    assert holds.hold(child.id, second.id, None, later).wish_id == second.id
    assert held.state is HoldState.RELEASED


def test_the_worker_releases_what_lapsed(clock: FrozenClock) -> None:
    held = holds.hold(make_child().id, make_wish().id, None, NOON)
    states = []
    for days in (14, 15):
        clock.instant = NOON + dt.timedelta(days=days)
        release_lapsed_holds(timestamp=0)
        states.append(held.state)
    assert states == [HoldState.HELD, HoldState.RELEASED]


def test_a_released_child_is_free_at_once() -> None:
    child = make_child()
    held = holds.hold(child.id, make_wish().id, None, NOON)
    holds.release(held.id, make_account().id, NOON)
    assert child.id in available()


def test_accepting_starts_the_sponsorship_and_writes_once_in_her_language() -> None:
    told: list[Sponsorship] = []

    def listen(_sender: object, *, sponsorship: Sponsorship) -> None:
        told.append(sponsorship)

    child = make_child(called="Dara", given_name_latin="Dara")
    wish = make_wish(make_donor(language=Language.EN, email="reader@example.org"))
    with sponsorship_started.connected_to(listen):
        started = starting.accept_pair(child.id, wish.id, None, NOON)
        assert starting.accept_pair(child.id, wish.id, None, NOON) is started
    assert told == [started]
    assert wish.state is WishState.FULFILLED
    mails = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == "reader@example.org")
    ).all()
    assert [mail.subject for mail in mails] == ["Dara is the child you sponsor"]
    assert f"/me/child/{child.public_id}" in mails[0].text


def test_a_held_child_is_accepted_from_the_hold() -> None:
    child, wish = make_child(), make_wish()
    held = holds.hold(child.id, wish.id, None, NOON)
    started = starting.accept(held.id, None, NOON + dt.timedelta(days=2))
    assert started.started_on == dt.date(2026, 11, 24)
    assert starting.accept(held.id, None, NOON) is started


def test_who_comes_late_to_accept_reads_that_the_child_has_a_sponsor() -> None:
    child = make_child()
    make_sponsorship(child=child)
    with pytest.raises(errors.AlreadyPromised) as refusal:
        starting.accept_pair(child.id, make_wish().id, None, NOON)
    assert refusal.value.sponsored


def test_somebody_who_no_longer_waits_is_given_no_child() -> None:
    wish = make_wish(state=WishState.WITHDRAWN)
    with pytest.raises(errors.WishNotWaiting):
        starting.accept_pair(make_child().id, wish.id, None, NOON)


def test_an_ended_sponsorship_frees_the_child_and_switches_nothing_unasked() -> None:
    started = make_sponsorship()
    ending.end_sponsorship(started.id, EndReason.SPONSOR_STOPPED, None, NOON)
    assert started.child_id in available()
    assert started.hold.wish.state is WishState.FULFILLED
    with pytest.raises(errors.SponsorshipOver):
        ending.end_sponsorship(started.id, EndReason.OFFICE, None, NOON)


def test_a_sponsor_who_was_asked_waits_again_at_her_old_place() -> None:
    started = make_sponsorship()
    wish, since = started.hold.wish, started.hold.wish.since
    ending.end_sponsorship(started.id, EndReason.CHILD_LEFT, None, NOON, waits_again=True)
    assert (wish.state, wish.since) == (WishState.WAITING, since)
    again = starting.accept_pair(make_child().id, wish.id, None, NOON)
    assert again.id != started.id


def test_nobody_without_an_address_is_written_to(app: Flask) -> None:
    del app
    make_sponsorship(make_donor(email=""))
    assert db.session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 0
