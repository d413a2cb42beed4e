"""What the press prints is what WeasyPrint would have made, and what does not fit goes there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest

from portal.core.pdf import capture
from portal.receipts import paper
from portal.receipts.paper import receipt_xml, render_receipt
from portal.receipts.press import DoesNotFit, LayoutStore, Press
from portal.receipts.press import layout as layouts
from portal.receipts.press.shape import shape_of
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.qr_code import CodeFamily, modules_of
from portal.receipts.rules.content import PaymentMode, ReceiptContent, ReceiptDonor, ReceiptKind
from tests.unit.receipts.conftest import MakeReceipt, monthly

LINK = "https://sourire.example.org/fr/verify/7KQ2-M9XD-41TB"
INSTANT = datetime(2026, 1, 15, 9, tzinfo=UTC)


def order(content: ReceiptContent, link: str | None = LINK) -> PaperOrder:
    return PaperOrder(content, link, INSTANT)


def whole(content: ReceiptContent) -> bytes:
    return render_receipt(content, verify_url=LINK, created_at=INSTANT)


def read(command: list[str], document: bytes) -> bytes:
    return subprocess.run(command, input=document, capture_output=True, check=True).stdout


def text(document: bytes, *how: str) -> bytes:
    return read(["pdftotext", *how, "-", "-"], document)


def tags(document: bytes) -> list[str]:
    said: list[str] = []

    def walk(entry: object) -> None:
        if isinstance(entry, pikepdf.Array):
            for each in entry:
                walk(each)
        elif isinstance(entry, pikepdf.Dictionary):
            said.append(f"{entry.get('/S', entry.get('/Type'))} {entry.get('/Alt', '')}")
            walk(entry.get("/K", pikepdf.Array()))
        else:
            said.append(str(entry))

    with pikepdf.open(BytesIO(document)) as opened:
        walk(opened.Root.StructTreeRoot.K)
    return said


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LayoutStore:
    return LayoutStore(tmp_path_factory.mktemp("layouts"))


@pytest.fixture(scope="module")
def press(store: LayoutStore) -> Press:
    return Press(store)


@pytest.fixture(scope="module")
def khmer(person: ReceiptDonor) -> ReceiptDonor:
    return replace(person, last_name="ញឹម វិចិត្រ", first_name="សុភក្ត្រា")


@pytest.fixture
def receipts(
    make_receipt: MakeReceipt, company: ReceiptDonor, khmer: ReceiptDonor
) -> list[ReceiptContent]:
    """One of each kind: single, annual over two pages, a company's, another donor's."""
    cheque = monthly(1, PaymentMode.CHEQUE)
    return [
        make_receipt(kind=ReceiptKind.SINGLE, payments=cheque),
        make_receipt(payments=[*monthly(2), *cheque]),
        make_receipt(donor=company, payments=monthly(2)),
        make_receipt(donor=khmer, payments=monthly(3)),
    ]


def test_a_filled_receipt_is_the_document_weasyprint_makes(
    press: Press, receipts: list[ReceiptContent]
) -> None:
    for content in receipts:
        filled, made = press.fill(order(content)).content, whole(content)
        assert read(["pdftoppm", "-r", "90"], filled) == read(["pdftoppm", "-r", "90"], made)
        assert text(filled, "-layout") == text(made, "-layout")
        assert text(filled, "-raw") == text(made, "-raw")
        assert tags(filled) == tags(made)


def test_the_file_is_sound_archivable_and_holds_its_facts(
    press: Press, make_receipt: MakeReceipt, tmp_path: Path
) -> None:
    content = make_receipt(number="2025-004711", payments=monthly(3))
    printed = press.fill(order(content))
    assert printed.sha256 == hashlib.sha256(printed.head + printed.tail).hexdigest()
    path = tmp_path / "receipt.pdf"
    path.write_bytes(printed.content)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, check=True).stdout
    assert b"No syntax or stream encoding errors" in checked
    with pikepdf.open(path) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert str(opened.docinfo.Title) == "Reçu fiscal n° 2025-004711"
        attached = opened.attachments["receipt.xml"].get_file().read_bytes()
        links = [str(each.A.URI) for each in opened.pages[0].Annots]
    assert attached == receipt_xml(content)
    assert ElementTree.fromstring(attached).attrib["number"] == "2025-004711"
    assert links == [LINK]


def test_khmer_is_read_exactly_as_it_was_written(
    press: Press, make_receipt: MakeReceipt, khmer: ReceiptDonor
) -> None:
    filled = press.fill(order(make_receipt(donor=khmer, payments=monthly(3)))).content
    said = text(filled).decode()
    assert "ញឹម វិចិត្រ" in said
    assert "សុភក្ត្រា" in said
    assert said.count("Parrainage de ស្រីមុំ") == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("de " + "Très-Long-" * 12, "width"),
        ("Le\u200bfèvre", "characters"),
        ("Le\tfèvre", "characters"),
        ("Le  fèvre", "spaces"),
        ("Григорий☃", "letters"),
        ("q\u0308\u0323\u0301", "glyphs"),
    ],
)
def test_what_does_not_fit_is_not_filled_in(
    press: Press, make_receipt: MakeReceipt, person: ReceiptDonor, name: str, reason: str
) -> None:
    content = make_receipt(donor=replace(person, last_name=name), payments=monthly(3))
    with pytest.raises(DoesNotFit) as refused:
        press.fill(order(content))
    assert refused.value.reason in {reason, "marks", "glyphs"}


def test_what_does_not_fit_is_laid_out_whole_and_what_nobody_can_draw_is_told(
    press: Press, make_receipt: MakeReceipt, person: ReceiptDonor
) -> None:
    long = make_receipt(donor=replace(person, last_name="Très-Long-" * 12), payments=monthly(3))
    chinese = make_receipt(donor=replace(person, last_name="王"), payments=monthly(3))
    vietnamese = make_receipt(donor=replace(person, last_name="Nguyễn"), payments=monthly(3))
    first, second, third = press.print_many(order(each) for each in (long, chinese, vietnamese))
    assert isinstance(first, PrintedPaper)
    assert (first.head, first.tail) == (b"", whole(long))
    assert isinstance(second, PrintFault)
    assert second.reason.startswith("MissingGlyphs")
    assert isinstance(third, PrintedPaper)
    assert "Nguyễn" in text(third.content).decode()


def test_rare_kinds_are_never_filled_in(press: Press, make_receipt: MakeReceipt) -> None:
    with pytest.raises(DoesNotFit, match="shape"):
        press.fill(order(make_receipt(replaces="2025-000001")))
    with pytest.raises(DoesNotFit, match="shape"):
        press.fill(order(make_receipt(), link=None))


def test_a_kept_layout_gives_the_same_bytes_in_another_process(
    press: Press, make_receipt: MakeReceipt, tmp_path: Path
) -> None:
    content = make_receipt(kind=ReceiptKind.SINGLE, payments=monthly(1))
    given = tmp_path / "receipt.json"
    given.write_bytes(content.canonical())
    script = (
        "import json, sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from portal.receipts.press import Press;"
        "from portal.receipts.printing import PaperOrder;"
        "from portal.receipts.rules.content import ReceiptContent;"
        "content = ReceiptContent.from_json(json.loads(Path(sys.argv[1]).read_text()));"
        f"order = PaperOrder(content, {LINK!r}, datetime(2026, 1, 15, 9, tzinfo=UTC));"
        "print(Press().fill(order).sha256)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.getcwd()}
    other = subprocess.run(
        [sys.executable, "-c", script, given], env=environment, capture_output=True, check=True
    )
    assert other.stdout.decode().strip() == press.fill(order(content)).sha256


def test_a_damaged_layout_is_made_again(
    press: Press, make_receipt: MakeReceipt, tmp_path: Path
) -> None:
    content = make_receipt(kind=ReceiptKind.SINGLE, payments=monthly(1))
    key = shape_of(content, LINK, None).key
    good = press.fill(order(content)).sha256
    kept = LayoutStore(tmp_path)
    kept.keep(key, layouts.compile_shape(shape_of(content, LINK, None)))
    path = tmp_path / f"{key}.layout"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert kept.load(key) is None
    assert not path.exists()
    assert Press(kept).fill(order(content)).sha256 == good
    assert kept.load(key) is not None


def test_a_layout_whose_geometry_follows_its_texts_is_refused(
    make_receipt: MakeReceipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_receipt(kind=ReceiptKind.SINGLE, payments=monthly(1))
    usual = paper.lay_out_words

    def floating(*given: object, **named: object) -> str:
        html = usual(*given, **named)  # type: ignore[arg-type]
        return html.replace('class="number"', 'style="border:1px solid"')

    monkeypatch.setattr(paper, "lay_out_words", floating)
    with pytest.raises(capture.LayoutRefused, match="depends"):
        layouts.compile_shape(shape_of(content, LINK, None))


def test_a_code_put_together_is_the_code_drawn() -> None:
    family = CodeFamily(LINK)
    for code in ("2222-2222-2222", "ZZZZ-9999-ABCD"):
        link = LINK[:-14] + code
        assert family.modules(link) == modules_of(link)
    assert family.modules(LINK + "0") is None
