"""The table of mandates that come in from another tool: signed, used before, to be collected here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.core.i18n_markers import N_
from portal.core.tables import Reference, Table
from portal.core.tables.columns import Amount, Code, Column, PlainKind, Ref, Text, Whole
from portal.core.tables.dates import Day
from portal.core.tables.spec import Breach, Values
from portal.core.tables.wording import ValueRefused, say
from portal.donations.field_tables import PURPOSES
from portal.donations.models import PlanInterval
from portal.donations.rules.direct_debit import MandateError, good_iban, good_rum, lapses_on


@dataclass(frozen=True)
class _Checked(PlainKind):
    """Text that a rule accepts; ``problem`` is what is wrong with another."""

    good: Callable[[str], str]
    problem: str

    def read(self, text: str) -> str:
        try:
            return self.good(text)
        except MandateError as error:
            raise ValueRefused(say(self.problem)) from error


class _Bic(PlainKind):
    """A bank's code of 8 or 11 letters and figures (ISO 9362)."""

    def read(self, text: str) -> str:
        bare = text.replace(" ", "").upper()
        if len(bare) not in (8, 11) or not (bare.isascii() and bare.isalnum()):
            raise ValueRefused(say(N_("is no BIC: 8 or 11 letters and figures")))
        return bare


def _not_lapsed(values: Values) -> Breach | None:
    """A mandate not used for 36 months has lapsed (SEPA Core rulebook): a new one must be signed."""
    signed, due, last = (values.get(n) for n in ("signed_on", "next_debit_on", "last_debit_on"))
    if not isinstance(signed, date) or not isinstance(due, date):
        return None
    used = last if isinstance(last, date) else None
    if used is not None and used < signed:
        return Breach("last_debit_on", say(N_("lies before the day the mandate was signed")))
    if lapses_on(signed, used) <= due:
        return Breach("last_debit_on", say(N_("is 36 months or more ago: the mandate has lapsed")))
    return None


MANDATES = Table(
    name="mandates",
    key=("rum",),
    columns=(
        Column("rum", _Checked(good_rum, N_("is no reference of a mandate (RUM)")), required=True),
        Column("donor_ref", Ref(), required=True),
        Column("iban", _Checked(good_iban, N_("is no IBAN: compare each figure")), required=True),
        Column("bic", _Bic()),
        Column("holder", Text(70)),
        Column("signed_on", Day(past=True), required=True),
        Column("amount_eur", Amount(above_zero=True), required=True),
        Column("interval", Code(PlanInterval), required=True),
        Column("next_debit_on", Day(), required=True),
        Column("last_debit_on", Day(past=True)),
        Column("purpose", Code(PURPOSES), required=True),
        Column("notice_days", Whole(1, 30)),
    ),
    references=(Reference("donor_ref", ("donors",)),),
    rules=(_not_lapsed,),
)
