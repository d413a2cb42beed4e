"""What the head office decides about a gift."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField, validators

from portal.core.web.forms import AmountField, required
from portal.donations.forms.plans import OnceForm


class RefundForm(OnceForm):
    """Money to give back, and why."""

    amount = AmountField(
        lazy_gettext("Amount to give back"), [required("Write the amount to give back.")]
    )
    reason = StringField(
        lazy_gettext("Reason"),
        [required("Write the reason: it stays in the history."), validators.Length(max=500)],
    )
