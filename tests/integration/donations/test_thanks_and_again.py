"""After the payment page: honest words, nothing lost, nothing shown to strangers."""

from __future__ import annotations

from portal.core.db import db
from portal.donations import services
from portal.donations.models import Gift, Plan
from portal.donations.rules.gift import GiftState
from tests.integration.donations.conftest import ANSWERS, Giver
from tests.pages import PageClient


def path(url: str) -> str:
    return url.removeprefix("http://localhost")


def thanks(gift: Gift | Plan) -> str:
    return path(services.thanks_url(gift))


def again(gift: Gift | Plan) -> str:
    return path(services.again_url(gift))


def test_a_settled_gift_is_thanked_for_with_its_exact_amount(giver: Giver) -> None:
    gift = giver.gives(choice="other", amount="37.50", seen="once:3750", purpose="food")
    giver.pays(gift)
    page = giver.browser.get(thanks(gift))
    assert page.heading == "Thank you!"
    assert page.has("€37.50 once")
    assert page.has("Meals")
    assert page.has(gift.ref)
    assert not page.has("Camille")


def test_a_payment_we_have_not_heard_of_is_being_confirmed_and_nothing_is_written(
    giver: Giver,
) -> None:
    gift = giver.gives()
    giver.payments.donor_pays(giver.payments.session_of(gift.public_id))
    page = giver.browser.get(thanks(gift))
    assert page.heading == "We are confirming your gift"
    db.session.expire_all()
    assert gift.state == GiftState.PENDING


def test_checking_again_asks_the_provider_and_settles(giver: Giver) -> None:
    gift = giver.gives()
    giver.payments.donor_pays(giver.payments.session_of(gift.public_id))
    page = giver.browser.post(f"{thanks(gift)}/check")
    assert giver.browser.follow(page).heading == "Thank you!"
    assert gift.state == GiftState.SETTLED


def test_checking_again_settles_the_first_debit_of_a_plan(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    giver.payments.donor_subscribes(giver.payments.session_of(plan.public_id))
    page = giver.browser.post(f"{thanks(plan)}/check")
    assert giver.browser.follow(page).heading == "Thank you!"


def test_checking_while_the_provider_is_away_still_says_we_are_confirming(giver: Giver) -> None:
    gift = giver.gives()
    giver.payments.down = True
    page = giver.browser.post(f"{thanks(gift)}/check")
    assert giver.browser.follow(page).heading == "We are confirming your gift"


def test_a_direct_debit_on_its_way_is_said_to_be(giver: Giver) -> None:
    gift = giver.gives()
    giver.pays(gift, method="sepa", status="processing")
    page = giver.browser.get(thanks(gift))
    assert page.heading == "Your bank is at work"
    assert page.has("about five working days")


def test_a_monthly_gift_says_its_next_debit_and_how_to_stop(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    assert isinstance(plan, Plan)
    giver.subscribes(plan)
    page = giver.browser.get(thanks(plan))
    assert page.has("€47 every month")
    assert page.has("The next payment of €47 is on December 22, 2026.")
    assert page.has("stop at any time, in two clicks")


def test_a_query_string_decides_nothing(giver: Giver) -> None:
    gift = giver.gives()
    page = giver.browser.get(f"{thanks(gift)}?paid=1&redirect_status=succeeded")
    assert page.status == 303
    assert page.location == again(gift)


def test_without_the_token_there_is_no_page(giver: Giver) -> None:
    gift = giver.gives()
    for address in (f"/en/thanks/{gift.public_id}/wrong", f"/en/give/again/{gift.public_id}/x"):
        assert giver.browser.get(address).status == 404


def test_who_left_the_payment_page_hears_that_nothing_was_taken(giver: Giver) -> None:
    gift = giver.gives()
    page = giver.browser.get(again(gift))
    assert page.heading == "Nothing was taken"
    assert page.has("Try again: Give €50")


def test_trying_again_leads_to_the_same_open_payment_page(giver: Giver) -> None:
    gift = giver.gives()
    first = gift.stripe_session_id
    page = giver.browser.post(again(gift))
    assert page.location == f"https://pay.example.org/{first}"


def test_trying_again_after_it_expired_opens_a_new_payment_page(giver: Giver) -> None:
    gift = giver.gives()
    giver.payments.expires(str(gift.stripe_session_id))
    page = giver.browser.post(again(gift))
    db.session.expire_all()
    assert page.location == f"https://pay.example.org/{gift.stripe_session_id}"
    assert gift.attempt == 2
    giver.pays(gift)
    assert gift.state == GiftState.SETTLED


def test_trying_again_after_it_was_paid_takes_nothing(giver: Giver) -> None:
    gift = giver.gives()
    giver.payments.donor_pays(str(gift.stripe_session_id))
    page = giver.browser.post(again(gift))
    assert page.location == thanks(gift)
    assert len(giver.payments.asked) == 1


def test_changing_something_finds_everything_as_it_was_typed(giver: Giver) -> None:
    gift = giver.gives(choice="other", amount="37.50", seen="once:3750", purpose="food")
    link = next(x for x in giver.browser.get(again(gift)).links() if "again=" in x)
    html = giver.browser.get(link).html
    for typed in ("37.50", ANSWERS["address1"], ANSWERS["email"]):
        assert f'value="{typed}"' in html
    assert 'selected value="food"' in html


def test_another_browser_finds_nothing_of_what_was_typed(giver: Giver) -> None:
    gift = giver.gives()
    stranger = PageClient(giver.browser.app)
    assert not [x for x in stranger.get(again(gift)).links() if "again=" in x]
    assert ANSWERS["address1"] not in stranger.get(f"/en/give?again={gift.public_id}").html


def test_an_odd_address_of_the_form_is_only_the_form(giver: Giver) -> None:
    assert giver.browser.get("/en/give?again=not-an-id").status == 200


def test_a_payment_page_that_cannot_be_reached_loses_nothing(giver: Giver) -> None:
    giver.payments.down = True
    page = giver.sends()
    assert page.status == 503
    assert page.heading == "The payment page cannot be reached just now"
    gift = db.session.query(Gift).one()
    giver.payments.down = False
    assert giver.browser.post(again(gift)).location.startswith("https://pay.example.org/")
    assert next(iter(giver.payments.asked.values())).idempotency_key == f"test:gift:{gift.id}:1"


def test_a_gift_that_went_back_is_not_thanked_for(giver: Giver) -> None:
    gift = giver.gives()
    intent = giver.pays(gift)
    giver.payments.gives_back(intent, gift.amount)
    giver.is_told("charge.refunded", "ch_1", payment_intent=intent)
    assert giver.browser.get(thanks(gift)).heading == "This gift was given back"
