"""The table of donors, as it comes in (docs/rules/field-tables.md)."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.codes import DonorKind, Language
from portal.core.tables.columns import Amount, Code, Column, Ref, Text, Whole, YesNo
from portal.core.tables.dates import Day
from portal.core.tables.identifiers import Country, Email, Siren
from portal.core.tables.rules import at_most
from portal.core.tables.spec import Table

_OLDEST = 99


def donors_table(
    *,
    sexes: Iterable[str],
    programmes: Iterable[str],
    sites: Iterable[str],
    modes: Iterable[str],
) -> Table:
    """The table of donors; the codes that other features own are handed in."""
    return Table(
        name="donors",
        key=("donor_ref",),
        columns=(
            Column("donor_ref", Ref(), required=True),
            Column("kind", Code(DonorKind), required=True),
            Column("title", Text()),
            Column("first_name", Text()),
            Column("last_name", Text()),
            Column("company_name", Text()),
            Column("siren", Siren()),
            Column("email", Email()),
            Column("address1", Text()),
            Column("address2", Text()),
            Column("postcode", Text(20)),
            Column("city", Text()),
            Column("country", Country()),
            Column("language", Code(Language)),
            Column("phone", Text(40)),
            Column("since", Day(past=True)),
            Column("wants_sponsorship", YesNo()),
            Column("wish_sex", Code(sexes)),
            Column("wish_age_min", Whole(0, _OLDEST)),
            Column("wish_age_max", Whole(0, _OLDEST)),
            Column("wish_programme", Code(programmes)),
            Column("wish_site", Code(sites)),
            Column("monthly_eur", Amount()),
            Column("payment", Code(modes)),
            Column("note", Text(10_000, lines=True)),
        ),
        rules=(at_most("wish_age_min", "wish_age_max"),),
    )
