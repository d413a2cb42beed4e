"""Piles of cheques, deposits and what else the office enters, for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from portal.accounts.codes import DonorKind
from portal.accounts.models import Account, Donor
from portal.core.money import Money
from portal.core.roles import Role
from portal.donations import in_hand
from portal.donations.codes import GiftMode
from portal.donations.models import Cheque, ChequeBatch, Deposit, Gift
from portal.donations.services import cheques, deposits, kind
from portal.donations.services.entry import HandedOver
from portal.donations.services.proofs import Proof
from tests.factories.people import make_account, make_donor

CAME_ON = dt.date(2026, 11, 18)
ACCOUNT = "FR14 2004 1010 0505 0001 3M02 606"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_numbers = count(1)


def token() -> str:
    """The name of a form that was never sent before."""
    return f"form-token-{next(_numbers):08}"


def make_accountant() -> Account:
    return make_account(roles=[Role.ACCOUNTANT])


def make_company(**given: Any) -> Donor:
    """A company whose SIREN and legal form are known."""
    values = {
        "kind": DonorKind.COMPANY,
        "first_name": "",
        "last_name": "",
        "company_name": "Menuiserie Exemple",
        "siren": "404833048",
        "legal_form": "SARL",
    }
    return make_donor(**(values | given))


def make_batch(
    *amounts: int, by: Account | None = None, arrived_on: dt.date = CAME_ON
) -> ChequeBatch:
    """A pile that was counted as these amounts in cents; nothing is entered yet."""
    who = by or make_accountant()
    total = Money(sum(amounts))
    return cheques.open_batch(arrived_on, len(amounts), total, by=who.id, form_token=token())


def enter(batch: ChequeBatch, minor: int, **given: Any) -> Cheque:
    """A cheque on that pile."""
    values: dict[str, Any] = {
        "donor": (given.pop("giver", None) or make_donor()).id,
        "amount": Money(minor),
        "number": f"{next(_numbers):07}",
        "bank": "Banque Exemple",
        "arrived_on": batch.arrived_on,
        "form_token": token(),
    }
    return cheques.add_cheque(batch.id, cheques.ChequeOrder(**(values | given)))


def make_cheque_gift(minor: int = 5_000, *, by: Account | None = None, **given: Any) -> Gift:
    """A cheque that was entered and recorded."""
    who = by or make_accountant()
    batch = make_batch(minor, by=who, arrived_on=given.get("arrived_on", CAME_ON))
    cheque = enter(batch, minor, **given)
    cheques.close_batch(batch.id, by=who.id)
    assert cheque.gift is not None
    return cheque.gift


def make_deposit(*gifts: Gift, by: Account | None = None) -> Deposit:
    """Those cheques on a slip."""
    who = by or make_accountant()
    return deposits.deposit_cheques(
        [gift.id for gift in gifts], ACCOUNT, CAME_ON, by=who.id, form_token=token()
    )


def make_cash(minor: int = 2_000, **given: Any) -> Gift:
    """Cash of somebody, with the number of a receipt of the book."""
    donor = given.pop("giver", None) or make_donor()
    order = HandedOver(
        donor_id=donor.id,
        amount=Money(minor),
        mode=GiftMode.CASH,
        received_on=given.pop("received_on", CAME_ON),
        form_token=token(),
        **given,
    )
    number = f"A-{next(_numbers):04}"
    return kind.record_cash(donor.id, order, number, by=make_accountant().id)


def proof() -> Proof:
    """A scan."""
    return Proof("note.pdf", PDF)


def cheque_of(gift: Gift) -> Cheque:
    found = in_hand.cheque_of_gift(gift.id)
    assert found is not None
    return found
