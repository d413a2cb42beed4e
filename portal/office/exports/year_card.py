"""A year's exports on the accountant's year at a glance."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.db import db
from portal.core.exports import Export, ExportState, label_of
from portal.core.i18n import instant
from portal.core.web.cards import Card


def exports_of_the_year(year: int) -> Card:
    """How many files were made of the year, and the last of them."""
    chosen = sa.select(Export).where(Export.year == year, Export.state == ExportState.MADE)
    made = db.session.scalars(chosen.order_by(Export.id.desc())).all()
    lines = [_("No file was made of %(year)s yet.", year=year)]
    if made:
        count = ngettext("%(num)s file was made.", "%(num)s files were made.", len(made))
        newest = made[0]
        last = _(
            "The last: %(file)s, %(when)s.",
            file=label_of(newest.kind),
            when=instant(newest.made_at),
        )
        lines = [count, last]
    return Card(
        title=_("Exports of %(year)s", year=year),
        lines=tuple(str(line) for line in lines),
        url=url_for("exports.index", year=year),
        link=_("Exports"),
        icon="download",
    )
