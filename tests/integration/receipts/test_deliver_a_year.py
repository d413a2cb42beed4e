"""The accountant delivers a year: mails once each, letters in one PDF, mails that come back."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import Donor
from portal.accounts.services import merge_donors
from portal.core import documents
from portal.core.db import db
from portal.core.mail import MailState, OutboxMail
from portal.core.mail.bounces import forget_bounce, note_bounce
from portal.core.pdf.joining import count_pages
from portal.office.mail_commands import mail as mail_commands
from portal.receipts.models import (
    Channel,
    DeliveryState,
    PostBatch,
    Receipt,
    ReceiptDelivery,
    ReceiptTiming,
)
from portal.receipts.queries.deliveries import Reach, delivered_in
from portal.receipts.services import (
    ask_for_delivery,
    cancel_receipt,
    deliver_some,
    issue_receipt,
    set_preference,
)
from portal.receipts.services.links import LinkNotValid, new_link, receipt_behind
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift
from tests.factories.reports import delivery_report
from tests.jobs import run_due_jobs
from tests.pages import PageClient

YEAR = "/office/receipts/2025"


def blank_paper(content: object, code: str, at: dt.datetime) -> bytes:
    """A real PDF, of as many pages as the donor's second address line says."""
    with pikepdf.new() as made:
        for _ in range(int(content.donor.address2 or 1)):  # type: ignore[attr-defined]
            made.add_blank_page()
        made.docinfo["/Title"] = f"{code} {at}"
        written = io.BytesIO()
        made.save(written)
    return written.getvalue()


def printed_receipt(postcode: str = "78000", pages: int = 1, email: str = "") -> Receipt:
    """A receipt whose paper is a PDF, of a donor without address of mail."""
    donor = make_donor(email=email, postcode=postcode, address2=str(pages))
    make_received_gift(donor)
    receipt = issue_receipt(donor.id, 2025, at=NOW, printer=blank_paper)
    assert receipt is not None
    return receipt


def _delivery(receipt: Receipt, channel: Channel) -> ReceiptDelivery | None:
    db.session.expire_all()
    return db.session.scalar(
        sa.select(ReceiptDelivery).where(
            ReceiptDelivery.receipt_id == receipt.id, ReceiptDelivery.channel == channel
        )
    )


def _letter_to(donor: Donor) -> OutboxMail:
    return db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == donor.email)
    ).one()


def _send_all(accountant: PageClient) -> None:
    accountant.post(f"{YEAR}/mails")
    run_due_jobs(only="receipts.deliver_year")


def test_each_receipt_goes_its_way_and_nobody_is_written_to_twice(accountant: PageClient) -> None:
    told = make_receipt(make_donor(language="en"))
    quiet = make_account(with_donor=True).donor
    assert quiet is not None
    set_preference(quiet.id, ReceiptTiming.ANNUAL, Channel.ACCOUNT, at=NOW, by=None)
    placed, letter = make_receipt(quiet), make_receipt(make_donor(email=""))
    assert accountant.get(f"{YEAR}/mails").has("Send 2 receipts?")
    for _ in range(2):
        _send_all(accountant)
    assert [mail.recipient for mail in db.session.scalars(sa.select(OutboxMail))] == [
        told.donor.email
    ]
    assert "/en/receipt/" in _letter_to(told.donor).text
    assert told.number in _letter_to(told.donor).text
    reach = delivered_in(2025)
    assert (reach.mail, reach.account, reach.post) == (Reach(1, 0), Reach(1, 0), Reach(0, 1))
    assert accountant.get(f"/office/receipts/{placed.public_id}").has("In the account since")
    page = accountant.get(f"{YEAR}/delivery")
    assert page.has("1 receipt waits to be posted.")
    assert page.has(letter.number)
    assert not page.has(told.number)


def test_letters_are_one_pdf_by_postcode_then_pages(accountant: PageClient) -> None:
    far, thick = printed_receipt("92150"), printed_receipt("75001", pages=2)
    thin = printed_receipt("75001")
    accountant.post(f"{YEAR}/letters", {"form_token": "one", "both_sides": "y"})
    accountant.post(f"{YEAR}/letters", {"form_token": "one", "both_sides": "y"})
    run_due_jobs(only="receipts.print_letters")
    batch = db.session.scalars(sa.select(PostBatch)).one()
    assert (batch.state.value, batch.total, batch.pages, batch.done) == ("printed", 3, 4, 3)
    assert batch.document is not None
    assert count_pages(documents.read(batch.document)) == 6  # each begins on a new sheet
    lines = accountant.get(f"/office/receipts/letters/{batch.public_id}.csv").html.splitlines()
    assert [line.split(";")[:4] for line in lines[1:]] == [
        ["1", "1", "1", thin.number], ["2", "2", "1", thick.number], ["3", "1", "1", far.number],
    ]  # fmt: skip
    assert accountant.post(f"/office/receipts/letters/{batch.public_id}.pdf").status == 200
    accountant.post(f"/office/receipts/letters/{batch.public_id}.pdf")
    assert accountant.get(f"{YEAR}/delivery").has("Taken to the printer 2 times.")
    assert delivered_in(2025).post == Reach(3, 0)


def test_a_receipt_cancelled_while_its_batch_waits_is_not_posted(accountant: PageClient) -> None:
    void, good = printed_receipt("75001"), printed_receipt("75002")
    accountant.post(f"{YEAR}/letters", {"form_token": "one"})
    cancel_receipt(void.id, reason="wrong", by=None, at=NOW)
    run_due_jobs(only="receipts.print_letters")
    batch = db.session.scalars(sa.select(PostBatch)).one()
    assert (batch.total, _delivery(void, Channel.POST)) == (1, None)
    kept = _delivery(good, Channel.POST)
    assert kept is not None
    assert kept.state is DeliveryState.PRINTED


def test_a_mail_that_comes_back_goes_with_the_next_letters(accountant: PageClient) -> None:
    receipt = make_receipt(make_donor(language="en"))
    _send_all(accountant)
    note_bounce(_letter_to(receipt.donor), "550 5.1.1 no such user", NOW)
    db.session.commit()
    back = _delivery(receipt, Channel.MAIL)
    assert back is not None
    assert (back.state, back.reason) == (DeliveryState.BOUNCED, "550 5.1.1 no such user")
    reach = delivered_in(2025)
    assert (reach.bounced, reach.post) == (1, Reach(0, 1))
    assert accountant.get(f"{YEAR}/delivery").has("e-mail came back")
    donor_page = accountant.get(f"/office/donors/{receipt.donor.public_id}")
    assert donor_page.has("E-mail to this donor has been coming back since November 22, 2026")


def test_who_has_an_address_that_does_not_work_gets_letters_until_it_does(app: Flask) -> None:
    first = make_receipt(make_donor())
    db.session.add(
        mail := OutboxMail(
            key="k", recipient=first.donor.email, language="fr", subject="s", text="t", html="h"
        )
    )
    db.session.flush()
    note_bounce(mail, "550", NOW)
    assert delivered_in(2025).post.due == 1
    forget_bounce(first.donor.email.upper())
    assert (delivered_in(2025).post.due, delivered_in(2025).mail.due) == (0, 1)


def test_reports_of_mail_servers_are_taken_in_from_a_file(
    app: Flask, accountant: PageClient, tmp_path: Path
) -> None:
    receipt = make_receipt()
    _send_all(accountant)
    letter = _letter_to(receipt.donor)
    file = tmp_path / "report.eml"
    file.write_text(delivery_report(letter.public_id, letter.recipient))
    for _ in range(2):
        answer = app.test_cli_runner().invoke(mail_commands, ["bounces", str(file)])
        assert answer.output == "report.eml: 1 reports, 1 addresses that do not work\n"
    assert _letter_to(receipt.donor).state is MailState.BOUNCED
    assert delivered_in(2025).bounced == 1


def test_a_report_about_somebody_we_never_wrote_to_is_passed_over(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "report.eml"
    file.write_text(delivery_report(make_donor().public_id, "nobody@example.org"))
    answer = app.test_cli_runner().invoke(mail_commands, ["bounces", str(file)])
    assert answer.output == "report.eml: 1 reports, 0 addresses that do not work\n"


def test_the_receipt_of_a_record_that_was_joined_goes_to_the_address_that_stays(app: Flask) -> None:
    other, stays = make_donor(email="before@example.org"), make_donor(email="now@example.org")
    receipt = make_receipt(other)
    secret = new_link(receipt, NOW).rsplit("/", 1)[1]
    merge_donors(stays.id, other.id, by=make_account().id, at=NOW, reason="Same person")

    deliver_some(ask_for_delivery(2025, by=None, at=NOW)[0].id, NOW)

    wrote = sa.select(OutboxMail.recipient).where(OutboxMail.key.startswith("receipt-ready"))
    assert db.session.scalars(wrote).all() == ["now@example.org"]
    with pytest.raises(LinkNotValid):
        receipt_behind(secret, NOW)
