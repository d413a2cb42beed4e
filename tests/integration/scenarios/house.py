"""The portal looking on while its own process lives and dies, and the rule deaths are judged by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
import stripe
from flask import Flask

from portal.core.checks import run_checks
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations.models import Gift, Plan, WebhookEvent
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.scenarios.mortal import Life, Mortal
from tests.integration.stripe.actors import KEY, SECRET, Donor, Hand

LATER = timedelta(minutes=11)
"""Long enough for the sweep to ask about what is open."""
Given = dict[str, Any]
_T = TypeVar("_T")
_Commitment = TypeVar("_Commitment", Gift, Plan)
_forms = count(1)


@dataclass
class House:
    """The portal looking on, its mortal process, the provider, a donor."""

    app: Flask
    mortal: Mortal
    hand: Hand
    donor: Donor
    gateway: StripeGateway

    def now(self) -> datetime:
        """The provider's clock is everybody's."""
        clock: FrozenClock = self.app.extensions["clock"]
        clock.instant = datetime.fromtimestamp(self.hand.asks()["now"], UTC)
        return clock.instant

    def does(self, act: str, *, later: timedelta = timedelta(), **given: Any) -> Life:
        """A process of the portal does that and lives."""
        life = self.mortal.lives(act, self.now() + later, **given)
        self.looks_again()
        return life

    def dies(self, act: str, step: str, **given: Any) -> None:
        """A process of the portal is killed at that step of it."""
        self.mortal.dies(act, self.now(), step, **given)
        self.looks_again()

    def comes_back(self, *, later: timedelta = LATER) -> None:
        """Another process of the portal does what its worker does."""
        self.does("come_back", later=later)

    def looks_again(self) -> None:
        """What was read before is forgotten."""
        db.session.rollback()
        db.session.expire_all()

    @contextmanager
    def rewound(self) -> Iterator[None]:
        """What happens inside is undone after it: the database is as it was."""
        here, kept = db.engine.url, f"{db.engine.url.database}_kept"
        self._let_go()
        with psycopg.connect(_root(here), autocommit=True) as server:
            server.execute(f"create database {kept} template {here.database}")
            yield
            self._let_go()
            server.execute(f"drop database {here.database} with (force)")
            server.execute(f"alter database {kept} rename to {here.database}")

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()

    def new_form(self) -> str:
        """A form that was never sent before, of a donor who never gave before."""
        return f"form-{next(_forms):04}"

    def pays(self, url: str, outcome: str = "paid") -> None:
        """The donor ends the payment page so."""
        answer = self.donor.chooses(url, outcome)
        assert answer.status_code in (302, 303), answer.text

    def gift(self) -> Gift:
        """A gift of 40 € that is paid and settled."""
        form = self.new_form()
        self.pays(str(self.does("give", form=form).answer))
        gift = self.gift_of(form)
        self.does("confirm_gift", gift=gift.id)
        return gift

    def plan(self) -> Plan:
        """30 € a month that is paid and runs."""
        form = self.new_form()
        self.pays(str(self.does("sponsor", form=form).answer))
        plan = self.plan_of(form)
        self.does("confirm_plan", plan=plan.id)
        return plan

    def gift_of(self, form: str) -> Gift:
        return _of_donor(Gift, form)

    def plan_of(self, form: str) -> Plan:
        return _of_donor(Plan, form)

    def pages_of(self, commitment: Gift | Plan) -> list[Given]:
        """The payment pages the provider opened for it."""
        address = f"{self.hand.address}/v1/checkout/sessions?limit=100"
        opened = self.hand.http.get(address, auth=(KEY, "")).json()["data"]
        reference = str(commitment.public_id)
        return [page for page in opened if page["client_reference_id"] == reference]

    def message(self, kind: str, object_id: str) -> tuple[bytes, str]:
        """What the provider would have knocked with about that object, and its signature."""
        since = self.now() - timedelta(days=1)
        for event, body in self.gateway.events(since):
            if (event.type, event.object_id) == (kind, object_id):
                raw = json.dumps(body)
                header = stripe.WebhookSignature.generate_signature_header(raw, SECRET)
                return raw.encode(), header
        raise AssertionError(f"no {kind} about {object_id}")

    def happened(self, object_id: str) -> list[str]:
        """What the provider told about that object, the oldest first."""
        told = self.gateway.events(self.now() - timedelta(days=400))
        return [event.type for event, _body in told if event.object_id == object_id][::-1]


def _root(url: sa.URL) -> str:
    root = url.set(drivername="postgresql", database="postgres")
    return root.render_as_string(hide_password=False)


def _of_donor(kind: type[_Commitment], form: str) -> _Commitment:
    email = f"{form}@example.org"
    return db.session.query(kind).join(kind.donor).filter_by(email=email).one()


def judged(
    house: House,
    act: str,
    *,
    prepare: Callable[[], tuple[_T, Given]],
    told: Callable[[_T], Any],
    passes: set[str],
    written_down: str = "after commit",
    sent_again: bool = False,
) -> None:
    """Killed at any step of the act, all ends as if nothing had happened.

    ``prepare`` makes what the act is about, and what it is told; ``told`` says how all of it stands
    in the end. Once it is ``written_down`` nobody needs to do anything; before, whoever got no
    answer sends the form again. ``sent_again``: they do so whenever they got no answer. ``passes``:
    steps the act is known to take, so that no death is missed by a change of names.
    """
    about, given = prepare()
    steps = house.does(act, **given).steps
    house.comes_back()
    undisturbed = told(about)
    assert passes <= set(steps), steps
    kept_from = steps.index(written_down)
    for number, step in enumerate(steps):
        about, given = prepare()
        house.dies(act, step, **given)
        if sent_again or number < kept_from:
            house.does(act, **given)
        house.comes_back()
        assert told(about) == undisturbed, f"killed {step}"
    nothing_is_wrong(house)


def rehearse(house: House) -> None:
    """Gifts and plans once, in the process that the others are forked from."""
    for act in ("give", "sponsor"):
        begun = house.mortal.rehearses(act, house.now(), form=house.new_form())
        house.pays(str(begun.answer))
    ended = house.mortal.rehearses("come_back", house.now() + LATER)
    assert not ended.wrong, ended.wrong
    house.mortal.is_ready = True


def nothing_is_wrong(house: House) -> None:
    """The books hold, and no message waits for anybody."""
    house.looks_again()
    assert [f"{one.name}: {one.detail}" for one in run_checks() if not one.ok] == []
    left = sa.select(WebhookEvent.error).where(WebhookEvent.state.in_(("failed", "waiting")))
    assert list(db.session.scalars(left)) == []
