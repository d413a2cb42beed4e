"""Cards on shared pages: each feature adds what it knows of a donor, without knowing the others.

The sponsor's home (/me/) and the head office's page of a donor show them in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from markupsafe import Markup

from portal.core.roles import Role


@dataclass(frozen=True, slots=True)
class Card:
    """What a feature shows: a heading, a body, perhaps a place to go.

    ``title``, ``lines`` and ``link`` are said in the reader's language already. The body is
    ``template`` rendered with ``context``, else the lines, one paragraph each.
    """

    title: str
    lines: tuple[str, ...] = ()
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    link: str = ""
    icon: str = ""

    @property
    def body(self) -> Markup:
        """The template with its context, else the lines."""
        if self.template:
            return Markup(render_template(self.template, card=self, **self.context))  # noqa: S704
        return Markup("").join(Markup("<p>{}</p>").format(line) for line in self.lines)


CardMaker = Callable[[int], Card | None]


@dataclass(frozen=True, slots=True)
class _Place:
    order: int
    make: CardMaker
    roles: frozenset[Role] = frozenset()


YearCardMaker = Callable[[int], Card | None]
_YEAR: list[tuple[int, YearCardMaker]] = []
_HOME: list[_Place] = []
_DONOR: list[_Place] = []


def register_card(order: int, make: CardMaker) -> None:
    """A card for the sponsor's home; ``make(donor_id)`` gives it, or None when there is none.

    10 the child, 20 gifts, 30 receipts, 40 news.
    """
    _add(_HOME, _Place(order, make))


def register_donor_section(order: int, make: CardMaker, *roles: Role) -> None:
    """A section of the head office's page of a donor, for people with one of these roles.

    Without roles everybody who may open the page sees it; an administrator sees all. Amounts are
    for accountants.
    """
    _add(_DONOR, _Place(order, make, frozenset(roles)))


def register_year_section(order: int, make: YearCardMaker) -> None:
    """A section of the accountant's year at a glance; ``make(year)`` gives it, or None.

    10 receipts, 20 closing, 30 exports.
    """
    if (order, make) not in _YEAR:
        _YEAR.append((order, make))
        _YEAR.sort(key=lambda known: known[0])


def year_sections(year: int) -> list[Card]:
    """The sections of the year at a glance, in their order."""
    return [card for _order, make in _YEAR if (card := make(year))]


def _add(places: list[_Place], place: _Place) -> None:
    if place not in places:
        places.append(place)
        places.sort(key=lambda known: known.order)


def home_cards(donor_id: int) -> list[Card]:
    """The cards of a sponsor's home, in their order."""
    return [card for place in _HOME if (card := place.make(donor_id))]


def donor_sections(donor_id: int, roles: frozenset[Role]) -> list[Card]:
    """The sections of a donor's page that these roles may see, in their order."""
    return [
        card
        for place in _DONOR
        if (not place.roles or roles & (place.roles | {Role.ADMINISTRATOR}))
        and (card := place.make(donor_id))
    ]
