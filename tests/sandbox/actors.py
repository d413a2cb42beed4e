"""Who brings a scenario about: the same words for the simulator and for Stripe's own sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from portal.core.money import Money
from portal.donations.gateway import Interval, PaymentGateway

_T = TypeVar("_T")
Outcome = Literal["paid", "declined", "sepa", "disputed"]
REFERENCE = "reference-of-ours"


class Actor(Protocol):
    """Donors, their banks and the calendar."""

    @property
    def gateway(self) -> PaymentGateway:
        """The portal's gateway, under contract."""

    @property
    def began(self) -> datetime:
        """By the provider's clock, a little before anything happened."""

    def name(self, what: str) -> str:
        """A key or reference nobody used before."""

    def gives(self, amount: Money, outcome: Outcome = "paid") -> str:
        """Somebody gives once, for `REFERENCE`; the payment's id."""

    def begins_plan(self, amount: Money, interval: Interval = "month") -> str:
        """Somebody begins a plan, for `REFERENCE`, with a good card; the subscription's id."""

    def gives_card(self, plan: str) -> str:
        """The donor of a plan gives another good card; its id."""

    def consents_to_debits(self, plan: str) -> str:
        """The donor of a plan gives an IBAN; the consent's id."""

    def card_stops_working(self, plan: str) -> None:
        """From now on the plan's debits are declined."""

    def lets_pass(self, plan: str, days: int) -> None:
        """The calendar goes on for that plan."""

    def until(self, ask: Callable[[], _T], ready: Callable[[_T], object] = bool) -> _T:
        """The answer once it is ready; fails when it does not become so."""

    def goes(self) -> None:
        """Leave nothing behind that costs or runs on."""
