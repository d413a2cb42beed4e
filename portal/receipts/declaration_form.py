"""The form by which a filed declaration is written down."""

from __future__ import annotations

import secrets
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import validators

from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, clock_now, required


class DeclarationForm(Form):
    """When and under which number it was filed; the token makes a form sent twice one filing."""

    form_token = wtforms.HiddenField(
        default=lambda: secrets.token_urlsafe(16), validators=[validators.Length(16, 64)]
    )
    filed_on = wtforms.DateField(
        lazy_gettext("Filed on"),
        [required(N_("Write the day it was filed."))],
        description=lazy_gettext("The day the declaration was sent to the tax office."),
    )
    reference = wtforms.StringField(
        lazy_gettext("Number of the acknowledgement"),
        [
            required(N_("Write the number of the tax office's acknowledgement.")),
            validators.Length(max=80),
        ],
        description=lazy_gettext("As it stands on the acknowledgement of the online service."),
    )

    def __init__(self, year: int, **kw: Any) -> None:
        self._year = year
        super().__init__(**kw)

    def validate_filed_on(self, field: wtforms.DateField) -> None:
        """A filing is a thing of the past, and comes when the year is over."""
        if field.data and field.data > paris_date(clock_now()):
            raise validators.ValidationError(_("This day has not come yet."))
        if field.data and field.data.year <= self._year:
            raise validators.ValidationError(
                _("The gifts of %(year)s are declared once that year is over.", year=self._year)
            )
