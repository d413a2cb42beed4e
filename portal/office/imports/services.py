"""One delivery of field tables: checked, tried, and kept or not kept as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from portal.accounts.services.recording import donors_by_ref, known_donors, record_donors
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.recording import Recorded, Tally
from portal.core.tables import Batch, Checked, Fault, Notice, Row, check, read_files, read_folder
from portal.core.tables.cells import header_name
from portal.core.tables.wording import say
from portal.donations.events import ChangeRefused
from portal.donations.field_tables import TABLES as MONEY_TABLES
from portal.donations.services import record_imported_gifts
from portal.programmes.field_tables import TABLES as PROGRAMME_TABLES
from portal.programmes.services.facts import propose_facts
from portal.programmes.services.recording import RECORDERS, known_references
from portal.sponsorships.services import wish_from_import

TABLES = (*PROGRAMME_TABLES, *MONEY_TABLES)
FIELD_TIME = ZoneInfo("Asia/Phnom_Penh")
ONE_AT_A_TIME = 721996
CHILD_IDENTITY = ["given_name_latin", "family_name_latin", "sex", "born_on"]
DONOR_IDENTITY = ["first_name", "last_name", "company_name", "kind"]
CHILD_WARNING = N_(
    "%(count)s known children get another name, sex or birth date: make sure that these references"
    " still name the same children"
)
DONOR_WARNING = N_(
    "%(count)s known donors get another name: make sure that these references still name the same"
    " donors"
)


@dataclass(frozen=True)
class Report:
    """What a delivery holds, what is wrong with it, and whether it was kept."""

    tables: dict[str, dict[str, int]]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    imported: bool

    def as_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            "tables": self.tables,
            "faults": [fault.as_json() for fault in self.faults],
            "imported": self.imported,
        }


class _Undone(Exception):
    """Nothing of a dry run is kept."""


def import_folder(
    folder: Path, *, now: datetime, dry_run: bool, skip_bad: bool, by: int | None = None
) -> Report:
    """Import the tables of a folder; see ``_import``."""
    return _import(read_folder(folder, TABLES), now, dry_run, skip_bad, by)


def import_files(
    files: Mapping[str, bytes | BinaryIO],
    *,
    now: datetime,
    dry_run: bool,
    skip_bad: bool,
    by: int | None = None,
) -> Report:
    """Import tables handed over by name."""
    return _import(read_files(files, TABLES), now, dry_run, skip_bad, by)


def _import(batch: Batch, now: datetime, dry_run: bool, skip_bad: bool, by: int | None) -> Report:
    """Everything is kept, or nothing: nothing on a dry run, nothing with a fault unless told to skip.

    With ``skip_bad`` exactly the faulty rows and those that lean on them are left out.
    """
    today = now.astimezone(FIELD_TIME).date()
    report: Report | None = None
    try:
        with transaction() as session:
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            known = known_references() | {"donors": known_donors()}
            checked = check(batch, TABLES, known, today)
            keep = not dry_run and (checked.sound or skip_bad) and bool(checked.tables)
            before = _last_trace()
            tallies, refused = _write(checked, batch, today)
            notices = (*checked.notices, *_other_people(before))
            keep = keep and (not refused or skip_bad)
            faults = (*checked.faults, *refused)
            report = Report(_counts(checked, tallies, refused), faults, notices, keep)
            if not keep:
                raise _Undone
            audit.record("import.field", "import:field", after=dict(report.tables), actor_id=by)
    except _Undone:
        pass
    assert report is not None
    return report


def _counts(
    checked: Checked, tallies: Mapping[str, Tally], refused: Sequence[Fault]
) -> dict[str, dict[str, int]]:
    return {
        name: {
            "rows": table.total,
            "new": tallies[name].new,
            "changed": tallies[name].changed,
            "same": tallies[name].same,
            "faulty": len(table.faulty) + sum(fault.table == name for fault in refused),
        }
        for name, table in checked.tables.items()
    }


def _write(checked: Checked, batch: Batch, today: date) -> tuple[dict[str, Tally], list[Fault]]:
    """Write the good rows; gifts that may not change any more come back as faults."""
    tallies: dict[str, Tally] = {}
    refused: list[Fault] = []
    children: set[int] = set()
    for name, rows in checked.without_bad().items():
        delivered = _delivered(batch, name, rows)
        if name == "donors":
            tallies[name] = _write_donors(delivered, today)
        elif name == "gifts":
            tallies[name] = _write_gifts(rows, delivered, refused)
        else:
            recorded = RECORDERS[name](delivered)
            tallies[name] = recorded.tally
            children |= _children(name, recorded)
    db.session.flush()
    if children:
        propose_facts(children, today)
    return tallies, refused


def _write_gifts(
    rows: Sequence[Row], delivered: Sequence[Mapping[str, Any]], refused: list[Fault]
) -> Tally:
    lines = {row.values["gift_ref"]: row.line for row in rows}

    def refuse(row: Mapping[str, Any], refusal: ChangeRefused) -> None:
        ref = str(row["gift_ref"])
        refused.append(Fault("gifts", lines[ref], "gift_ref", ref, say(refusal.reason)))

    return record_imported_gifts(delivered, refuse)


def _delivered(batch: Batch, name: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The values of the columns that were in the file; the others are left alone."""
    header = {header_name(cell) for cell in batch.tables[name].header.cells}
    return [{c: v for c, v in row.values.items() if c in header} for row in rows]


def _children(name: str, recorded: Recorded[Any]) -> set[int]:
    if name == "children":
        return {row.id for row in recorded.touched}
    ids = {getattr(row, "child_id", None) for row in recorded.touched}
    return {child_id for child_id in ids if child_id is not None}


def _write_donors(rows: Sequence[Mapping[str, Any]], today: date) -> Tally:
    """The donors, and the wishes to sponsor that stand in the same rows."""
    recorded = record_donors(rows)
    touched = {donor.ref for donor in recorded.touched}
    tally = recorded.tally
    donors = donors_by_ref({row["donor_ref"] for row in rows})
    for row in rows:
        wish = wish_from_import(donors[row["donor_ref"]], row, today)
        if wish != "same" and row["donor_ref"] not in touched:
            tally.same, tally.changed = tally.same - 1, tally.changed + 1
    return tally


def _last_trace() -> int:
    return int(db.session.scalar(sa.select(sa.func.max(audit.AuditEntry.id))) or 0)


def _other_people(before: int) -> list[Notice]:
    """A warning where known references now name somebody else: another name, sex or birth date."""
    found = []
    for table, kind, columns, words in (
        ("children", "child", CHILD_IDENTITY, CHILD_WARNING),
        ("donors", "donor", DONOR_IDENTITY, DONOR_WARNING),
    ):
        changed = sa.select(sa.func.count()).where(
            audit.AuditEntry.id > before,
            audit.AuditEntry.action == "record.changed",
            audit.AuditEntry.subject.startswith(f"{kind}:"),
            audit.AuditEntry.after.has_any(sa.cast(columns, ARRAY(sa.Text))),
        )
        if count := int(db.session.scalar(changed) or 0):
            found.append(Notice(table, say(words, count=count)))
    return found


def digest(files: Mapping[str, bytes]) -> str:
    """What distinguishes one delivery from another."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return total.hexdigest()
