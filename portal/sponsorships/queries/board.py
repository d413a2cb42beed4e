"""The matching board: what is proposed to those who wait, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db
from portal.programmes.codes import Sex
from portal.programmes.models import Child
from portal.programmes.queries.children import child_views
from portal.programmes.rules.child_view import ChildView
from portal.sponsorships.models import Wish
from portal.sponsorships.queries.availability import available_children, child_cards
from portal.sponsorships.queries.waiting import waiting_wishes, wish_card
from portal.sponsorships.queries.wording import words_of_match, words_of_wish
from portal.sponsorships.rules.matching import ChildCard, Match, score
from portal.sponsorships.rules.proposal import Pair, best_matching

ON_THE_BOARD = 40  # sponsors for whom the board proposes; the command proposes for all


@dataclass(frozen=True, slots=True)
class ChildShown:
    """A child as the matching desk sees it: no surname, birth date, family or health."""

    public_id: str
    ref: str
    view: ChildView
    sex: Sex
    need: int | None
    waiting_since: date


@dataclass(frozen=True, slots=True)
class PairShown:
    """A proposed pair with its reasons in words."""

    wish: Wish
    wished: str
    child: ChildShown
    score: int
    fits: bool
    reasons: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Board:
    """What is proposed, and for whom nothing is."""

    pairs: list[PairShown]
    compromises: list[PairShown]
    without_child: list[Wish]


def propose(now: datetime, most: int | None = None) -> Board:
    """The best matching for those who wait (the ``most`` longest waiting, or all)."""
    on = paris_date(now)
    queue = waiting_wishes(now)
    wishes = db.session.scalars(queue if most is None else queue.limit(most)).all()
    children = db.session.scalars(available_children(now).order_by(Child.id)).all()
    cards = child_cards(children, on)
    proposal = best_matching([wish_card(wish) for wish in wishes], cards, on)
    chosen = {pair.child_id for pair in (*proposal.pairs, *proposal.compromises)}
    shown = shown_children([c for c in children if c.id in chosen], on, cards)
    by_id = {wish.id: wish for wish in wishes}
    return Board(
        [_shown(pair, by_id, shown) for pair in proposal.pairs],
        [_shown(pair, by_id, shown) for pair in proposal.compromises],
        [by_id[wish_id] for wish_id in proposal.without_child],
    )


def _shown(pair: Pair, wishes: Mapping[int, Wish], children: Mapping[int, ChildShown]) -> PairShown:
    return pair_shown(wishes[pair.wish_id], children[pair.child_id], pair.match)


def pair_shown(wish: Wish, child: ChildShown, match: Match) -> PairShown:
    """The pair in words."""
    return PairShown(
        wish, words_of_wish(wish), child, match.score, match.fits, words_of_match(match)
    )


def shown_children(
    children: Sequence[Child], on: date, cards: Sequence[ChildCard] | None = None
) -> dict[int, ChildShown]:
    """Children as the desk sees them, by id."""
    views = child_views(children, on)
    known = {card.id: card for card in (cards or child_cards(children, on))}
    return {
        child.id: ChildShown(
            str(child.public_id),
            child.ref,
            views[child.id],
            child.sex,
            child.need,
            known[child.id].waiting_since,
        )
        for child in children
    }


def ranked_for(
    wish: Wish, now: datetime, narrowed: Collection[sa.ColumnElement[bool]] = ()
) -> list[tuple[Child, Match]]:
    """Every available child for a wish, the best answer first."""
    on, card = paris_date(now), wish_card(wish)
    children = db.session.scalars(available_children(now).where(*narrowed)).all()
    by_id = {child.id: child for child in children}
    matched = [(score(card, known, on), known.id) for known in child_cards(children, on)]
    matched.sort(key=lambda item: (not item[0].fits, -item[0].score, item[1]))
    return [(by_id[child_id], match) for match, child_id in matched]


def count_of(statement: sa.Select[Any]) -> int:
    """How many rows a statement has."""
    inner = statement.order_by(None).with_only_columns(sa.literal(1)).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0)
