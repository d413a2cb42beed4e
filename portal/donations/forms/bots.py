"""What tells a person from a program that tries cards: a trap, and the time it takes to read.

The token is signed, names the form (so that a double click is one gift) and says when it was shown.
A form sent at once is no fault — browsers fill in forms for their owners — but a signal for the
guard (`rules.card_testing`).
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import HiddenField, StringField

from portal.core.web.forms import Form, clock_now

LEAST_TIME = dt.timedelta(seconds=2)
LONGEST_TIME = dt.timedelta(hours=24)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="donations.form")


def new_form_token() -> str:
    """A token for a form shown now."""
    shown = int(clock_now().timestamp())
    return str(_signer().dumps([secrets.token_urlsafe(12), shown]))


def read_form_token(token: str) -> tuple[str, dt.datetime] | None:
    """The form's own name and when it was shown, or None for a token we did not make."""
    try:
        name, shown = _signer().loads(token)
        return str(name), dt.datetime.fromtimestamp(int(shown), dt.UTC)
    except (BadSignature, TypeError, ValueError, OverflowError):
        return None


class GuardedForm(Form):
    """A form anybody may send. ``form_name`` is known once its token was found to be ours.

    ``hasty``: it was sent faster than it can be read.
    """

    form_token = HiddenField()
    website = StringField("Website")

    form_name = ""
    hasty = False

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.form_token.data:
            self.form_token.data = new_form_token()

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        problem = self._not_by_a_person()
        if problem:
            self.form_errors.append(problem)
            self.form_token.data = new_form_token()
            self.form_token.raw_data = None
        return good and not problem

    def _not_by_a_person(self) -> str:
        if self.website.data:
            return str(_("A field that must stay empty was filled in. Please send the form again."))
        read = read_form_token(self.form_token.data or "")
        if read is None or not dt.timedelta() <= clock_now() - read[1] <= LONGEST_TIME:
            return str(_("Please check your answers and send the form once more."))
        self.form_name, shown_at = read
        self.hasty = clock_now() - shown_at < LEAST_TIME
        return ""
