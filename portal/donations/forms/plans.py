"""What a donor decides about a running plan."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, TextAreaField, validators

from portal.core.web.forms import AmountBetween, AmountField, Form, required
from portal.donations.rules.gift import AMOUNT_LIMITS, Rhythm

_LIMITS = AMOUNT_LIMITS[Rhythm.MONTHLY]


class OnceForm(Form):
    """A form whose act happens once, however often it is sent: ``form_token`` names it."""

    form_token = HiddenField(validators=[validators.Regexp(r"^[\w-]{16,64}$")])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.form_token.data:
            self.form_token.data = secrets.token_urlsafe(18)


class AmountForm(OnceForm):
    """Another amount from the next debit on."""

    amount = AmountField(
        lazy_gettext("New monthly amount"),
        [required("Write the new amount."), AmountBetween(_LIMITS.minimum, _LIMITS.maximum)],
    )


class StopForm(Form):
    """No further debit; the reason is nobody's business unless it is given."""

    reason = TextAreaField(
        lazy_gettext("Would you tell us why?"), [validators.Optional(), validators.Length(max=1000)]
    )
