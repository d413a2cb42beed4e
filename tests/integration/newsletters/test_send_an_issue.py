"""An issue is sent to all sponsors of its language, each exactly once."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, InternalError

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.core import documents
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations.codes import PurposeKind
from portal.donations.models import Plan, PlanState
from portal.newsletters import tasks
from portal.newsletters.models import Delivery, Issue, IssueState
from portal.newsletters.services import sending
from portal.newsletters.services.optouts import stop_newsletters
from portal.programmes.codes import ConsentScope
from tests.factories.children import make_child, make_consent
from tests.factories.newsletters import (
    NOON,
    make_flip_results,
    make_issue,
    make_photo,
    make_story,
    make_waiting_sponsor,
)
from tests.factories.people import make_account, make_donor
from tests.jobs import run_due_jobs
from tests.pages import PageClient


def _mails() -> list[OutboxMail]:
    return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def _send(issue: Issue) -> None:
    tasks.send(issue.id, by=make_account().id, at=NOON)
    run_due_jobs()


def test_it_goes_to_the_sponsors_of_its_language_and_to_nobody_else(app: Flask) -> None:
    waiting, giving = make_waiting_sponsor(), make_donor()
    db.session.add(
        Plan(
            donor_id=giving.id,
            purpose=PurposeKind.SPONSORSHIP,
            amount_minor=3000,
            state=PlanState.ACTIVE,
        )
    )
    make_waiting_sponsor(language=Language.EN)
    make_waiting_sponsor(email="")
    make_donor()
    refuses = make_waiting_sponsor()
    stop_newsletters(refuses.id)
    _send(make_issue())
    assert {mail.recipient for mail in _mails()} == {waiting.email, giving.email}


def test_a_second_click_sends_nothing_more(editor: PageClient) -> None:
    issue = make_issue()
    make_waiting_sponsor()
    address = f"/office/newsletters/{issue.public_id}/send"
    assert editor.post(address).location.endswith(str(issue.public_id))
    second = editor.post(address)
    assert second.location.endswith("/office/newsletters")
    run_due_jobs()
    assert len(_mails()) == 1
    assert issue.state is IssueState.SENT


def test_a_job_that_runs_twice_writes_each_mail_once(app: Flask) -> None:
    issue = make_issue()
    for _ in range(5):
        make_waiting_sponsor()
    tasks.send(issue.id, by=make_account().id, at=NOON)
    assert sending.send_batch(issue.id, at=NOON, size=2)
    assert sending.send_batch(issue.id, at=NOON, size=2)
    assert not sending.send_batch(issue.id, at=NOON, size=2)
    assert not sending.send_batch(issue.id, at=NOON, size=2)
    assert len(_mails()) == 5
    assert issue.state is IssueState.SENT


def test_who_opts_out_while_it_is_being_sent_receives_nothing(app: Flask) -> None:
    issue, donor = make_issue(), make_waiting_sponsor()
    make_waiting_sponsor()
    tasks.send(issue.id, by=make_account().id, at=NOON)
    stop_newsletters(donor.id)
    run_due_jobs()
    assert donor.email not in {mail.recipient for mail in _mails()}
    left = db.session.scalars(sa.select(Delivery.donor_id)).all()
    assert donor.id not in left


def test_the_page_says_to_how_many_and_shows_the_first(editor: PageClient) -> None:
    issue = make_issue()
    donors = [make_waiting_sponsor() for _ in range(5)]
    make_waiting_sponsor(email="")
    page = editor.get(f"/office/newsletters/{issue.public_id}/send")
    assert page.has("Elle part vers 5 parrains.")
    assert page.has("1 n’est pas compté")
    assert [page.has(donor.email) for donor in donors] == [True, True, True, False, False]


def test_nobody_to_send_to_is_said(editor: PageClient) -> None:
    issue = make_issue()
    page = editor.post(f"/office/newsletters/{issue.public_id}/send")
    assert page.status == 422
    assert page.has("Personne à qui écrire dans cette langue")
    assert issue.state is IssueState.DRAFT


def test_a_consent_withdrawn_after_the_preview_stops_the_sending(editor: PageClient) -> None:
    issue, child = make_issue(), make_child()
    make_waiting_sponsor()
    consent = make_consent(child, scope=ConsentScope.NEWSLETTER)
    make_story(issue, photo=make_photo(child), title="Sreymom à l’école")
    address = f"/office/newsletters/{issue.public_id}"
    assert editor.get(f"{address}/preview?view=page").status == 200
    consent.withdrawn_on = date(2026, 11, 22)
    db.session.commit()
    page = editor.post(f"{address}/send")
    assert page.status == 422
    assert page.has("Récit « Sreymom à l’école »")
    assert page.has("ne consent pas, à ce jour, à la lettre d’information")
    assert not _mails()
    assert issue.state is IssueState.DRAFT


def test_a_consent_withdrawn_while_it_is_being_sent_leaves_the_story_out(app: Flask) -> None:
    issue, child = make_issue(), make_child()
    make_waiting_sponsor()
    consent = make_consent(child, scope=ConsentScope.NEWSLETTER)
    make_story(issue, title="Le secret du jardin", child_id=child.id)
    tasks.send(issue.id, by=make_account().id, at=NOON)
    consent.withdrawn_on = date(2026, 11, 22)
    db.session.commit()
    run_due_jobs()
    assert "Le secret du jardin" not in _mails()[0].html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Voici Essaya Canarynom.", "nom de famille"),
        ("Voici CANARYNOM essaya, contente.", "nom de famille"),
        ("Voici ស្រីមុំ សុភក្ត្រា qui sourit.", "nom khmer"),
        ("Bravo \U0001f389", "ne peuvent pas être imprimés"),
    ],
)
def test_what_may_not_be_told_is_refused_with_the_storys_name(
    editor: PageClient, text: str, said: str
) -> None:
    make_child(family_name_latin="Canarynom", given_name_latin="Essaya", name_km="ស្រីមុំ សុភក្ត្រា")
    issue = make_issue()
    make_waiting_sponsor()
    make_story(issue, title="Le récit", text=text)
    page = editor.post(f"/office/newsletters/{issue.public_id}/send")
    assert page.status == 422
    assert page.has("Récit « Le récit »")
    assert page.has(said)


def test_a_khmer_name_may_stand_where_the_family_consents(app: Flask) -> None:
    child = make_child(name_km="ស្រីមុំ សុភក្ត្រា")
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    issue = make_issue()
    make_waiting_sponsor()
    make_story(issue, text="Voici ស្រីមុំ សុភក្ត្រា.", child_id=child.id)
    _send(issue)
    assert "ស្រីមុំ សុភក្ត្រា" in _mails()[0].text
    assert '<span lang="km">ស្រីមុំ សុភក្ត្រា</span>' in _mails()[0].html


def test_a_surname_of_the_child_alone_is_refused(editor: PageClient) -> None:
    child = make_child(family_name_latin="Canarynom")
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    issue = make_issue()
    make_waiting_sponsor()
    make_story(issue, text="La petite Canarynom rit.", child_id=child.id)
    page = editor.post(f"/office/newsletters/{issue.public_id}/send")
    assert page.status == 422
    assert page.has("nom de famille")


def test_what_it_said_is_frozen(app: Flask) -> None:
    make_flip_results(trained=6, employed=5, businesses=5, renovated=4)
    issue = make_issue(figures=["flip.parents_trained"])
    make_waiting_sponsor()
    _send(issue)
    make_flip_results(trained=100, employed=5, businesses=5, renovated=4)
    assert issue.snapshot is not None
    assert issue.snapshot["content"]["figures"][0]["value"] == "6"
    assert issue.snapshot["recipients"] == 1
    assert issue.document is not None
    assert documents.read(issue.document).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "change",
    [
        "update newsletter_issue set title = 'x'",
        "update newsletter_issue set state = 'draft', sent_at = null",
        "delete from newsletter_story",
        "update newsletter_story set text = 'x'",
        """insert into newsletter_story (public_id, issue_id, position, title, text)
           select gen_random_uuid(), id, 9, '', '' from newsletter_issue""",
    ],
)
def test_the_database_refuses_to_change_what_was_sent(app: Flask, change: str) -> None:
    issue = make_issue()
    make_story(issue)
    make_waiting_sponsor()
    _send(issue)
    with pytest.raises((IntegrityError, InternalError), match="never changed"):
        db.session.execute(sa.text(change))


def test_an_issue_that_was_sent_cannot_be_edited(editor: PageClient) -> None:
    issue = make_issue()
    make_waiting_sponsor()
    _send(issue)
    for page in ("edit", "send", "remove", "stories/new"):
        answer = editor.get(f"/office/newsletters/{issue.public_id}/{page}")
        assert answer.location.endswith("/office/newsletters"), page


def test_a_test_goes_to_oneself_only(editor: PageClient) -> None:
    issue = make_issue()
    make_waiting_sponsor()
    editor.post(f"/office/newsletters/{issue.public_id}/test")
    assert [(m.recipient, m.subject) for m in _mails()] == [
        (editor.account.email, "[Essai] Des nouvelles de l'automne")
    ]
    assert issue.state is IssueState.DRAFT


def test_the_mail_is_light_and_can_be_stopped_with_one_click(app: Flask) -> None:
    issue, child = make_issue(letter="Merci. " * 1500), make_child()
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    make_story(issue, photo=make_photo(child))
    donor: Donor = make_waiting_sponsor()
    _send(issue)
    mail = _mails()[0]
    assert len(mail.html.encode()) < 100_000
    assert "<img" not in mail.html
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].startswith("<http://localhost/newsletter/unsubscribe/")
    assert f"/me/news/{issue.public_id}" in mail.text
    assert donor.last_name not in mail.html


def test_no_secret_of_a_child_is_in_what_leaves_the_house(app: Flask) -> None:
    child = make_child(
        ref="CANARYREF", family_name_latin="Canarynom", given_name_latin="Canarygiven",
        called="Sreymom",
    )  # fmt: skip
    make_consent(child, scope=ConsentScope.NEWSLETTER, guardian="Canaryguardian")
    issue = make_issue()
    make_story(issue, photo=make_photo(child), child_id=child.id, text="Sreymom sourit.")
    make_waiting_sponsor()
    _send(issue)
    mail = _mails()[0]
    assert issue.document is not None
    paper = documents.read(issue.document)
    for written in (mail.html, mail.text, str(mail.headers), str(issue.snapshot)):
        assert "canary" not in written.casefold()
    assert b"canary" not in paper.lower()
