"""The slip that goes to the bank with cheques or cash, as PDF; in French, as the bank reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.config import Settings
from portal.core import pdf
from portal.core.money import Money

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "donations" / "pdf"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A cheque on a slip: whose name is on it, of which bank, its number and amount."""

    drawer: str
    bank: str
    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip says; without lines it is one of cash."""

    ref: str
    made_on: date
    account: str
    amount: Money
    lines: tuple[SlipLine, ...]

    @property
    def title(self) -> str:
        return f"Remise de {'chèques' if self.lines else 'espèces'} {self.ref}"


def print_slip(slip: Slip, settings: Settings, at: datetime) -> bytes:
    """The slip as PDF; the same input gives the same bytes. Raises portal.core.pdf.PdfError."""
    html = _template().render(slip=slip, organisation=settings.organisation)
    return pdf.render(
        html,
        title=slip.title,
        language="fr",
        author=settings.organisation.name,
        created_at=at,
        stylesheet="donations/slip.css",
    )


def _amount(amount: Money) -> str:
    euros, cents = divmod(amount.minor, 100)
    return f"{euros:,}".replace(",", "\u202f") + f",{cents:02d}\u00a0€"


def _day(on: date) -> str:
    written = str(format_date(on, "d MMMM y", locale="fr"))
    return written.replace("1 ", "1er ", 1) if on.day == 1 else written


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["amount"] = _amount
    environment.filters["day"] = _day
    return environment.get_template("slip.html.j2")
