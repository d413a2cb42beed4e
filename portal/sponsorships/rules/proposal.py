"""The best matching for all who wait.

In this order: as many sponsors as possible get a child who is all they wished; those who have
waited longest come first; the children in greatest need, and who have waited longest, come first.
Only for a sponsor for whom no such child is left is a child proposed who is not all she wished,
and in what way is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.sponsorships.rules.assignment import Value, assign
from portal.sponsorships.rules.matching import ChildCard, Match, WishCard, score

BATCH = 250  # sponsors matched together; those further back in the queue come after them


@dataclass(frozen=True, slots=True)
class Pair:
    """A sponsor and a child who could go together."""

    wish_id: int
    child_id: int
    match: Match


@dataclass(frozen=True, slots=True)
class Proposal:
    """``pairs`` meet every wish, ``compromises`` do not; in the order of the queue."""

    pairs: tuple[Pair, ...]
    compromises: tuple[Pair, ...]
    without_child: tuple[int, ...]


def best_matching(wishes: Sequence[WishCard], children: Sequence[ChildCard], on: date) -> Proposal:
    """Who should sponsor whom; the order in which rows are handed in does not matter."""
    queue = sorted(wishes, key=lambda w: (w.since, w.id))
    left = sorted(children, key=lambda c: c.id)
    pairs: list[Pair] = []
    compromises: list[Pair] = []
    for start in range(0, len(queue), BATCH):
        batch = queue[start : start + BATCH]
        for into, fitting in ((pairs, True), (compromises, False)):
            found = _assigned(batch, left, on, fitting=fitting)
            into.extend(found)
            wished, given = {p.wish_id for p in found}, {p.child_id for p in found}
            batch = [w for w in batch if w.id not in wished]
            left = [c for c in left if c.id not in given]
    served = {pair.wish_id for pair in (*pairs, *compromises)}
    return Proposal(
        tuple(pairs), tuple(compromises), tuple(w.id for w in queue if w.id not in served)
    )


def _assigned(
    wishes: Sequence[WishCard], children: Sequence[ChildCard], on: date, *, fitting: bool
) -> list[Pair]:
    if not wishes or not children:
        return []
    matches = [[score(wish, child, on) for child in children] for wish in wishes]
    columns = _worth_considering(matches, len(wishes), fitting=fitting)
    values = [
        [pair_value(wish, matches[i][j], on, len(wishes), fitting=fitting) for j in columns]
        for i, wish in enumerate(wishes)
    ]
    chosen = assign(values)
    return [
        Pair(wish.id, children[columns[at]].id, matches[i][columns[at]])
        for i, wish in enumerate(wishes)
        if (at := chosen[i]) is not None
    ]


def _worth_considering(
    matches: Sequence[Sequence[Match]], count: int, *, fitting: bool
) -> list[int]:
    """For each sponsor her ``count`` best children: one of them stays free whatever others get."""
    columns: set[int] = set()
    for row in matches:
        allowed = [j for j, match in enumerate(row) if match.fits or not fitting]
        columns.update(sorted(allowed, key=lambda j: (-row[j].score, j))[:count])
    return sorted(columns)


def pair_value(wish: WishCard, match: Match, on: date, count: int, *, fitting: bool) -> Value:
    """What a pair adds, so that sums compare as: how many, then waiting, then score.

    One sponsor more outweighs all days waited together; a day waited outweighs all scores.
    """
    if fitting and not match.fits:
        return None
    a_day = 100 * count + 1
    most_days = 40_000
    days = min(max((on - wish.since).days, 0), most_days)
    one_more = (most_days + 1) * count * a_day
    return one_more + days * a_day + match.score
