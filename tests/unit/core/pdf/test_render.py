"""What a printed document promises: archivable, accessible, reproducible, exact text."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from portal.core import pdf
from portal.core.pdf import Attachment, MissingGlyphs, PrintingLibrariesMissing, missing_glyphs
from portal.core.pdf.typefaces import only_our_fonts

INSTANT = datetime(2026, 1, 15, 9, 30, 12, 999, tzinfo=UTC)
BODY = """<h1>Reçu</h1><p>Merci à <b>ស្រីមុំ</b>, សុភក្ត្រា et ហុង វាសនា — សូមអរគុណ</p>
<p><img src="asset:logo.svg" alt="Un soleil" width="60"> ☒ Nguyễn, Œuvre, 1 980,00 €</p>
<ul><li>un</li><li>deux</li></ul>
<table><thead><tr><th scope="col">Date</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>
<p><a href="https://example.org/verify">vérifier</a></p>"""


def sample(body: str = BODY, created_at: datetime = INSTANT) -> bytes:
    return pdf.render(
        f'<html lang="fr"><body>{body}</body></html>',
        title="Un essai à lire",
        language="fr",
        author="Pour un Sourire d’Enfant",
        created_at=created_at,
        stylesheet="base.css",
        attachments=[
            Attachment("data.xml", b"<a/>", "application/xml", "Les données"),
            Attachment("data.csv", b"a;b\n", "text/csv", "Le tableau", "Supplement"),
        ],
    )


def text_of(document: bytes, tmp_path: Path) -> str:
    path = tmp_path / "document.pdf"
    path.write_bytes(document)
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return run.stdout.decode()


@pytest.fixture(scope="module")
def document() -> bytes:
    return sample()


@pytest.fixture
def opened(document: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(document)) as file:
        yield file


def test_it_declares_pdf_a_3a_and_pdf_ua_1_in_one_description(opened: pikepdf.Pdf) -> None:
    raw = opened.Root.Metadata.read_bytes().decode()
    assert raw.count("</rdf:RDF>") == 1
    assert "pdfaExtension:schemas" in raw
    with opened.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"


def test_it_has_an_output_intent_with_a_colour_profile(opened: pikepdf.Pdf) -> None:
    (intent,) = opened.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert len(intent.DestOutputProfile.read_bytes()) > 1000


def test_it_is_tagged_titled_and_in_a_language(opened: pikepdf.Pdf) -> None:
    assert bool(opened.Root.MarkInfo.Marked) is True
    assert str(opened.Root.Lang) == "fr"
    assert str(opened.docinfo.Title) == "Un essai à lire"
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle) is True
    tags = {str(found.S) for found in _structure(opened)}
    assert {"/H1", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= tags


def test_a_figure_carries_its_description(opened: pikepdf.Pdf) -> None:
    assert [str(f.Alt) for f in _structure(opened) if f.S == "/Figure"] == ["Un soleil"]


def _structure(opened: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [
        found
        for found in opened.objects
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/StructElem"
    ]


def test_the_dates_are_those_given_and_agree(opened: pikepdf.Pdf) -> None:
    assert str(opened.docinfo.CreationDate) == "D:20260115093012Z"
    assert str(opened.docinfo.ModDate) == "D:20260115093012Z"
    with opened.open_metadata() as metadata:
        assert metadata["xmp:CreateDate"] == "2026-01-15T09:30:12Z"


def test_attachments_travel_once_with_their_type_and_relationship(opened: pikepdf.Pdf) -> None:
    files = [(str(f.UF), str(f.AFRelationship), str(f.EF.F.Subtype)) for f in opened.Root.AF]
    assert files == [
        ("data.xml", "/Data", "/application/xml"),
        ("data.csv", "/Supplement", "/text/csv"),
    ]
    assert str(opened.Root.AF[0].EF.F.Params.ModDate) == "D:20260115093012Z"
    assert opened.attachments["data.csv"].get_file().read_bytes() == b"a;b\n"


def test_only_vendored_fonts_are_embedded(opened: pikepdf.Pdf) -> None:
    fonts = [
        found
        for found in opened.objects
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor"
    ]
    names = {str(font.FontName).partition("+")[2] for font in fonts}
    assert names == {
        "Noto-Sans",
        "Noto-Sans-Bold",
        "Noto-Sans-Khmer",
        "Noto-Sans-Khmer-Bold",
        "Noto-Sans-Symbols2",
    }
    assert all("/FontFile2" in font for font in fonts)


def test_a_family_of_the_system_is_not_found() -> None:
    with pikepdf.open(
        BytesIO(sample('<p style="font-family: DejaVu Sans, monospace">Bonjour</p>'))
    ) as opened:
        fonts = [str(o.BaseFont) for o in opened.objects if _is_font(o)]
        assert fonts
        assert all("Noto-S" in name for name in fonts)


def _is_font(found: object) -> bool:
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/Font"


@pytest.mark.parametrize("name", ["ស្រីមុំ", "សុភក្ត្រា", "ហុង វាសនា", "សូមអរគុណ", "ស្ទឹងត្រែង"])
def test_khmer_is_extracted_letter_by_letter(name: str, tmp_path: Path) -> None:
    neighbours = "<p>ស្ត្រី ក្រុម គ្រូ ត្រូវ ស្រួល</p>"
    assert name in text_of(sample(f"{neighbours}<p>Bonjour {name} !</p>"), tmp_path)


def test_break_hints_do_not_reach_the_text(tmp_path: Path) -> None:
    assert "ហុងវាសនា" in text_of(sample("<p>ហុង\u200bវាសនា</p>"), tmp_path)


def test_qpdf_finds_nothing_wrong(document: bytes, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(document)
    run = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_same_input_gives_the_same_bytes_in_every_process(document: bytes) -> None:
    script = "import sys; sys.path[:0] = [{!r}, {!r}]; import test_render as t, hashlib; print(hashlib.sha256(t.sample()).hexdigest())"
    here = Path(__file__).parent
    code = script.format(str(here.parents[3]), str(here))
    digests = {hashlib.sha256(document).hexdigest(), hashlib.sha256(sample()).hexdigest()}
    for seed in ("1", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Phnom_Penh"}
        run = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, check=True
        )
        digests.add(run.stdout.decode().strip())
    assert len(digests) == 1


def test_the_instant_counts_not_its_time_zone(document: bytes) -> None:
    assert sample(created_at=INSTANT.astimezone(timezone(timedelta(hours=7)))) == document


def test_threads_take_turns(document: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: sample(), range(4))) == {document}


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        sample(created_at=INSTANT.replace(tzinfo=None))


def test_a_character_without_glyph_is_named_not_drawn_as_a_box() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        sample("<p>王 et 🌞</p>")
    assert caught.value.characters == {"王", "🌞"}


def test_missing_glyphs_are_known_beforehand() -> None:
    assert missing_glyphs("Maëlle Nguyễn-Œuvrard ស្រីមុំ\u200b ☒ 12 € …\n") == frozenset()
    assert missing_glyphs("e\u0301 decomposed") == frozenset()
    assert missing_glyphs("王 小明") == {"王", "小", "明"}


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    with only_our_fonts():
        assert os.environ["FONTCONFIG_FILE"] != "/etc/fonts/fonts.conf"
    assert os.environ["FONTCONFIG_FILE"] == "/etc/fonts/fonts.conf"


def test_missing_system_libraries_are_said_with_the_packages_to_install() -> None:
    script = (
        "import ctypes.util, cffi, sys; sys.path.insert(0, {!r})\n"
        "def no_library(*_, **__): raise OSError('cannot load library')\n"
        "cffi.FFI.dlopen = no_library\n"
        "import datetime; from portal.core import pdf\n"
        "try: pdf.render('', title='', language='fr', stylesheet='base.css',"
        " created_at=datetime.datetime.now(datetime.UTC))\n"
        "except pdf.PrintingLibrariesMissing as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script.format(str(Path(__file__).parents[4]))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == str(PrintingLibrariesMissing())
    assert "libpangoft2-1.0-0 libharfbuzz-subset0" in run.stdout
