"""When the guard of the payment page asks a question, and which one."""

from __future__ import annotations

import pytest

from portal.donations.rules.card_testing import (
    LEAST_WORK,
    MOST_WORK,
    Answer,
    Reason,
    Signals,
    Traffic,
    Trail,
    judge,
)

QUIET = Signals()


@pytest.mark.parametrize(
    ("words", "signals", "reasons"),
    [
        ("nothing unusual", QUIET, ()),
        ("somebody hesitates", Signals(address=Trail(unpaid=4, declined=2)), ()),
        ("page after page from one address", Signals(address=Trail(unpaid=5)), (Reason.ADDRESS,)),
        ("page after page from one device", Signals(device=Trail(unpaid=5)), (Reason.DEVICE,)),
        (
            "page after page for one address of mail",
            Signals(email=Trail(unpaid=5)),
            (Reason.EMAIL,),
        ),
        ("three declined cards", Signals(device=Trail(unpaid=1, declined=3)), (Reason.DEVICE,)),
        ("no cookie", Signals(device=None), (Reason.NO_DEVICE,)),
        ("too quick", Signals(hasty=True), (Reason.HASTY,)),
        ("a campaign where people pay", Signals(traffic=Traffic(unpaid=7, paid=60)), ()),
        ("many leave", Signals(traffic=Traffic(unpaid=8)), (Reason.MANY_UNPAID,)),
        (
            "most are declined",
            Signals(traffic=Traffic(unpaid=5, paid=3, declined=4)),
            (Reason.MANY_DECLINED,),
        ),
        ("few are declined", Signals(traffic=Traffic(unpaid=5, paid=9, declined=4)), ()),
        ("the office wants it", Signals(traffic=Traffic(always_ask=True)), (Reason.ALWAYS,)),
    ],
)
def test_a_question_has_its_reasons(
    words: str, signals: Signals, reasons: tuple[Reason, ...]
) -> None:
    verdict = judge(signals)
    assert verdict.reasons == reasons, words
    assert verdict.answer is (Answer.ASK_WORK if reasons else Answer.PASS), words


@pytest.mark.parametrize(
    ("words", "signals", "answered", "answer"),
    [
        ("work is enough", Signals(hasty=True), {"worked": True}, Answer.PASS),
        (
            "cards are declined by who does the work",
            Signals(traffic=Traffic(unpaid=9, proved_declined=4)),
            {"worked": True},
            Answer.ASK_MAIL,
        ),
        (
            "one that never tires",
            Signals(email=Trail(unpaid=10, proved=10)),
            {"worked": True},
            Answer.ASK_MAIL,
        ),
        (
            "a mail is always enough",
            Signals(traffic=Traffic(unpaid=99, proved_declined=40)),
            {"mailed": True},
            Answer.PASS,
        ),
    ],
)
def test_an_answer_opens_the_page_or_asks_for_more(
    words: str, signals: Signals, answered: dict[str, bool], answer: Answer
) -> None:
    assert judge(signals, **answered).answer is answer, words


def test_a_signed_in_donor_who_gave_before_is_never_asked() -> None:
    everything = Signals(
        address=Trail(99, 99, 99),
        device=None,
        traffic=Traffic(99, 0, 99, 0, 99, True),
        known=True,
        hasty=True,
    )
    assert judge(everything).answer is Answer.PASS


def test_the_question_costs_more_the_longer_it_leads_nowhere() -> None:
    costs = [judge(Signals(address=Trail(proved=n))).work for n in (0, 1, 3, 50)]
    assert costs == [LEAST_WORK, 2 * LEAST_WORK, 4 * LEAST_WORK, MOST_WORK]
