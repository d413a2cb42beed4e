"""A year with every kind of entry passes the strict reading of a FEC (LPF art. A47 A-1)."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.fec import InvalidSiren, check_siren
from portal.accounting.models import Entry
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import MatchOrder, OtherPart
from portal.accounting.services.exports import fec_year, make_fec
from portal.config import Organisation, Settings
from portal.core.db import db
from portal.core.exports import ExportRefused
from portal.core.money import Money
from portal.donations.codes import GiftMode
from tests.factories.bank import one_line
from tests.factories.books import booked_gift, online_gift, refund
from tests.factories.disputes import decide, make_dispute
from tests.factories.handed_over import make_cheque_gift, make_deposit
from tests.factories.people import make_account, make_donor
from tests.fec_checker import check_fec

ON = dt.date(2026, 6, 1)


@pytest.fixture
def year(app: Flask) -> None:
    """Gifts of every mode, undone and disputed, in francs, on slips; a line of the bank on an account."""
    for mode in GiftMode:
        booked_gift(mode=mode, on=ON, donor=make_donor(last_name="Łukasz — សុខ"))
    refund(online_gift(on=ON), 1_700)
    disputed = make_dispute(online_gift(on=ON))
    decide(disputed, won=False)
    make_deposit(make_cheque_gift(3_000))
    line = one_line(minor=-1_250, on=dt.date(2026, 11, 2), text="FRAIS")
    order = MatchOrder(
        kind=MatchKind.ACCOUNT, parts=(OtherPart(amount=Money(-1_250), account="627800"),)
    )
    bank.match_line(line.id, order, by=make_account().id)


def test_every_kind_of_entry_is_as_the_law_wants_it(year: None, settings: Settings) -> None:
    fec = make_fec(settings.organisation, 2026)

    assert check_fec(fec.data, fec.name) == []
    kinds = {
        source.split(":")[0] for source in db.session.scalars(sa.select(Entry.source)) if source
    }
    assert kinds >= {"gift", "refund", "movement", "dispute", "bank_part"}


def test_third_parties_are_named_by_their_number(year: None, settings: Settings) -> None:
    text = make_fec(settings.organisation, 2026).data.decode("iso8859-15")
    rows = [line.split("\t") for line in text.splitlines()[1:]]

    named = {row[4]: (row[6], row[7]) for row in rows if row[6]}
    assert set(named) == {"467000", "468100"}
    assert all(label == f"Donateur {number}" for number, label in named.values())
    assert "ukasz" not in text


@pytest.mark.parametrize("siren", ["123456789", "12345678", "00000000A", "000000000"])
def test_a_wrong_siren_is_refused_with_a_sentence(app: Flask, siren: str) -> None:
    with pytest.raises(InvalidSiren):
        check_siren(siren)
    with pytest.raises(ExportRefused, match="SIREN"):
        fec_year(Organisation(siren=siren), 2026)
