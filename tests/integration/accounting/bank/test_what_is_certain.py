"""What a reference, a rule or a paper of ours says is matched at once; the rest waits for a person."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankAccount, BankLine, BankMatch, BankRule
from portal.accounting.queries.bank import live_matches
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.bank import MatchedBy
from portal.accounting.rules.matching import Proposal, Why
from portal.accounting.services import bank
from portal.core.db import db
from portal.donations.codes import PurposeKind
from portal.donations.models import Gift
from portal.donations.rules.transfer_reference import shown, transfer_reference
from portal.programmes.codes import Programme
from tests.factories.bank import all_lines, bring_in, one_line, to_donor
from tests.factories.books import booked_gift
from tests.factories.handed_over import make_accountant, make_company
from tests.factories.people import make_donor
from tests.factories.statements import OTHER_IBAN, PAYER_IBAN, Wire, later


def proposed(line: BankLine) -> list[Proposal]:
    return proposals_for([line])[line.id]


def matched(line: BankLine) -> BankMatch | None:
    return live_matches([line.id]).get(line.id)


def accountant_id() -> int:
    return make_accountant().id


@pytest.mark.parametrize("place", ["structured", "text", "spaced", "buried"])
def test_a_good_reference_is_matched_without_a_question(app: Flask, place: str) -> None:
    donor = make_donor()
    reference = transfer_reference(donor.ref)
    told = {
        "structured": {"structured": reference},
        "text": {"text": f"don {reference.lower()}"},
        "spaced": {"text": f"VIR {shown(reference)} MERCI"},
        "buried": {"text": f"VIRMTDE{reference}BONNEFETE"},
    }[place]
    match = matched(one_line(**told))
    assert match is not None
    assert match.matched_by is MatchedBy.REFERENCE
    gift = match.parts[0].gift
    assert gift is not None
    assert gift.donor_id == donor.id


def test_a_mistyped_reference_is_a_question(app: Flask) -> None:
    donor = make_donor()
    good = transfer_reference(donor.ref)
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    assert matched(one_line(text=wrong)) is None


def test_a_reference_finds_the_gift_that_is_recorded_already(app: Flask) -> None:
    donor = make_donor()
    recorded = booked_gift(donor=donor, on=one_line(text="autre").booked_on)
    match = matched(one_line(text=transfer_reference(donor.ref)))
    assert match is not None
    assert match.parts[0].gift_id == recorded.id


def test_an_account_set_so_asks_about_everything(app: Flask) -> None:
    one_line(text="premier")
    account = db.session.scalars(sa.select(BankAccount)).one()
    by = accountant_id()
    bank.change_account(account.id, name="Courant", accepts_certain=False, by=by)
    line = one_line(text=transfer_reference(make_donor().ref))
    assert matched(line) is None
    assert proposed(line)[0].why[0] is Why.REFERENCE


def test_a_decision_teaches_and_the_next_line_needs_nobody(app: Flask) -> None:
    donor, by = make_donor(), accountant_id()
    first = one_line(iban=PAYER_IBAN)
    order = to_donor(first, donor, purpose=PurposeKind.SPONSORSHIP, learn=True)
    bank.match_line(first.id, order, by=by)
    next_month = matched(one_line(iban=PAYER_IBAN, minor=6_000, text="plus"))
    assert next_month is not None
    assert next_month.matched_by is MatchedBy.RULE
    gift = next_month.parts[0].gift
    assert gift is not None
    assert (gift.donor_id, gift.purpose) == (donor.id, PurposeKind.SPONSORSHIP)


def test_what_was_not_learned_is_proposed_and_waits(app: Flask) -> None:
    donor = make_donor()
    first = one_line(iban=PAYER_IBAN)
    bank.match_line(first.id, to_donor(first, donor), by=accountant_id())
    line = one_line(iban=PAYER_IBAN, text="encore", minor=7_000)
    assert matched(line) is None
    best = proposed(line)[0]
    assert (best.donor_id, best.why[0]) == (donor.id, Why.KNOWN_ACCOUNT)


def test_undoing_the_decision_undoes_what_it_taught(app: Flask) -> None:
    donor, by = make_donor(), accountant_id()
    first = one_line(iban=PAYER_IBAN)
    match = bank.match_line(first.id, to_donor(first, donor, learn=True), by=by)
    bank.undo_match(match.id, reason="une autre personne", by=by)
    assert not db.session.scalars(sa.select(BankRule)).one().live
    assert matched(one_line(iban=PAYER_IBAN, text="encore")) is None


def test_a_rule_can_be_changed_and_ended(app: Flask) -> None:
    donor, by = make_donor(), accountant_id()
    first = one_line(iban=PAYER_IBAN)
    bank.match_line(first.id, to_donor(first, donor, learn=True), by=by)
    rule = db.session.scalars(sa.select(BankRule)).one()
    changed = bank.change_rule(rule.id, PurposeKind.PROGRAMME, Programme.FOOD, by=by)
    match = matched(one_line(iban=PAYER_IBAN, text="deux"))
    assert match is not None
    gift = match.parts[0].gift
    assert gift is not None
    assert gift.programme is Programme.FOOD
    bank.end_rule(changed.id, by=by)
    assert matched(one_line(iban=PAYER_IBAN, text="trois")) is None


def test_the_latest_decision_about_an_account_counts(app: Flask) -> None:
    by, one, other = accountant_id(), make_donor(), make_donor()
    for place, donor in enumerate((one, other)):
        line = one_line(iban=PAYER_IBAN, text=f"n{place}", minor=5_000 + place)
        known = matched(line)
        if known is not None:
            bank.undo_match(known.id, reason="x", by=by)
        bank.match_line(line.id, to_donor(line, donor, learn=True), by=by)
    live = db.session.scalars(sa.select(BankRule).where(BankRule.live)).all()
    assert [rule.donor_id for rule in live] == [other.id]


def test_words_a_person_taught_put_fees_on_their_account(app: Flask) -> None:
    by = accountant_id()
    bank.rule_of_words("cotisation  jazz", "627800", by=by)
    with pytest.raises(bank.MatchRefused):
        bank.rule_of_words("Cotisation JAZZ", "471000", by=by)
    match = matched(one_line(minor=-990, text="COTISATION JAZZ NOVEMBRE"))
    assert match is not None
    assert match.parts[0].account == "627800"


def test_fees_are_proposed_by_the_words_of_banks(app: Flask) -> None:
    line = one_line(minor=-990, text="FRAIS DE TENUE DE COMPTE")
    assert matched(line) is None
    assert proposed(line)[0].target == "627800"


@pytest.mark.parametrize(
    ("first_name", "last_name", "told", "closeness"),
    [
        ("Zoé", "Prévôt", "M OU MME PREVOT ZOE", 1.0),
        ("Zoé", "Prévôt", "PREVOT Z", 1.0),
        ("Zoé", "Prévôt", "MME PREVOT", 0.6),
        ("Anne-Marie", "de La Tour-Essai", "DE LA TOUR ESSAI ANNE MARIE", 1.0),
        ("Zoé", "Prévôt", "ZOE PREVOTEAU", None),
    ],
)
def test_names_are_recognised_as_banks_write_them(
    app: Flask, first_name: str, last_name: str, told: str, closeness: float | None
) -> None:
    donor = make_donor(first_name=first_name, last_name=last_name)
    found = [p for p in proposed(one_line(name=told)) if p.donor_id == donor.id]
    assert [p.closeness for p in found] == ([] if closeness is None else [closeness])
    assert not any(p.certain for p in found)


def test_a_company_is_recognised_by_a_name_that_is_near(app: Flask) -> None:
    company = make_company(company_name="Menuiserie Exemplaire")
    found = proposed(one_line(name="SARL MENUISERIE EXEMPLAIRE"))
    assert [p.donor_id for p in found] == [company.id]


def test_a_recorded_gift_makes_its_donor_likely(app: Flask) -> None:
    recorded = booked_gift(on=one_line(text="x", minor=1).booked_on)
    best = proposed(one_line(name="INCONNU"))[0]
    assert (best.donor_id, best.gift_ids) == (recorded.donor_id, (recorded.id,))


def test_two_donors_of_one_account_are_a_question(app: Flask) -> None:
    by, line = accountant_id(), one_line(iban=OTHER_IBAN, minor=8_000)
    bank.match_line(line.id, to_donor(line, make_donor(), learn=True), by=by)
    other = make_donor()
    spoken = one_line(iban=OTHER_IBAN, text=transfer_reference(other.ref), minor=8_100)
    match = matched(spoken)
    assert match is not None, "who names herself is believed before the account is"
    gift = match.parts[0].gift
    assert gift is not None
    assert gift.donor_id == other.id


def test_a_year_of_a_household_is_matched_in_one_go(app: Flask) -> None:
    donor = make_donor()
    first = one_line(iban=PAYER_IBAN, on=one_line(text="y").booked_on)
    bank.match_line(first.id, to_donor(first, donor, learn=True), by=accountant_id())
    monthly = [later(Wire(4_700, iban=PAYER_IBAN, text="VIR PERM"), 30 * n) for n in range(-9, 0)]
    told = bring_in(*monthly, opening=1)
    assert (told.matched, told.waiting) == (9, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Gift)) == 10
    assert all(matched(line) for line in all_lines() if line.iban_fingerprint)
