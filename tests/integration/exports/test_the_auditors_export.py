"""Each receipt leads to its gifts, to Stripe's or the bank's line and to its entry; and all of it ties."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import MatchOrder, OtherPart
from portal.accounts.models import Donor
from portal.core import exports
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.donations.models import Gift, NoReceipt, Payout, PayoutLine, ProviderLine
from portal.office.exports.auditor_year import read_year
from portal.receipts.models import Receipt
from portal.receipts.services import cancel_receipt, issue_receipt
from tests.factories.bank import one_line, to_donor
from tests.factories.books import booked_gift, online_gift, refund
from tests.factories.handed_over import make_cheque_gift, make_deposit
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, plain_paper

ON = dt.date(2026, 3, 14)
AT = dt.datetime(2026, 3, 14, 9, tzinfo=dt.UTC)


def shown_by_the_bank(minor: int, on: dt.date, kind: MatchKind, **of: Any) -> None:
    """A line of the statement that shows a payout or a slip."""
    line = one_line(minor=minor, on=on, name="REMISE")
    order = MatchOrder(kind=kind, parts=(OtherPart(amount=Money(minor), **of),))
    bank.match_line(line.id, order, by=make_account().id)


def paid_out(gift: Gift) -> None:
    """Stripe's line of a gift, in a payout that a line of the bank shows."""
    line = ProviderLine(
        id=f"txn_{gift.stripe_charge_id}", category="charge", gross_minor=4_700, fee_minor=96,
        net_minor=4_604, currency="EUR", source_id=gift.stripe_charge_id, created_at=AT,
        available_at=AT, description="",
    )  # fmt: skip
    payout = Payout(
        id="po_audit", amount_minor=4_604, currency="EUR", status="paid", automatic=True,
        reconciled=True, created_at=AT, arrives_on=dt.date(2026, 3, 17),
    )  # fmt: skip
    db.session.add_all([line, payout])
    db.session.flush()
    db.session.add(PayoutLine(line_id=line.id, payout_id=payout.id))
    db.session.commit()
    shown_by_the_bank(4_604, dt.date(2026, 3, 17), MatchKind.PAYOUT, payout_id=payout.id)


@pytest.fixture
def donor(app: Flask) -> Donor:
    """A donor whose gifts of 2026 came in five ways, all on one receipt of 212 euros."""
    giver = make_donor(last_name="=Essai")
    paid_out(online_gift(donor=giver, on=ON))
    cheque = make_cheque_gift(3_000, giver=giver, arrived_on=ON)
    shown_by_the_bank(
        3_000, dt.date(2026, 11, 21), MatchKind.DEPOSIT, deposit_id=make_deposit(cheque).id
    )
    transfer = one_line(minor=2_500, on=dt.date(2026, 4, 1), name="ESSAI")
    bank.match_line(transfer.id, to_donor(transfer, giver), by=make_account().id)
    booked_gift(donor=giver, on=ON, mode=GiftMode.TRANSFER, amount_minor=10_000)
    booked_gift(donor=giver, on=ON, mode=GiftMode.CASH, amount_minor=1_000)
    issue_receipt(giver.id, 2026, at=NOW, printer=plain_paper)
    return giver


def sheets() -> dict[str, list[dict[str, Any]]]:
    """The export as XLSX, read back: each sheet's rows by column."""
    made = exports.make_now(exports.kind_of("auditor"), 2026, "xlsx")
    with exports.hand_out(made, by=None) as content:
        book = load_workbook(io.BytesIO(content.read()))
    found: dict[str, list[dict[str, Any]]] = {}
    for sheet in book.worksheets[1:]:
        head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found[sheet.title] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return found


def test_each_receipt_leads_to_money_and_entry(donor: Donor) -> None:
    links = {row["Mode"]: row for row in sheets()["Liens"] if row["Lien complet"] == "oui"}

    stripe, cheque, transfer = links["carte"], links["chèque"], links["virement"]
    assert (stripe["Virement Stripe"], stripe["Crédité le"].date()) == (
        "po_audit",
        dt.date(2026, 3, 17),
    )
    assert stripe["Écriture"].startswith("DON-2026-")
    assert cheque["Bordereau"]
    assert cheque["Ligne du relevé"].startswith("RLV-")
    assert transfer["Crédité le"].date() == dt.date(2026, 4, 1)
    assert transfer["Compte bancaire"] == "···· 2606"
    assert {row["Reçu"] for row in links.values()} == {db.session.scalar(sa.select(Receipt.number))}


def test_a_link_that_is_missing_says_why(donor: Donor) -> None:
    missing = {
        row["Montant du don"]: row["Ce qui manque et pourquoi"]
        for row in sheets()["Liens"]
        if row["Lien complet"] == "non"
    }

    assert missing[100].startswith("Don repris d'un fichier")
    assert missing[10].startswith("Espèces : les dépôts en banque sont globaux")


def test_the_sums_are_those_of_the_database(donor: Donor) -> None:
    found = sheets()
    told = db.session.execute(
        sa.text("select count(*), sum(amount_minor) from receipt where tax_year = 2026")
    ).one()

    assert len(found["Reçus"]) == told[0] == 1
    assert sum(round(100 * row["Montant du reçu"]) for row in found["Reçus"]) == told[1] == 21_200
    assert sum(round(100 * row["Montant certifié"]) for row in found["Liens"]) == 21_200
    assert {row["Concorde"] for row in found["Contrôles"]} == {"oui"}


def test_a_gift_without_a_receipt_says_why(donor: Donor) -> None:
    booked_gift(donor=donor, on=ON, no_receipt=NoReceipt.NOT_WANTED)
    refund(gift := booked_gift(donor=donor, on=ON), gift.amount_minor)
    abroad = make_donor(address1="")
    booked_gift(donor=abroad, on=ON)

    reasons = [row["Sans reçu parce que"] for row in sheets()["Dons sans reçu"]]

    assert reasons[0] == "Le donateur ne souhaite pas de reçu."
    assert reasons[1] == "Le don a été remboursé."
    assert reasons[2].startswith("L’adresse est incomplète")


def test_a_cancelled_receipt_stays_with_its_links(donor: Donor) -> None:
    receipt = db.session.scalars(sa.select(Receipt)).one()
    cancel_receipt(receipt.id, reason="Erreur", by=make_account().id, at=NOW)

    found = sheets()

    assert [row["État"] for row in found["Reçus"]] == ["annulé"]
    assert len(found["Liens"]) == len(found["Dons sans reçu"]) == 5
    assert {row["Concorde"] for row in found["Contrôles"]} == {"oui"}


def test_what_does_not_tie_is_said_before_it_is_made(donor: Donor) -> None:
    gift = db.session.scalars(sa.select(Gift).where(Gift.mode == GiftMode.CASH)).one()
    past_the_guards = sa.text("set local session_replication_role = replica")
    db.session.execute(past_the_guards)  # a gift on a receipt keeps its sum, else
    gift.amount_minor += 100
    db.session.flush()
    db.session.execute(sa.text("set local session_replication_role = origin"))

    assert [each.what for each in read_year(2026).controls if not each.holds] == [
        "Dons avec écriture : montant en euros = produit de l'écriture"
    ]


def test_as_csv_it_is_an_archive_that_explains_itself(donor: Donor) -> None:
    made = exports.make_now(exports.kind_of("auditor"), 2026, "csv")

    with exports.hand_out(made, by=None) as content, zipfile.ZipFile(content) as bundle:
        names = bundle.namelist()
        text = bundle.read("LISEZMOI.txt").decode("utf-8-sig")
        receipts = bundle.read("Reçus.csv").decode("utf-8-sig")
    assert names == [
        "LISEZMOI.txt",
        "Contrôles.csv",
        "Reçus.csv",
        "Liens.csv",
        "Dons sans reçu.csv",
    ]
    assert "CONTRÔLE DES REÇUS FISCAUX — ANNÉE 2026" in text
    assert ";212,00;" in receipts
    assert made.filename == "controle-L14A-2026.zip"
