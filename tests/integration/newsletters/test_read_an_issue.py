"""A sponsor reads the newsletters that were sent to her."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click.testing
import pikepdf
import pytest
from flask import Flask

from portal.core import documents
from portal.core.db import db
from portal.newsletters import commands, tasks
from portal.newsletters.models import Issue
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Consent
from tests.factories.children import make_child, make_consent
from tests.factories.newsletters import NOON, make_issue, make_photo, make_reader, make_story
from tests.factories.people import make_account
from tests.jobs import run_due_jobs
from tests.pages import PageClient

KHMER_NAMES = ("ស្រីមុំ សុភក្ត្រា", "ហុង វាសនា", "ចាន់ សុភាព")


@pytest.fixture
def reader(signed_in_as: Callable[..., PageClient]) -> PageClient:
    """A sponsor who waits for a child."""
    return signed_in_as(make_reader())


def _send(issue: Issue) -> None:
    tasks.send(issue.id, by=make_account().id, at=NOON)
    run_due_jobs()


@pytest.fixture
def sent(reader: PageClient) -> tuple[Issue, Consent]:
    """An issue with a story about a child and its photo, sent; the consent it rests on."""
    child = make_child()
    consent = make_consent(child, scope=ConsentScope.NEWSLETTER)
    issue = make_issue()
    make_story(issue, photo=make_photo(child), title="Le cerf-volant")
    _send(issue)
    return issue, consent


def _withdraw(consent: Consent) -> None:
    consent.withdrawn_on = date(2026, 11, 22)
    db.session.commit()


def test_she_finds_it_in_her_space_as_a_page_and_as_pdf(
    reader: PageClient, sent: tuple[Issue, Consent]
) -> None:
    issue, _ = sent
    assert reader.get("/me/news").has("Des nouvelles de l'automne")
    page = reader.get(f"/me/news/{issue.public_id}")
    assert page.has("Le cerf-volant")
    assert page.has("Écoles rénovées par FLIP")
    photo = f"/me/news/{issue.public_id}/photos/{issue.stories[0].public_id}"
    assert photo in page.html
    assert reader.get(photo).response.mimetype == "image/jpeg"
    paper = reader.get(f"/me/news/{issue.public_id}/pdf").response
    assert issue.document is not None
    assert paper.data == documents.read(issue.document), "byte for byte what was stored"


def test_her_home_leads_to_it(reader: PageClient, sent: tuple[Issue, Consent]) -> None:
    assert reader.get("/me/").has("Des nouvelles de PSE")


def test_it_does_not_exist_for_who_did_not_receive_it(
    sent: tuple[Issue, Consent], other_sponsor: PageClient, editor: PageClient, visitor: PageClient
) -> None:
    issue, _ = sent
    story = issue.stories[0].public_id
    for page in ("", "/pdf", f"/photos/{story}"):
        address = f"/me/news/{issue.public_id}{page}"
        assert other_sponsor.get(address).status == 404
        assert editor.get(address).status == 404
        assert visitor.get(address).status == 302
    assert not other_sponsor.get("/me/news").has("Des nouvelles de l'automne")


def test_a_draft_does_not_exist_for_sponsors(reader: PageClient) -> None:
    assert reader.get(f"/me/news/{make_issue().public_id}").status == 404


def test_a_photo_whose_consent_was_withdrawn_is_gone_and_the_story_stays(
    reader: PageClient, sent: tuple[Issue, Consent]
) -> None:
    issue, consent = sent
    _withdraw(consent)
    page = reader.get(f"/me/news/{issue.public_id}")
    assert page.has("Le cerf-volant")
    assert "<img class" not in page.html
    assert "/photos/" not in page.html
    story = issue.stories[0].public_id
    assert reader.get(f"/me/news/{issue.public_id}/photos/{story}").status == 404
    paper = reader.get(f"/me/news/{issue.public_id}/pdf").response.data
    assert issue.document is not None
    assert paper != documents.read(issue.document)
    assert _pictures(documents.read(issue.document)) == 1
    assert _pictures(paper) == 0


def _pictures(paper: bytes) -> int:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        return sum(len(page.get_images()) for page in opened.pages)


def test_a_story_about_a_child_is_gone_with_the_consent(reader: PageClient, clock: object) -> None:
    child = make_child()
    consent = make_consent(child, scope=ConsentScope.NEWSLETTER)
    issue = make_issue()
    make_story(issue, title="Le cerf-volant", child_id=child.id)
    _send(issue)
    _withdraw(consent)
    page = reader.get(f"/me/news/{issue.public_id}")
    assert not page.has("Le cerf-volant")
    assert page.has("1 récit n’est plus montré")


def test_the_pdf_holds_khmer_names_letter_for_letter(reader: PageClient, tmp_path: Path) -> None:
    issue = make_issue()
    for name in KHMER_NAMES:
        child = make_child(name_km=name)
        make_consent(child, scope=ConsentScope.NEWSLETTER)
        make_story(
            issue, title=f"Bonjour {name}", text=f"Voici {name}, en classe.", child_id=child.id
        )
    _send(issue)
    file = tmp_path / "issue.pdf"
    file.write_bytes(reader.get(f"/me/news/{issue.public_id}/pdf").response.data)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout
    folded = " ".join(text.decode().replace("\u200b", "").split())
    for name in KHMER_NAMES:
        assert folded.count(name) == 2, name


def test_the_pdf_can_be_read_aloud(reader: PageClient, sent: tuple[Issue, Consent]) -> None:
    issue, _ = sent
    assert issue.document is not None
    with pikepdf.open(io.BytesIO(documents.read(issue.document))) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "fr"
        xmp = opened.Root.Metadata.read_bytes()
        assert b"pdfuaid:part" in xmp
        assert b"Des nouvelles de l'automne" in xmp.replace(b"&apos;", b"'").replace(b"&#39;", b"'")
        assert len(opened.pages) <= 4


def test_build_writes_the_paper_and_the_mail(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.create_app", lambda: app)
    issue, folder = make_issue(), tmp_path / "out"
    told = ["build", str(issue.public_id), str(folder)]
    result = click.testing.CliRunner().invoke(commands.newsletter, told)
    assert result.exit_code == 0, result.output
    assert (folder / "newsletter.pdf").read_bytes().startswith(b"%PDF")
    assert "Merci de tout <strong>cœur</strong>" in (folder / "mail.html").read_text("utf-8")
    assert "Merci de tout cœur" in (folder / "mail.txt").read_text("utf-8")


def test_build_refuses_an_issue_that_does_not_exist(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.create_app", lambda: app)
    told = ["build", "00000000-0000-4000-8000-000000000000", str(tmp_path)]
    assert click.testing.CliRunner().invoke(commands.newsletter, told).exit_code == 1


def test_an_issue_speaks_its_own_language_on_pages_of_the_other(
    reader: PageClient, sent: tuple[Issue, Consent]
) -> None:
    issue, _ = sent
    with reader.client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = reader.get(f"/me/news/{issue.public_id}")
    assert page.has("Keep it as PDF")
    assert page.has("En chiffres")
    assert 'lang="fr"' in page.html
