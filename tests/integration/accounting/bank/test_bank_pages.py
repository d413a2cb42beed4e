"""The accountant's pages of the bank, as somebody uses them; nobody else sees a name."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankLine, BankMatch, BankRule, BankUpload, StandingOrder
from portal.accounting.queries.bank_checks import transfers_counted_once
from portal.accounting.services import bank
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models import Gift
from tests.factories.bank import all_lines, bring_in, one_line, to_donor
from tests.factories.books import booked_gift
from tests.factories.people import make_donor
from tests.factories.statements import IBAN, PAYER_IBAN, Wire, camt, delimited, later
from tests.pages import Page, PageClient

GIFT = Wire(5_000, name="Zoé Prévôt", iban=PAYER_IBAN, text="Don de rentrée")
FEE = Wire(-1_235, text="FRAIS DE TENUE DE COMPTE")


def hand_in(who: PageClient, data: bytes, name: str = "releve.xml") -> Page:
    page = who.post("/office/bank", {"file": (io.BytesIO(data), name)})
    return who.follow(page) if page.status == 303 else page


def uploaded(name: str = "import") -> str:
    upload = db.session.scalars(sa.select(BankUpload)).one()
    return f"/office/bank/uploads/{upload.public_id}/{name}"


def test_a_file_is_shown_before_it_is_imported(accountant: PageClient) -> None:
    page = hand_in(accountant, camt([GIFT, FEE]))
    assert page.heading == "Ce que ferait ce fichier"
    assert page.has("Au centime près")
    assert db.session.scalars(sa.select(BankLine)).all() == []
    page = accountant.follow(accountant.post(uploaded()))
    assert page.has("Zoé Prévôt")
    assert len(all_lines()) == 2
    assert db.session.scalars(sa.select(BankUpload)).all() == []


def test_a_file_that_does_not_add_up_says_by_how_much(accountant: PageClient) -> None:
    page = hand_in(accountant, camt([GIFT], closing=1))
    assert page.has("Ce fichier ne peut pas être importé")
    assert page.has("1 049,99 €")
    assert page.has("Le compte ···· 2606 ne tombe pas juste")
    assert not page.has(IBAN)
    accountant.post(uploaded("drop"))
    assert accountant.get("/office/bank").has("Aucun relevé pour le moment")


def test_a_text_that_is_no_statement_is_refused_in_words(accountant: PageClient) -> None:
    page = hand_in(accountant, "bonjour\nà tous\n".encode(), "bonjour.txt")
    assert page.has("Ce fichier n’est pas un relevé")
    assert not page.has("Quelle colonne est quoi")


def test_no_file_is_an_error_at_the_field(accountant: PageClient) -> None:
    page = accountant.post("/office/bank", {})
    assert page.status == 422
    assert page.has("Choisissez le fichier.")


def test_a_table_asks_for_its_account_then_for_its_columns_never_again(
    accountant: PageClient,
) -> None:
    page = hand_in(accountant, delimited([GIFT]), "export.csv")
    assert page.has("ne dit pas de quel compte")
    wrong = accountant.post(uploaded("account"), {"known": "", "iban": "FR76"})
    assert wrong.status == 422
    page = accountant.follow(accountant.post(uploaded("account"), {"known": "", "iban": IBAN}))
    assert page.has("Importer 1 nouvelle ligne")
    accountant.post(uploaded())
    assert all_lines()[0].amount == Money(5_000)


def test_a_table_with_headings_of_its_own_is_told_column_by_column(accountant: PageClient) -> None:
    data = b"quand;quoi;combien\n02/11/2026;Don;47,00\n"
    page = hand_in(accountant, data, "x.csv")
    assert page.has("Quelle colonne est quoi")
    asked = dict.fromkeys(("debit", "credit", "balance", "counterparty", "counterparty_iban", "reference"), "-1")  # fmt: skip
    missing = accountant.post(uploaded("columns"), asked | {"booked_on": "-1", "text": "1", "amount": "-1"})  # fmt: skip
    assert missing.status == 422
    accountant.post(uploaded("columns"), asked | {"booked_on": "0", "text": "1", "amount": "2"})
    page = accountant.follow(accountant.post(uploaded("account"), {"known": "", "iban": IBAN}))
    assert page.has("Importer")
    accountant.post(uploaded())
    assert [(line.amount_minor, line.text) for line in all_lines()] == [(4_700, "Don")]


def test_each_line_says_its_own_reasons_for_the_same_donor(accountant: PageClient) -> None:
    donor = make_donor(first_name="Zoé", last_name="Prévôt")
    first = one_line(iban=PAYER_IBAN, name="COMPTE COMMUN")
    bank.match_line(first.id, to_donor(first, donor), by=None)
    told = Wire(5_000, name="INCONNU", text=f"Don {donor.ref}")
    silent = Wire(6_000, name="COMPTE COMMUN", iban=PAYER_IBAN, text="VIREMENT")
    bring_in(told, silent, opening=105_000, number="2")
    page, (_first, spoken, mute) = accountant.get("/office/bank/lines"), all_lines()
    assert "numéro du donateur dans le libellé" in row_of(page, spoken)
    assert "même compte qu’auparavant" not in row_of(page, spoken)
    assert "même compte qu’auparavant" in row_of(page, mute)
    assert "numéro du donateur dans le libellé" not in row_of(page, mute)


def row_of(page: Page, line: BankLine) -> str:
    """What the list shows of a line."""
    return page.html.partition(f'id="line-{line.id}"')[2].partition("</tr>")[0]


def test_the_queue_proposes_and_one_click_accepts(accountant: PageClient) -> None:
    donor = make_donor(first_name="Zoé", last_name="Prévôt")
    bring_in(GIFT)
    page = accountant.get("/office/bank/lines")
    assert page.has("Zoé Prévôt")
    assert page.has("nom")
    (key,) = re.findall(r'name="proposal" value="([^"]+)"', page.html)
    line = all_lines()[0]
    accepted = accountant.post(f"/office/bank/lines/{line.public_id}/accept", {"proposal": key})
    assert accepted.status == 303
    gift = db.session.scalars(sa.select(Gift)).one()
    assert gift.donor_id == donor.id
    again = accountant.post(f"/office/bank/lines/{line.public_id}/accept", {"proposal": key})
    assert accountant.follow(again).has("nothing was done twice") or again.status == 303
    assert len(db.session.scalars(sa.select(Gift)).all()) == 1


def test_another_donor_is_chosen_and_remembered(accountant: PageClient) -> None:
    donor, line = make_donor(), one_line(iban=PAYER_IBAN)
    page = accountant.get(f"/office/bank/lines/{line.public_id}")
    assert page.has("C’est un don ou une cotisation de…")
    sent = {"who": donor.ref, "purpose": "sponsorship", "learn": "y", "form_token": "x" * 20}
    answer = accountant.post(f"/office/bank/lines/{line.public_id}/gift", sent)
    assert answer.status == 303
    gift = db.session.scalars(sa.select(Gift)).one()
    assert (gift.donor_id, gift.purpose) == (donor.id, PurposeKind.SPONSORSHIP)
    assert db.session.scalars(sa.select(BankRule)).one().donor_id == donor.id
    assert accountant.get("/office/bank/rules").has(donor.name)


def test_a_donor_nobody_knows_yet_can_be_entered(accountant: PageClient) -> None:
    line = one_line(name="Théo Nouveau")
    sent = {"new": "y", "kind": "person", "first_name": "Théo", "last_name": "Nouveau", "country": "FR",
            "purpose": "general", "form_token": "x" * 20}  # fmt: skip
    accountant.post(f"/office/bank/lines/{line.public_id}/gift", sent)
    assert db.session.scalars(sa.select(Gift)).one().donor.name == "Théo Nouveau"


def test_nobody_chosen_is_an_error_at_the_field(accountant: PageClient) -> None:
    line = one_line()
    sent = {"who": "", "purpose": "general", "form_token": "x" * 20}
    page = accountant.post(f"/office/bank/lines/{line.public_id}/gift", sent)
    assert page.status == 422
    assert page.has("Indiquez qui a donné.")


def test_a_line_is_split_over_several_gifts(accountant: PageClient) -> None:
    one, other, line = make_donor(), make_donor(), one_line(minor=8_000)
    path = f"/office/bank/lines/{line.public_id}/split"
    assert accountant.get(path).status == 200
    sent = {
        "parts-0-who": one.ref,
        "parts-0-amount": "30",
        "parts-0-purpose": "general",
        "parts-1-who": other.ref,
        "parts-1-amount": "51",
        "parts-1-purpose": "sponsorship",
        "kept": "",
    }
    wrong = accountant.post(path, sent)
    assert wrong.status == 422
    assert wrong.has("81,00")
    given_back = accountant.post(path, sent | {"parts-1-amount": "49", "kept": "-1"})
    assert given_back.status == 422, "a fee the bank gives us would be money nobody gave"
    assert accountant.post(path, sent | {"kept": "1"}).status == 303
    assert {g.amount_minor for g in db.session.scalars(sa.select(Gift))} == {3_000, 5_100}


def test_ticked_lines_are_put_on_an_account_together(accountant: PageClient) -> None:
    bring_in(FEE, later(Wire(-900, text="x"), 1))
    ids = [str(line.public_id) for line in all_lines()]
    page = accountant.post("/office/bank/lines/put", {"lines": ids, "account": "627800"})
    assert accountant.follow(page).has("2 lignes sont traitées.")
    none = accountant.post("/office/bank/lines/put", {"account": "627800"})
    assert accountant.follow(none).has("Cochez")


def test_what_is_proposed_for_ticked_lines_is_accepted_together(accountant: PageClient) -> None:
    make_donor(first_name="Zoé", last_name="Prévôt")
    bring_in(GIFT, FEE, Wire(700, name="Inconnu"))
    page = accountant.get("/office/bank/lines")
    sent: dict[str, object] = dict(re.findall(r'name="(best-[^"]+)" value="([^"]+)"', page.html))
    sent["lines"] = [str(line.public_id) for line in all_lines()]
    answer = accountant.follow(accountant.post("/office/bank/lines/accept", sent))
    assert answer.has("2 lignes sont rapprochées.")
    assert answer.has("1 ligne cochée attend encore")


def test_what_is_no_gift_is_remembered_too(accountant: PageClient) -> None:
    line = one_line(minor=-2_000, iban=PAYER_IBAN, text="loyer")
    path = f"/office/bank/lines/{line.public_id}"
    assert accountant.get(path).has("Ce n’est pas un don")
    accountant.post(f"{path}/other", {"account": "467000", "learn": "y"})
    assert db.session.scalars(sa.select(BankRule)).one().account == "467000"
    following = one_line(minor=-2_000, iban=PAYER_IBAN, text="loyer suivant")
    assert accountant.get(f"/office/bank/lines/{following.public_id}").has("Par une règle")


def test_undoing_asks_why(accountant: PageClient) -> None:
    line, donor = one_line(), make_donor()
    bank.match_line(line.id, to_donor(line, donor), by=accountant.account.id)
    path = f"/office/bank/lines/{line.public_id}"
    assert accountant.get(path).has(donor.name)
    assert accountant.post(f"{path}/undo", {"reason": ""}).status == 422
    page = accountant.follow(accountant.post(f"{path}/undo", {"reason": "autre donateur"}))
    assert page.has("autre donateur")
    assert not db.session.scalars(sa.select(BankMatch)).one().live


def test_lines_leave_as_a_file_that_is_no_formula(accountant: PageClient) -> None:
    one_line(name='=HYPERLINK("http://example.org")', text="@SUM(A1)")
    answer = accountant.client.get("/office/bank/lines?format=csv")
    body = answer.data.decode("utf-8-sig")
    assert "HYPERLINK" in body
    assert not re.search(r'(^|[;,"])[=@]', body, re.MULTILINE)


@pytest.mark.parametrize(
    "path", ["/office/bank", "/office/bank/lines", "/office/bank/rules", "/office/bank/promised"]
)
def test_nobody_but_accountants_sees_the_bank(
    path: str, matcher: PageClient, sponsor: PageClient, accountant: PageClient
) -> None:
    assert (matcher.get(path).status, sponsor.get(path).status) == (404, 404)
    assert accountant.get(path).status == 200


def test_money_recorded_twice_is_made_one_with_one_click(accountant: PageClient) -> None:
    donor, line = make_donor(), one_line()
    bank.match_line(line.id, to_donor(line, donor), by=accountant.account.id)
    imported = booked_gift(donor=donor, on=line.booked_on)
    page = accountant.get("/office/bank")
    one, two = re.findall(r'action="(/office/bank/doubles/[^"]+)"', page.html)
    accountant.post(one)
    assert not accountant.get("/office/bank").has(imported.ref)
    assert accountant.post(two).status == 404


def test_who_gave_the_same_sum_twice_is_asked_about_once(accountant: PageClient) -> None:
    donor, line = make_donor(), one_line()
    bank.match_line(line.id, to_donor(line, donor), by=accountant.account.id)
    second = booked_gift(donor=donor, on=line.booked_on)
    page = accountant.get("/office/bank")
    _one, two = re.findall(r'action="(/office/bank/doubles/[^"]+)"', page.html)
    assert accountant.follow(accountant.post(two)).has("Ce sont deux dons")
    assert not accountant.get("/office/bank").has(second.ref)
    assert transfers_counted_once()[0]


def test_the_month_lists_what_did_not_come_and_orders_can_end(accountant: PageClient) -> None:
    donor = make_donor()
    first = one_line(iban=PAYER_IBAN, minor=4_700, on=later(GIFT, -120).on)
    order = to_donor(first, donor, purpose=PurposeKind.SPONSORSHIP, learn=True)
    bank.match_line(first.id, order, by=accountant.account.id)
    monthly = [Wire(4_700, on=first.booked_on, iban=PAYER_IBAN, text="VIR PERM")]
    bring_in(*(later(monthly[0], 30 * n) for n in (1, 2)), opening=1)
    page = accountant.get("/office/bank/promised?month=2026-10")
    assert page.has(donor.name)
    assert page.has("Rien n’est arrivé pour ce parrainage")
    known = db.session.scalars(sa.select(StandingOrder)).one()
    assert accountant.get("/office/bank/orders").has(donor.name)
    path = f"/office/bank/orders/{known.public_id}/end"
    assert accountant.get(path).status == 200
    accountant.post(path, {"ended_on": "2026-09-30", "reason": "arrêt"})
    assert not accountant.get("/office/bank/promised?month=2026-10").has(donor.name)


def test_rules_are_made_changed_and_ended_on_their_page(app: Flask, accountant: PageClient) -> None:
    made = {"words": "COTISATION JAZZ", "account": "627800"}
    assert accountant.post("/office/bank/rules", made).status == 303
    assert accountant.post("/office/bank/rules", made).status == 422
    line, donor = one_line(iban=PAYER_IBAN), make_donor()
    bank.match_line(line.id, to_donor(line, donor, learn=True), by=accountant.account.id)
    rule = db.session.scalars(sa.select(BankRule).where(BankRule.donor_id == donor.id)).one()
    path = f"/office/bank/rules/{rule.public_id}"
    assert accountant.get(path).status == 200
    accountant.post(path, {"purpose": "programme:food"})
    live = db.session.scalars(
        sa.select(BankRule).where(BankRule.live, BankRule.donor_id == donor.id)
    ).one()
    assert str(live.programme) == "food"
    accountant.post(f"/office/bank/rules/{live.public_id}/end")
    assert not live.live
