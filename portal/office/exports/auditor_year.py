"""A tax year as the auditor sees it, and the proof that this file and the database say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.core.money import Money
from portal.core.spreadsheets import Row
from portal.office.exports import auditor_links as reads
from portal.office.exports.missing_links import UNEXPLAINED, missing_links

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that must be the same here and in the database, read by another way."""

    what: str
    counts: tuple[int, int] | None = None
    amounts: tuple[int, int] | None = None

    @property
    def holds(self) -> bool:
        return all(pair is None or pair[0] == pair[1] for pair in (self.counts, self.amounts))

    @property
    def row(self) -> Row:
        counted = self.counts or (None, None)
        sums = [None if minor is None else Money(minor) for minor in self.amounts or (None, None)]
        return (self.what, *counted, *sums, self.holds)


@dataclass(frozen=True, slots=True)
class AuditYear:
    """A tax year as the auditor sees it."""

    receipts: Sequence[Any]
    links: Sequence[Any]
    without: Sequence[Any]
    controls: Sequence[Control]

    @property
    def ties(self) -> bool:
        return all(control.holds for control in self.controls)


def read_year(year: int) -> AuditYear:
    """The year, read again when something was written while it was read."""
    for _try in range(_TRIES):
        found = _read_once(year)
        if found.ties:
            break
    return found


def _read_once(year: int) -> AuditYear:
    receipts, links = reads.receipts(year), reads.links(year)
    without = reads.gifts_without_receipt(year)
    return AuditYear(
        receipts, links, without, _controls(receipts, links, without, reads.controls(year))
    )


def _controls(
    receipts: Sequence[Any], links: Sequence[Any], without: Sequence[Any], told: Any
) -> list[Control]:
    standing = [row for row in receipts if row.state == "issued"]
    live = [row for row in links if row.receipt_state == "issued"]
    gifts = {row.id: row.euro_minor or 0 for row in (*live, *without)}
    booked = [row for row in live if row.entry]
    return [
        Control("Reçus de l'année, annulés compris", (len(receipts), told.receipts)),
        Control(
            "Reçus valides (déclaration art. 222 bis)",
            (len(standing), told.standing),
            (sum(row.amount_minor for row in standing), int(told.standing_minor)),
        ),
        Control(
            "Somme des reçus valides = somme des dons certifiés",
            None,
            (sum(row.certified_minor for row in live), int(told.standing_minor)),
        ),
        Control(
            "Dons certifiés par un reçu valide",
            None,
            (sum(row.certified_minor for row in live), int(told.certified_minor)),
        ),
        Control("Numéros de la série, sans trou", (told.in_series, told.last_number or 0)),
        Control(
            "Dons encaissés de l'année : avec reçu + sans reçu",
            (len(gifts), told.gifts),
            (sum(gifts.values()), int(told.gifts_minor)),
        ),
        Control(
            "Dons avec écriture : montant en euros = produit de l'écriture",
            None,
            (
                sum(row.euro_minor or 0 for row in booked),
                sum(int(row.income_minor or 0) for row in booked),
            ),
        ),
        Control(
            "Liens sans écriture et sans raison connue (aucun)",
            (sum(UNEXPLAINED in missing_links(row) for row in links), 0),
        ),
    ]
