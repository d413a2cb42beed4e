"""Who is proposed to whom."""

from __future__ import annotations

import datetime as dt
import time
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.programmes.codes import Programme, Sex, Site
from portal.sponsorships.rules.assignment import assign
from portal.sponsorships.rules.matching import ChildCard, WishCard, score
from portal.sponsorships.rules.proposal import best_matching, pair_value

TODAY = dt.date(2026, 11, 22)


def wish(number: int = 1, since: dt.date = dt.date(2026, 1, 1), **criteria: object) -> WishCard:
    return WishCard(id=number, since=since, **criteria)  # type: ignore[arg-type]


def child(number: int = 1, **given: object) -> ChildCard:
    values: dict[str, object] = {
        "sex": Sex.F,
        "born_on": dt.date(2016, 3, 4),
        "site": Site.PHNOM_PENH,
        "waiting_since": dt.date(2025, 11, 22),
        "need": 3,
        "programmes": frozenset({Programme.EDUCATION}),
    } | given
    return ChildCard(id=number, **values)  # type: ignore[arg-type]


def texts(w: WishCard, c: ChildCard) -> list[str]:
    return [reason.sentence.msgid for reason in score(w, c, TODAY).reasons]


def test_all_wishes_met_gives_the_full_points_for_wishes() -> None:
    match = score(
        wish(sex=Sex.F, age_min=8, age_max=12, programme=Programme.EDUCATION, site=Site.PHNOM_PENH),
        child(need=5, waiting_since=dt.date(2020, 1, 1)),
        TODAY,
    )
    assert match.score == 100
    assert match.fits


def test_each_wish_not_met_is_said() -> None:
    match = score(wish(sex=Sex.M, age_max=6, site=Site.SIEM_REAP), child(), TODAY)
    assert not match.fits
    broken = [r.sentence.msgid for r in match.reasons if not r.met]
    assert len(broken) == 3
    assert all(text.startswith("Not what was wished") for text in broken)


def test_somebody_without_wishes_is_told_that_any_child_is_welcome() -> None:
    assert "No particular wish: any child is welcome" in texts(wish(), child())


def test_greater_need_and_a_longer_wait_count() -> None:
    plain = score(wish(), child(), TODAY).score
    assert score(wish(), child(need=5), TODAY).score > plain
    assert score(wish(), child(waiting_since=dt.date(2023, 1, 1)), TODAY).score > plain


def test_the_only_girl_goes_to_the_sponsor_who_waited_longest() -> None:
    first = wish(1, dt.date(2026, 5, 1), sex=Sex.F)
    second = wish(2, dt.date(2026, 3, 1), sex=Sex.F)
    proposal = best_matching([first, second], [child(7), child(8, sex=Sex.M)], TODAY)
    assert [(p.wish_id, p.child_id) for p in proposal.pairs] == [(2, 7)]
    assert [(p.wish_id, p.child_id) for p in proposal.compromises] == [(1, 8)]


def test_the_child_in_greatest_need_comes_first() -> None:
    proposal = best_matching([wish()], [child(1, need=1), child(2, need=5)], TODAY)
    assert [p.child_id for p in proposal.pairs] == [2]


def test_a_choosy_sponsor_is_not_left_without_the_one_child_who_fits() -> None:
    anyone = wish(1, dt.date(2020, 1, 1))
    choosy = wish(2, dt.date(2026, 1, 1), sex=Sex.M)
    proposal = best_matching([anyone, choosy], [child(1), child(2, sex=Sex.M, need=5)], TODAY)
    assert {(p.wish_id, p.child_id) for p in proposal.pairs} == {(1, 1), (2, 2)}


def test_a_sponsor_for_whom_nobody_is_left_is_named() -> None:
    proposal = best_matching([wish(1), wish(2, dt.date(2026, 2, 1))], [child(5)], TODAY)
    assert proposal.without_child == (2,)


def test_nobody_waits_nothing_is_proposed() -> None:
    assert best_matching([], [child()], TODAY).pairs == ()
    assert best_matching([wish()], [], TODAY).without_child == (1,)


cells = st.one_of(st.none(), st.integers(1, 60))


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), max_size=5)
    )
)
@settings(max_examples=200, deadline=None)
def test_no_other_assignment_has_a_greater_sum(values: list[list[int | None]]) -> None:
    chosen = assign(values)
    taken = [c for c in chosen if c is not None]
    assert len(taken) == len(set(taken))
    total = sum(values[r][c] or 0 for r, c in enumerate(chosen) if c is not None)
    assert total == _best_by_trying_all(values)


def _best_by_trying_all(values: list[list[int | None]]) -> int:
    if not values:
        return 0
    seats = [*range(len(values[0])), *[None] * len(values)]
    return max(
        sum((values[r][c] or 0) if c is not None else 0 for r, c in enumerate(order))
        for order in set(permutations(seats, len(values)))
    )


wishes = st.builds(
    WishCard,
    id=st.just(0),
    since=st.dates(dt.date(2024, 1, 1), TODAY),
    sex=st.one_of(st.none(), st.sampled_from(Sex)),
    age_max=st.one_of(st.none(), st.integers(5, 12)),
    site=st.one_of(st.none(), st.sampled_from(Site)),
)
children = st.builds(
    ChildCard,
    id=st.just(0),
    sex=st.sampled_from(Sex),
    born_on=st.dates(dt.date(2012, 1, 1), dt.date(2022, 1, 1)),
    site=st.sampled_from(Site),
    waiting_since=st.dates(dt.date(2020, 1, 1), TODAY),
    need=st.one_of(st.none(), st.integers(1, 5)),
)


def _numbered(cards: list[object]) -> list[object]:
    from dataclasses import replace

    return [replace(card, id=i + 1) for i, card in enumerate(cards)]  # type: ignore[type-var]


@given(st.lists(wishes, max_size=4), st.lists(children, max_size=4), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_proposal_is_the_best_there_is(ws: list[WishCard], cs: list[ChildCard], random) -> None:  # type: ignore[no-untyped-def]
    queue: list[WishCard] = _numbered(ws)  # type: ignore[assignment,arg-type]
    pool: list[ChildCard] = _numbered(cs)  # type: ignore[assignment,arg-type]
    proposal = best_matching(queue, pool, TODAY)
    both = [*proposal.pairs, *proposal.compromises]
    assert len({p.child_id for p in both}) == len({p.wish_id for p in both}) == len(both)
    assert len(both) == min(len(queue), len(pool))
    assert all(p.match.fits for p in proposal.pairs)
    assert not any(p.match.fits for p in proposal.compromises)
    values = [
        [pair_value(w, score(w, c, TODAY), TODAY, len(queue), fitting=True) for c in pool]
        for w in queue
    ]
    by_wish = {w.id: w for w in queue}
    total = sum(
        pair_value(by_wish[p.wish_id], p.match, TODAY, len(queue), fitting=True) or 0
        for p in proposal.pairs
    )
    assert total == (_best_by_trying_all(values) if pool else 0)
    random.shuffle(queue)
    random.shuffle(pool)
    assert best_matching(queue, pool, TODAY) == proposal


def test_hundreds_are_matched_in_seconds() -> None:
    queue = [
        wish(
            i,
            dt.date(2026, 1, 1) + dt.timedelta(days=i % 200),
            sex=[None, Sex.F, Sex.M][i % 3],
            age_max=[None, 8, 12][i % 7 % 3],
        )
        for i in range(1, 121)
    ]
    pool = [
        child(
            i,
            sex=[Sex.F, Sex.M][i % 2],
            need=i % 5 + 1,
            born_on=dt.date(2010 + i % 10, 1 + i % 12, 1),
        )
        for i in range(1, 241)
    ]
    began = time.perf_counter()
    proposal = best_matching(queue, pool, TODAY)
    assert len(proposal.pairs) + len(proposal.compromises) == 120
    assert time.perf_counter() - began < 20
