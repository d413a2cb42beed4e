"""The matching desk."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.programmes.codes import ChildStatus, Sex, Site
from portal.sponsorships.models import Hold, Sponsorship, Wish, WishState
from portal.sponsorships.services import hold
from tests.factories.children import make_child
from tests.factories.people import make_donor
from tests.factories.sponsorships import NOON, make_sponsorship, make_wish
from tests.pages import PageClient

BOARD = "/office/matching"


def pair(wish: Wish, child: object) -> dict[str, str]:
    return {"wish": str(wish.public_id), "child": str(child.public_id)}  # type: ignore[attr-defined]


def test_the_board_shows_who_waits_who_is_available_and_pairs_with_reasons(
    matcher: PageClient,
) -> None:
    make_child(called="Sopheap", given_name_latin="Sopheap", need=5)
    make_wish(make_donor(first_name="Odile", last_name="Exemple"), sex=Sex.F, age_max=12)
    page = matcher.get(BOARD)
    assert page.heading == "Mise en relation"
    for words in (
        "Odile Exemple",
        "Sopheap",
        "Une fille, comme souhaité",
        "Grand besoin : 5 sur 5",
    ):
        assert page.has(words), words


def test_a_pair_that_is_not_what_was_wished_says_so(matcher: PageClient) -> None:
    make_child(site=Site.SIEM_REAP)
    make_wish(site=Site.PHNOM_PENH)
    page = matcher.get(BOARD)
    assert page.has("Pas tout à fait ce qui était souhaité")
    assert page.has("Pas ce qui était souhaité : à Siem Reap, souhaité Phnom Penh")


def test_accepting_a_pair_starts_the_sponsorship(matcher: PageClient) -> None:
    child, wish = make_child(), make_wish()
    page = matcher.follow(matcher.post(f"{BOARD}/accept", pair(wish, child)))
    assert page.has("Un e-mail le lui annonce.")
    started = db.session.scalars(sa.select(Sponsorship)).one()
    assert (started.child_id, started.donor_id) == (child.id, wish.donor_id)


def test_the_loser_of_a_race_reads_a_clear_sentence(matcher: PageClient) -> None:
    child, wish = make_child(), make_wish()
    hold(child.id, make_wish().id, matcher.account.id, NOON)
    page = matcher.follow(matcher.post(f"{BOARD}/accept", pair(wish, child)))
    assert page.has(
        "Quelqu’un a été plus rapide : cet enfant est réservé pour un autre parrain"
        " (mise en relation) jusqu’au 7 décembre 2026."
    )
    assert wish.state is WishState.WAITING


def test_a_hold_is_made_extended_and_released(matcher: PageClient) -> None:
    child, wish = make_child(), make_wish()
    matcher.post(f"{BOARD}/hold", pair(wish, child))
    held = db.session.scalars(sa.select(Hold)).one()
    assert matcher.get(BOARD).has("jusqu’au 7 décembre 2026")
    matcher.post(f"{BOARD}/holds/{held.public_id}/extend")
    matcher.post(f"{BOARD}/holds/{held.public_id}/extend")
    page = matcher.get(BOARD)
    assert page.has("ne peut plus être prolongée")
    assert not page.has("15 jours de plus")
    page = matcher.follow(matcher.post(f"{BOARD}/holds/{held.public_id}/release"))
    assert page.has("peut de nouveau être proposé")


def test_accepting_a_hold_that_lapsed_is_refused_in_words(
    matcher: PageClient, clock: FrozenClock
) -> None:
    held = hold(make_child().id, make_wish().id, None, NOON)
    clock.instant = NOON + dt.timedelta(days=20)
    page = matcher.follow(matcher.post(f"{BOARD}/holds/{held.public_id}/accept"))
    assert page.has("Cette réservation n’est plus en vigueur")


def test_another_child_is_chosen_from_a_ranked_list_and_compared(matcher: PageClient) -> None:
    wish = make_wish(sex=Sex.M)
    boy, girl = make_child(sex=Sex.M, called="Rithy"), make_child(called="Chanthou")
    address = f"{BOARD}/{wish.public_id}"
    page = matcher.get(address)
    assert page.text.index("Rithy") < page.text.index("Chanthou")
    page = matcher.get(f"{address}?compare={boy.public_id}&compare={girl.public_id}")
    assert page.has("Côte à côte")
    assert not matcher.get(f"{address}?sex=F").has("Rithy")
    assert matcher.get(f"{address}?q=chanthoù").has("Chanthou")


def test_holding_from_a_sponsors_page_comes_back_there(matcher: PageClient) -> None:
    wish = make_wish()
    answer = matcher.post(f"{BOARD}/hold", pair(wish, make_child()) | {"back": str(wish.public_id)})
    assert answer.location == f"{BOARD}/{wish.public_id}"
    assert matcher.follow(answer).has("est réservé(e) pour ce parrain")


def test_a_sponsor_who_changed_her_mind_no_longer_waits(matcher: PageClient) -> None:
    wish = make_wish()
    matcher.post(f"{BOARD}/{wish.public_id}/withdraw")
    assert wish.state is WishState.WITHDRAWN


def test_the_full_lists_search_and_give_files(matcher: PageClient) -> None:
    make_child(called="Sothea", site=Site.SIEM_REAP)
    make_wish(make_donor(last_name="Exémple"))
    assert matcher.get(f"{BOARD}/children?q=sothea&site=siem_reap").has("Sothea")
    assert not matcher.get(f"{BOARD}/children?site=sihanoukville").has("Sothea")
    assert matcher.get(f"{BOARD}/sponsors?q=exemple&sort=name").has("Exémple")
    assert matcher.get(f"{BOARD}/children?sort=age&dir=desc").status == 200
    for list_name in ("children", "sponsors"):
        assert matcher.get(f"{BOARD}/{list_name}?format=csv").status == 200
        assert matcher.get(f"{BOARD}/{list_name}?format=xlsx").status == 200


def test_a_child_who_left_shows_up_among_those_to_look_after(matcher: PageClient) -> None:
    started = make_sponsorship()
    started.child.status = ChildStatus.REUNITED
    db.session.commit()
    assert matcher.get(BOARD).has("L’enfant n’est plus pris en charge")


def test_the_page_of_a_sponsorship_tells_its_history_and_ends_it(matcher: PageClient) -> None:
    started = make_sponsorship()
    address = f"/office/sponsorships/{started.public_id}"
    assert matcher.get(address).has("Le parrainage a commencé")
    assert matcher.post(f"{address}/end", {}).status == 422
    matcher.post(f"{address}/end", {"reason": "child_left", "waits_again": "y"})
    assert matcher.get(address).has("L’enfant a quitté le programme")
    assert started.hold.wish.state is WishState.WAITING
    page = matcher.follow(matcher.post(f"{address}/end", {"reason": "office"}))
    assert page.has("Ce parrainage a déjà pris fin.")


def test_the_list_of_sponsorships_is_searched_sorted_and_given_as_a_file(
    matcher: PageClient,
) -> None:
    make_sponsorship(make_donor(last_name="Lointain"))
    assert matcher.get("/office/sponsorships?q=lointain&sort=sponsor").has("Lointain")
    assert not matcher.get("/office/sponsorships?state=ended").has("Lointain")
    assert matcher.get("/office/sponsorships?state=all&format=csv").status == 200


def test_others_do_not_enter(
    visitor: PageClient, sponsor: PageClient, accountant: PageClient, field_officer: PageClient
) -> None:
    for address in (BOARD, f"{BOARD}/sponsors", f"{BOARD}/children", "/office/sponsorships"):
        assert visitor.get(address).status == 302
        for stranger in (sponsor, accountant, field_officer):
            assert stranger.get(address).status == 404


def test_unknown_pairs_are_not_found(matcher: PageClient) -> None:
    assert matcher.post(f"{BOARD}/accept", {"wish": "x", "child": "y"}).status == 404
    assert matcher.post(f"{BOARD}/accept", {}).status == 404
