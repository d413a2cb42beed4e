"""Debits by our own creditor identifier: announced, collected once, and what comes back."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry
from portal.core import documents
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.models import (
    Collection,
    CollectionAttempt,
    Gift,
    Instalment,
    Mandate,
    MandateState,
    Origin,
    PlanInterval,
    PlanState,
)
from portal.donations.rules.direct_debit import AttemptState, InstalmentState, MandateError
from portal.donations.rules.gift import GiftState
from portal.donations.rules.pain002 import StatusFileError
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from tests.factories.books import balance_of
from tests.factories.handed_over import make_accountant, token
from tests.factories.people import make_donor

IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "DE89370400440532013000"
FIRST_DUE = dt.date(2026, 12, 31)


def make_mandate(
    amount: int = 4_700,
    *,
    first_due_on: dt.date = FIRST_DUE,
    email: str | None = None,
    **given: object,
) -> Mandate:
    donor = make_donor() if email is None else make_donor(email=email)
    promise = debits.Promise(Money(amount), PlanInterval.MONTH, first_due_on, **given)  # type: ignore[arg-type]
    account = debits.Account("Claire Essai", IBAN, dt.date(2026, 11, 1))
    return debits.register_mandate(
        donor.id, promise, account, by=make_accountant().id, form_token=token()
    )


def the_instalment(mandate: Mandate) -> Instalment:
    wanted = sa.select(Instalment).where(Instalment.plan_id == mandate.plan_id)
    return db.session.scalars(wanted.order_by(Instalment.due_on)).first()  # type: ignore[return-value]


def collect(clock: object, mandate: Mandate) -> Collection:
    """Announced, in a file, sent; the clock stands at the day the file was made."""
    debits.plan_and_announce()
    day = the_instalment(mandate).announced_for
    assert day is not None
    by = make_accountant().id
    made = debits.make_collection(day, by=by, form_token=token())
    return debits.collection_sent(made.id, by=by)


def status_file(*refused: tuple[str, str], about: str = "x", group: str = "PART") -> bytes:
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for name, code in refused
    )
    payment = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{about}-FRST</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>B1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{about}</OrgnlMsgId>"
        f"<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>{payment if refused else ''}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def test_an_iban_is_never_stored_as_it_is(app: Flask) -> None:
    mandate = make_mandate()
    assert (mandate.iban_last4, mandate.rum[:4]) == ("0189", "PSE-")
    kept = db.session.execute(sa.text("select mandate::text from mandate")).scalar_one()
    assert IBAN not in kept
    with pytest.raises(MandateError):
        debits.replace_mandate(
            mandate.id,
            debits.Account("X", "FR7630006000011234567890188", dt.date(2026, 11, 1)),
            by=make_accountant().id,
            form_token=token(),
        )


def test_the_donor_is_told_two_weeks_before(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=3))
    assert debits.plan_and_announce() == (2, 1)
    instalment = the_instalment(mandate)
    assert instalment.announced_for is not None
    assert instalment.announced_for >= today() + dt.timedelta(days=14)
    assert debits.plan_and_announce() == (0, 0)
    mails = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == mandate.donor.email)
    )
    told = [mail for mail in mails if mandate.rum in mail.text]
    assert len(told) == 1
    assert debits.to_collect(instalment.announced_for - dt.timedelta(days=1)) == []


def test_who_has_no_address_is_told_by_letter(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=3), email="")
    assert debits.plan_and_announce() == (2, 0)
    [(instalment, found)] = debits.waiting_for_a_letter()
    assert found.id == mandate.id
    told = debits.announced_by_post([instalment.id], today(), by=make_accountant().id)
    assert (told, debits.waiting_for_a_letter()) == (1, [])


def test_the_banks_file_says_what_is_collected(app: Flask, clock: object) -> None:
    sent = collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))
    content = documents.read(sent.document)
    found = {node.tag.rpartition("}")[2]: node.text for node in ET.fromstring(content).iter()}
    assert (found["InstdAmt"], found["IBAN"], found["SeqTp"]) == ("47.00", IBAN, "FRST")
    assert (sent.total, sent.debits) == (Money(4_700), 1)


def test_nothing_is_collected_twice(app: Flask, clock: object) -> None:
    sent = collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))
    with pytest.raises(debits.NothingToCollect):
        debits.make_collection(sent.collect_on, by=make_accountant().id, form_token=token())
    [attempt] = sent.attempts
    twin = CollectionAttempt(
        collection_id=sent.id,
        instalment_id=attempt.instalment_id,
        mandate_id=attempt.mandate_id,
        end_to_end="another",
        sequence="RCUR",
        amount_minor=4_700,
    )
    db.session.add(twin)
    with pytest.raises(IntegrityError, match="uq_collection_attempt_live"):
        db.session.flush()


def test_a_credit_makes_a_gift_of_that_day_and_begins_the_plan(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    sent = collect(clock, mandate)
    [(waiting, amount)] = debits.collections_in_transit()
    assert (waiting.id, amount) == (sent.id, Money(4_700))
    by = make_accountant().id
    debits.collection_credited(sent.id, sent.collect_on, by=by, statement_line_ref="line 1")
    debits.collection_credited(sent.id, sent.collect_on, by=by, statement_line_ref="line 1")
    with pytest.raises(debits.NotInThatState):
        debits.collection_credited(sent.id, sent.collect_on, by=by, statement_line_ref="line 2")
    [gift] = db.session.scalars(sa.select(Gift).where(Gift.plan_id == mandate.plan_id))
    assert (gift.origin, gift.state, gift.tax_on) == (
        Origin.DIRECT_DEBIT,
        GiftState.SETTLED,
        sent.collect_on,
    )
    assert balance_of("512100") == Money(4_700)
    assert mandate.plan.state is PlanState.ACTIVE
    assert mandate.last_collected_on == sent.collect_on


def test_a_refused_debit_is_no_gift_and_is_tried_once_more_at_most(
    app: Flask, clock: object
) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    sent = collect(clock, mandate)
    [attempt] = sent.attempts
    by = make_accountant().id
    content = status_file((attempt.end_to_end, "AM04"), ("unknown", "AM04"), about=sent.message_id)
    first = debits.read_bank_status("status.xml", content, on=sent.collect_on, by=by)
    assert (first.status.refused, first.status.unknown) == (1, ["unknown"])
    assert debits.read_bank_status("status.xml", content, on=sent.collect_on, by=by).seen_before
    assert attempt.state is AttemptState.REJECTED
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    assert db.session.scalar(sa.select(sa.func.count(Gift.id))) == 0
    debits.try_again(attempt.instalment_id, by=by)
    again = collect(clock, mandate)
    debits.debit_came_back(again.attempts[0].end_to_end, "AM04", on=again.collect_on, by=by)
    with pytest.raises(debits.TriedEnough):
        debits.try_again(attempt.instalment_id, by=by)
    debits.give_up(attempt.instalment_id, reason="twice", by=by)
    assert attempt.instalment.state is InstalmentState.GIVEN_UP


def test_a_whole_file_may_be_refused(app: Flask, clock: object) -> None:
    sent = collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))
    content = status_file(about=sent.message_id, group="RJCT")
    told = debits.read_bank_status("s.xml", content, on=sent.collect_on, by=make_accountant().id)
    assert told.status.refused == 1
    assert debits.collections_in_transit()[0][1] == Money(0)


@pytest.mark.parametrize("whole", ["group", "block"])
def test_a_whole_refusal_that_names_one_debit_is_of_all(
    app: Flask, clock: object, whole: str
) -> None:
    due = today() + dt.timedelta(days=16)
    first = make_mandate(first_due_on=due, email="one@example.org")
    make_mandate(first_due_on=due, email="two@example.org")
    sent = collect(clock, first)
    named = sent.attempts[0].end_to_end
    content = status_file((named, "AM04"), about=sent.message_id, group="RJCT")
    if whole == "block":
        content = content.replace(b"<GrpSts>RJCT</GrpSts>", b"").replace(
            b"<TxInfAndSts>", b"<PmtInfSts>RJCT</PmtInfSts><TxInfAndSts>", 1
        )
    told = debits.read_bank_status("s.xml", content, on=sent.collect_on, by=make_accountant().id)
    assert told.status.refused == 2


def test_a_return_weeks_later_takes_the_gift_out_of_the_books(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    sent = collect(clock, mandate)
    by = make_accountant().id
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    [attempt] = sent.attempts
    day = sent.collect_on + dt.timedelta(days=2)
    assert debits.debit_came_back(attempt.end_to_end, "MD01", on=day, by=by)
    assert debits.debit_came_back(attempt.end_to_end, "MD01", on=today(), by=by)
    [gift] = db.session.scalars(sa.select(Gift))
    undone = sa.select(Entry.date).where(Entry.source == f"gift:{gift.id}:settled:undone")
    assert db.session.scalars(undone).all() == [day]
    assert gift.state is GiftState.FAILED
    assert balance_of("512100") == Money(0)
    assert (mandate.state, mandate.plan.state) == (MandateState.SUSPENDED, PlanState.PAST_DUE)
    assert not debits.debit_came_back("nobody", "MD01", on=today(), by=by)


def test_an_ended_mandate_is_never_collected_again(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    debits.end_mandate(mandate.id, reason="asked by the donor", by=make_accountant().id)
    assert the_instalment(mandate).state is InstalmentState.CANCELLED
    assert debits.to_collect(today() + dt.timedelta(days=60)) == []
    with pytest.raises(debits.MandateOver):
        debits.end_mandate(mandate.id, reason="again", by=None)


def test_another_account_is_another_mandate(app: Flask) -> None:
    old = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    account = debits.Account("Claire Essai", OTHER_IBAN, today())
    new = debits.replace_mandate(old.id, account, by=make_accountant().id, form_token=token())
    assert (old.state, new.replaces_id, new.plan_id) == (MandateState.REPLACED, old.id, old.plan_id)
    assert (old.iban_last4, new.iban_last4) == ("0189", "3000")
    assert new.rum != old.rum


def test_another_account_is_announced_before_it_is_debited(app: Flask) -> None:
    old = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    account = debits.Account("Claire Essai", OTHER_IBAN, today())
    debits.replace_mandate(old.id, account, by=make_accountant().id, form_token=token())
    db.session.expire_all()
    assert the_instalment(old).state is InstalmentState.PLANNED


def test_a_refusal_of_a_file_nobody_knows_is_no_good_news(app: Flask) -> None:
    content = status_file(about="PSE-SOMEBODY-ELSE", group="RJCT")
    with pytest.raises(StatusFileError):
        debits.read_bank_status("s.xml", content, on=today(), by=make_accountant().id)


def test_a_mandate_unused_for_three_years_has_lapsed(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    mandate.signed_on = today() - dt.timedelta(days=3 * 366)
    db.session.flush()
    assert debits.plan_and_announce() == (0, 0)


def test_a_changed_amount_is_announced_anew(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    debits.change_debit_amount(mandate.plan_id, Money(6_000), by=None)
    instalment = the_instalment(mandate)
    assert (instalment.amount, instalment.state) == (Money(6_000), InstalmentState.PLANNED)
    debits.plan_and_announce()
    assert the_instalment(mandate).announced_for is not None


def test_a_pause_asks_for_nothing_afterwards(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    debits.pause_debits(mandate.plan_id, today() + dt.timedelta(days=90), by=None)
    assert the_instalment(mandate).state is InstalmentState.CANCELLED
    assert debits.plan_and_announce() == (0, 0)
    debits.resume_debits(mandate.plan_id, by=None)
    assert the_instalment(mandate).state is InstalmentState.PLANNED


def test_a_mandate_that_ran_elsewhere_goes_on_here(app: Flask) -> None:
    last = today() - dt.timedelta(days=10)
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16), last_collected_on=last)
    assert mandate.plan.state is PlanState.ACTIVE
    debits.plan_and_announce()
    made = debits.make_collection(
        the_instalment(mandate).announced_for,  # type: ignore[arg-type]
        by=make_accountant().id,
        form_token=token(),
    )
    assert made.attempts[0].sequence == "RCUR"
    with pytest.raises(debits.TooSoon):
        debits.make_collection(today(), by=make_accountant().id, form_token=token())
