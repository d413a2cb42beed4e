"""The tables of those who give and of what they gave, as they come in.

`gifts` are sums already received: settled on `received_on`, whatever the mode.
"""

from __future__ import annotations

from portal.accounts.field_tables import donors_table
from portal.core.tables.columns import Amount, Code, Column, Ref, Text
from portal.core.tables.dates import Day
from portal.core.tables.spec import Reference, Table
from portal.donations.codes import MONEY_MODES, PurposeKind
from portal.programmes.codes import Programme, Sex, Site

PROGRAMME_PURPOSE = f"{PurposeKind.PROGRAMME}:"
PURPOSES = (
    str(PurposeKind.GENERAL),
    str(PurposeKind.SPONSORSHIP),
    *(f"{PROGRAMME_PURPOSE}{programme}" for programme in Programme),
)

DONORS = donors_table(sexes=Sex, programmes=Programme, sites=Site, modes=MONEY_MODES)

GIFTS = Table(
    name="gifts",
    key=("gift_ref",),
    columns=(
        Column("gift_ref", Ref(), required=True),
        Column("donor_ref", Ref(), required=True),
        Column("received_on", Day(past=True), required=True),
        Column("amount_eur", Amount(above_zero=True), required=True),
        Column("mode", Code(MONEY_MODES), required=True),
        Column("purpose", Code(PURPOSES), required=True),
        Column("cheque_number", Text(40)),
        Column("deposit_ref", Text(40)),
    ),
    references=(Reference("donor_ref", ("donors",)),),
)

TABLES = (DONORS, GIFTS)


def purpose_of(text: str) -> tuple[PurposeKind, Programme | None]:
    """What a gift is for, from a value of the column `purpose` that was found good."""
    if text.startswith(PROGRAMME_PURPOSE):
        return PurposeKind.PROGRAMME, Programme(text.removeprefix(PROGRAMME_PURPOSE))
    return PurposeKind(text), None
