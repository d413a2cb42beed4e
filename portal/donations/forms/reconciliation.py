"""What the head office says about a difference between Stripe's books and ours."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField, validators

from portal.core.web.forms import Form, required


class ExplainForm(Form):
    """Why a difference is right, or what was done about it."""

    note = StringField(
        lazy_gettext("Explanation"),
        [
            required("Write why this is right, or what was done: it stays in the history."),
            validators.Length(max=500),
        ],
    )
