"""What the matching desk sends."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import validators

from portal.core.web.forms import Form
from portal.sponsorships.models import EndReason
from portal.sponsorships.queries.wording import END_REASONS


class PairForm(Form):
    """A sponsor's wish and a child, by their public ids."""

    wish = wtforms.HiddenField(validators=[validators.UUID()])
    child = wtforms.HiddenField(validators=[validators.UUID()])


class EndForm(Form):
    """Why a sponsorship ends, and whether the sponsor said she would like another child."""

    reason = wtforms.RadioField(_l("Why does it end?"), coerce=EndReason)
    waits_again = wtforms.BooleanField(
        _l("The sponsor was asked and waits for another child"),
        description=_l("She comes back to her old place in the queue. Never tick this unasked."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, _l(label)) for code, label in END_REASONS.items()]
