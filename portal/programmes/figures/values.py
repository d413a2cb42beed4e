"""What the figures are on a day, and how they may be published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.db import db
from portal.programmes.figures.catalogue import FIGURES, Figure

SMALLEST_GROUP = 5


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure on a day: its exact value, for the head office."""

    figure: Figure
    as_of: date
    value: int

    @property
    def label(self) -> str:
        """What is counted, in the reader's language."""
        return str(_(self.figure.label))

    @property
    def about(self) -> str:
        """How it is counted, in the reader's language."""
        return str(_(self.figure.about))

    @property
    def period(self) -> str:
        """The period for machines (ISO 8601 dates)."""
        return self.figure.period.written(self.as_of)

    @property
    def period_words(self) -> str:
        """The period in the reader's language."""
        return self.figure.period.said(self.as_of)

    @property
    def suppressed(self) -> bool:
        """Whether so few persons are counted that somebody could be recognised."""
        return self.figure.people and self.value < SMALLEST_GROUP

    @property
    def published(self) -> str:
        """The value as it may leave the house, in the reader's language."""
        if self.suppressed:
            return str(_("fewer than %(number)s", number=SMALLEST_GROUP))
        return i18n.number(self.value)


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """A figure in words, as sponsors and the public may read it."""

    code: str
    label: str
    value: str
    period: str


def value_of(figure: Figure, as_of: date) -> int:
    """The figure's value on that day; a sum is rounded to the nearest whole number."""
    rows = figure.rows(as_of).subquery()
    told = sa.func.sum(rows.c.quantity) if figure.summed else sa.func.count(rows.c.ref.distinct())
    return round(db.session.scalar(sa.select(told)) or 0)


def computed(as_of: date, codes: Collection[str] | None = None) -> list[FigureValue]:
    """All figures, or those with these codes, in the order of the catalogue."""
    wanted = [figure for figure in FIGURES if codes is None or figure.code in codes]
    return [FigureValue(figure, as_of, value_of(figure, as_of)) for figure in wanted]


def public_figures(
    as_of: date, language: str, codes: Collection[str] | None = None
) -> list[PublicFigure]:
    """The figures for sponsors and the public: small groups of persons are not told exactly."""
    with i18n.in_language(language):
        return [
            PublicFigure(found.figure.code, found.label, found.published, found.period_words)
            for found in computed(as_of, codes)
        ]
