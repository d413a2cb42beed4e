"""Mandates brought in from another tool: all of a file, or nothing of it; known ones stay as they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.tables import Fault, Row, Sentence, check, read_files
from portal.core.tables.wording import say
from portal.donations.field_tables import purpose_of
from portal.donations.mandate_table import MANDATES
from portal.donations.models import Mandate, PlanInterval
from portal.donations.rules.amounts import AmountError, Rhythm, check_amount
from portal.donations.rules.direct_debit import NOTICE_DAYS
from portal.donations.services.direct_debits.creditor import creditor
from portal.donations.services.direct_debits.mandates import Account, Promise, register_mandate
from portal.donations.services.provider import today

_SUFFIXES = (".csv", ".xlsx", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mandate of the file that is not here yet, with its donor; its IBAN by the last four figures."""

    line: int
    donor: Donor
    promise: Promise
    account: Account

    @property
    def iban_last4(self) -> str:
        return self.account.iban[-4:]


@dataclass(frozen=True, slots=True)
class MandateFile:
    """What a file of mandates holds: new ones, how many are known already, and what is wrong."""

    new: tuple[Incoming, ...]
    known: int
    faults: tuple[Fault, ...]
    notices: tuple[Sentence, ...]

    @property
    def sound(self) -> bool:
        """Whether it may be brought in as it is."""
        return not self.faults and bool(self.new or self.known)


def read_mandates(filename: str, content: bytes) -> MandateFile:
    """Read a file of mandates (CSV or XLSX) and check it to the last value; nothing is kept."""
    suffix = PurePosixPath(filename).suffix.casefold()
    name = MANDATES.name + (suffix if suffix in _SUFFIXES else ".csv")
    batch = read_files({name: content}, [MANDATES])
    donors = _donors()
    checked = check(batch, [MANDATES], {"donors": donors.keys()}, today())
    rows = checked.tables[MANDATES.name].rows if MANDATES.name in checked.tables else ()
    here = _rums_here()
    faults = [*checked.faults, *(fault for row in rows for fault in _own_faults(row, here))]
    faulty = {fault.line for fault in faults}
    fresh = [row for row in rows if row.values["rum"] not in here and row.line not in faulty]
    return MandateFile(
        tuple(_incoming(row, donors) for row in fresh),
        sum(row.values["rum"] in here for row in rows),
        tuple(sorted(faults, key=lambda fault: fault.line)),
        tuple(notice.message for notice in checked.notices),
    )


class FaultyFile(Exception):
    """Something is wrong with the file: nothing of it was brought in."""


def bring_in_mandates(filename: str, content: bytes, *, by: int) -> MandateFile:
    """Keep every new mandate of the file, in one transaction. Raises FaultyFile, NoCreditor, RumTaken."""
    with transaction():
        found = read_mandates(filename, content)
        if not found.sound:
            raise FaultyFile
        for each in found.new:
            token = f"mandate-file-{each.account.rum}"[:64].ljust(16, "-")
            register_mandate(each.donor.id, each.promise, each.account, by=by, form_token=token)
        audit.record(
            "mandates.brought_in",
            "direct_debits",
            after={"file": filename, "new": len(found.new), "known": found.known},
            actor_id=by,
        )
        return found


def _donors() -> dict[str, int]:
    standing = sa.func.coalesce(Donor.merged_into_id, Donor.id).label("id")
    rows = db.session.execute(sa.select(Donor.ref, standing))
    return {row.ref: row.id for row in rows}


def _rums_here() -> set[str]:
    ours = creditor().creditor_id
    return set(db.session.scalars(sa.select(Mandate.rum).where(Mandate.creditor_id == ours)))


def _own_faults(row: Row, here: set[str]) -> list[Fault]:
    """What only the portal can judge: the amount for its rhythm, and a next debit still to come."""
    values, faults = row.values, []
    rhythm = Rhythm.of_interval(str(values["interval"]))
    if values["rum"] in here:
        return []
    try:
        check_amount(_amount(values), rhythm)
    except AmountError:
        faults.append(_fault(row, "amount_eur", say(N_("is too small or too large"))))
    if _day(values, "next_debit_on") <= today():
        faults.append(_fault(row, "next_debit_on", say(N_("must be a day to come"))))
    return faults


def _fault(row: Row, column: str, problem: Sentence) -> Fault:
    return Fault(MANDATES.name, row.line, column, str(row.values[column]), problem)


def _incoming(row: Row, donors: dict[str, int]) -> Incoming:
    values = row.values
    purpose, programme = purpose_of(str(values["purpose"]))
    last, notice = values["last_debit_on"], values.get("notice_days")
    promise = Promise(
        amount=_amount(values),
        interval=PlanInterval(str(values["interval"])),
        first_due_on=_day(values, "next_debit_on"),
        purpose=purpose,
        programme=programme,
        last_collected_on=last if isinstance(last, dt.date) else None,
    )
    account = Account(
        holder=str(values["holder"] or ""),
        iban=str(values["iban"]),
        signed_on=_day(values, "signed_on"),
        bic=str(values["bic"] or ""),
        rum=str(values["rum"]),
        notice_days=notice if isinstance(notice, int) else NOTICE_DAYS,
    )
    donor = db.session.get_one(Donor, donors[str(values["donor_ref"])])
    return Incoming(row.line, donor, promise, account)


def _amount(values: Any) -> Money:
    return Money(int(values["amount_eur"] * 100))


def _day(values: Any, column: str) -> dt.date:
    day = values[column]
    assert isinstance(day, dt.date), "a required day was checked"
    return day
