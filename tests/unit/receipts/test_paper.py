"""The receipt on paper carries every mention of the official model."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image

from portal.core.money import Money
from portal.core.pdf import MissingGlyphs
from portal.receipts.paper import (
    XML_NAMESPACE,
    country_name,
    french_amount,
    french_day,
    receipt_xml,
    render_receipt,
)
from portal.receipts.rules.content import (
    Exchange,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
)
from tests.unit.receipts.conftest import MakeReceipt, monthly

INSTANT = datetime(2026, 1, 15, 9, tzinfo=UTC)
VERIFY = "https://sourire.example.org/verify/7KQ2-M9XD-41TB"

COMMON = [
    "Numéro d’ordre du reçu",
    "2025-000123",
    "Organisme bénéficiaire des dons et versements",
    "Nom ou dénomination Pour un Sourire d’Enfant",
    "N° SIREN ou RNA 732829320 · W784000123",
    "49 rue de l’Exemple",
    "78000 Commune Versailles",
    "Pays France",
    "Objet : Mener à un métier les enfants les plus pauvres du Cambodge",
    "☒ Œuvre ou organisme d’intérêt général — Association loi 1901",
    "Donateur",
    "Le bénéficiaire reconnaît avoir reçu des dons et versements ouvrant droit à réduction d’impôt d’un montant de (1)",
    "***564,00*** Euros",
    "Somme en toutes lettres : cinq cent soixante-quatre euros",
    "Cumul 2025",
    "certifie sur l’honneur que les dons et versements qu’il reçoit ouvrent droit à la réduction d’impôt prévue à l’article (2)",
    "Forme du don",
    "☐ Acte authentique",
    "☐ Acte sous seing privé",
    "☒ Déclaration de don manuel",
    "Nature du don",
    "☒ Numéraire",
    "En cas de don en numéraire, mode de versement du don",
    "☐ Remise d’espèces",
    "☐ Chèque",
    "☒ Virement, prélèvement, carte bancaire",
    "Date et signature",
    "Versailles, le 15 janvier 2026",
    "Camille Exemple",
    "Trésorière",
    "article L. 80 C du livre des procédures fiscales",
    "1740 A du code général des impôts",
    VERIFY,
    "Page 1 / 2",
]
OF_A_PERSON = [
    "N° 11580*05 · 2041-RD",
    "par les particuliers au titre des articles 200 et 978 du code général des impôts",
    "Nom Lefèvre-Œuvrard",
    "Prénoms Maëlle",
    "12 bis allée des Tilleuls, Bâtiment C",
    "44000 Commune Nantes",
    "Date du versement ou du don",
    "☒ 200 du CGI",
    "☐ 978 du CGI",
    "☐ Titres de sociétés cotés",
    "☐ Abandon exprès de revenus ou de produits",
    "☐ Frais engagés par les bénévoles, dont ils renoncent",
    "☐ Autres (4)",
]
OF_A_COMPANY = [
    "N° 16216*02 · 2041-MEC-SD",
    "par les entreprises au titre de l’article 238 bis du code général des impôts",
    "Dénomination Menuiserie Bel Air & fils",
    "Forme juridique SARL",
    "N° SIREN 404833048",
    "8 zone artisanale du Port",
    "35400 Commune Saint-Malo",
    "Date ou période des versements : Cumul 2025 (du 5 janvier 2025 au",
    "☒ 238 bis du CGI",
]


def printed(receipt: ReceiptContent, **options: object) -> bytes:
    usual = {"verify_url": VERIFY, "created_at": INSTANT}
    return render_receipt(receipt, **usual | options)  # type: ignore[arg-type]


def _run(command: str, document: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(document)
    arguments = [command, *options, str(path), *(["-"] if command == "pdftotext" else [])]
    return subprocess.run(arguments, capture_output=True, check=True).stdout.decode()


def words_of(document: bytes) -> str:
    """The text box after box, lines joined."""
    run = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=document, capture_output=True, check=True
    )
    return " ".join(run.stdout.decode().split())


def _assert_all(mentions: list[str], text: str) -> None:
    missing = [m for m in mentions if m.casefold() not in text.casefold()]
    assert missing == []


def test_a_person_s_receipt_carries_every_mention(make_receipt: MakeReceipt) -> None:
    _assert_all(COMMON + OF_A_PERSON, words_of(printed(make_receipt())))


def test_a_company_s_receipt_carries_every_mention(
    make_receipt: MakeReceipt, company: ReceiptDonor
) -> None:
    text = words_of(printed(make_receipt(donor=company)))
    _assert_all(COMMON + OF_A_COMPANY, text)
    assert "200 du CGI" not in text


def test_no_receipt_prints_the_repealed_fine(
    make_receipt: MakeReceipt, company: ReceiptDonor
) -> None:
    for receipt in (make_receipt(), make_receipt(donor=company)):
        assert "25 %" not in words_of(printed(receipt))


def test_a_single_receipt_says_the_day_and_has_no_table(make_receipt: MakeReceipt) -> None:
    receipt = make_receipt(kind=ReceiptKind.SINGLE, payments=monthly(1, PaymentMode.CHEQUE))
    text = words_of(printed(receipt))
    assert "Date du versement ou du don : 5 janvier 2025" in text
    assert "☒ Chèque" in text
    assert "Détail des versements".casefold() not in text.casefold()
    assert "Page 1 / 1" in text


@pytest.mark.parametrize("count", [1, 2])
def test_a_payment_in_another_currency_names_what_was_paid_and_the_rate(
    make_receipt: MakeReceipt, count: int
) -> None:
    exchange = Exchange(Money(123_450, "USD"), "0.921", "Stripe, txn_1, versement en EUR")
    payments = [replace(each, exchange=exchange) for each in monthly(count)]
    kind = ReceiptKind.SINGLE if count == 1 else ReceiptKind.ANNUAL
    receipt = make_receipt(kind=kind, payments=payments)
    said = words_of(printed(receipt))
    assert "Payé 1 234,50 USD, au taux de 0,921 € pour 1 USD" in said
    assert "(source : Stripe, txn_1, versement en EUR)" in said
    assert 'rate="0.921"' in receipt_xml(receipt).decode()
    assert ReceiptContent.from_json(receipt.to_json()) == receipt


def test_a_receipt_of_before_other_currencies_reads_and_binds_as_it_was(
    make_receipt: MakeReceipt,
) -> None:
    stored = make_receipt().to_json()
    assert all("exchange" not in payment for payment in stored["payments"])


def test_the_khmer_name_is_found_on_every_line(make_receipt: MakeReceipt) -> None:
    assert words_of(printed(make_receipt())).count("Parrainage de ស្រីមុំ") == 12


def test_sixty_payments_run_over_pages_with_their_header(
    make_receipt: MakeReceipt, tmp_path: Path
) -> None:
    document = printed(make_receipt(payments=monthly(60)))
    pages = _run("pdftotext", document, tmp_path, "-layout").split("\f")[:-1]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} / 3" in page
        assert "Reçu n° 2025-000123" in page
    for page in pages[1:]:
        assert re.search(r"Date +Affectation +Mode +Référence +Montant", page)
    references = re.findall(r"DON-2025-\d{6}", "".join(pages))
    assert references == [payment.reference for payment in monthly(60)]
    assert re.search(r"Cumul 2025 — 60 versements +2.820,00.€", pages[2])


def test_a_few_payments_stay_on_the_first_page(make_receipt: MakeReceipt) -> None:
    text = words_of(printed(make_receipt(payments=monthly(2))))
    assert "Page 1 / 1" in text
    assert "Cumul 2025 — 2 versements" in text


def test_a_replacement_and_a_duplicate_say_so(make_receipt: MakeReceipt) -> None:
    plain = words_of(printed(make_receipt()))
    assert "Annule et remplace" not in plain
    assert "duplicata" not in plain.casefold()
    marked = words_of(printed(make_receipt(replaces="2025-000090"), duplicate=True))
    assert "Annule et remplace le reçu n° 2025-000090" in marked
    assert "duplicata" in marked.casefold()


def test_without_an_address_to_verify_there_is_no_code(make_receipt: MakeReceipt) -> None:
    assert "Vérifier" not in words_of(printed(make_receipt(), verify_url=None))


def test_a_signature_is_described_and_unsmoothed(make_receipt: MakeReceipt) -> None:
    hand = BytesIO()
    Image.new("RGBA", (300, 100), (20, 30, 90, 255)).save(hand, "PNG")
    document = printed(make_receipt(), signature=hand.getvalue())
    with pikepdf.open(BytesIO(document)) as opened:
        described = [
            str(found.Alt)
            for found in opened.objects
            if isinstance(found, pikepdf.Dictionary) and found.get("/S") == "/Figure"
        ]
        images = [
            found
            for found in opened.objects
            if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image"
        ]
    assert "Signature de Camille Exemple" in described
    assert images
    assert not any(image.get("/Interpolate", False) for image in images)


def test_the_addressee_stands_in_the_window_of_the_envelope(
    make_receipt: MakeReceipt, tmp_path: Path
) -> None:
    boxes = _run("pdftotext", printed(make_receipt()), tmp_path, "-bbox")
    first = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>Mme<', boxes)
    assert first is not None
    left, top = (float(points) * 25.4 / 72 for points in first.groups())
    assert 109 < left < 112
    assert 46 < top < 52


def test_it_is_archivable_accessible_and_sound(make_receipt: MakeReceipt, tmp_path: Path) -> None:
    document = printed(make_receipt(payments=monthly(60)))
    with pikepdf.open(BytesIO(document)) as opened:
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
        assert str(opened.docinfo.Title) == "Reçu fiscal n° 2025-000123"
        assert str(opened.docinfo.Author) == "Pour un Sourire d’Enfant"
        assert str(opened.Root.Lang) == "fr"
    assert "No syntax or stream encoding errors" in _run("qpdf", document, tmp_path, "--check")


def test_the_facts_travel_inside_as_xml(make_receipt: MakeReceipt) -> None:
    receipt = make_receipt(replaces="2025-000090")
    with pikepdf.open(BytesIO(printed(receipt))) as opened:
        attached = opened.attachments["receipt.xml"]
        assert str(attached.obj.AFRelationship) == "/Data"
        stored = attached.get_file().read_bytes()
    assert stored == receipt_xml(receipt)
    root = ElementTree.fromstring(stored)
    name = f"{{{XML_NAMESPACE}}}"
    assert root.attrib["number"] == "2025-000123"
    assert root.attrib["replaces"] == "2025-000090"
    payments = root.findall(f"{name}payments/{name}payment")
    assert [int(p.attrib["minor"]) for p in payments] == [4700] * 12
    assert root.findall(f"{name}total")[0].attrib == {"minor": "56400", "currency": "EUR"}


def test_printing_twice_gives_the_same_bytes(make_receipt: MakeReceipt) -> None:
    assert printed(make_receipt()) == printed(make_receipt())


def test_markup_in_a_name_is_only_text(make_receipt: MakeReceipt, company: ReceiptDonor) -> None:
    named = replace(company, company_name='<img src="file:///etc/hostname"> {{ 7*7 }}')
    text = words_of(printed(make_receipt(donor=named)))
    assert '<img src="file:///etc/hostname"> {{ 7*7 }}' in text


def test_a_name_our_fonts_cannot_draw_is_told(
    make_receipt: MakeReceipt, person: ReceiptDonor
) -> None:
    with pytest.raises(MissingGlyphs, match="王"):
        printed(make_receipt(donor=replace(person, last_name="王")))


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2025, 1, 1), "1er janvier 2025"), (date(2025, 8, 21), "21 août 2025")],
)
def test_days_in_french(day: date, words: str) -> None:
    assert french_day(day) == words


def test_amounts_and_countries_in_french() -> None:
    assert french_amount(Money(198_000)) == "1\u202f980,00\u00a0€"
    assert french_amount(Money(5)) == "0,05\u00a0€"
    assert country_name("RE") == "La Réunion"
