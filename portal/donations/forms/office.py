"""What the head office decides about a gift."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField, validators

from portal.core.money import Money
from portal.core.web.forms import AmountField, Form, required
from portal.donations.forms.plans import OnceForm


class RefundForm(OnceForm):
    """Money to give back, in the currency of the gift, and why."""

    amount = AmountField(
        lazy_gettext("Amount to give back"), [required("Write the amount to give back.")]
    )
    reason = StringField(
        lazy_gettext("Reason"),
        [required("Write the reason: it stays in the history."), validators.Length(max=500)],
    )

    def __init__(self, left: Money, **kw: Any) -> None:
        self._left = left
        super().__init__(amount=left, **kw)

    def process(self, *args: Any, **kw: Any) -> None:
        """What is typed is read in the gift's own currency."""
        self.amount.currency = self._left.currency
        super().process(*args, **kw)

    def validate_amount(self, field: AmountField) -> None:
        """Money goes back, never nothing and never the other way."""
        if field.data is not None and field.data.minor <= 0:
            raise validators.ValidationError(_("Write an amount above zero."))


class FailedRefundForm(Form):
    """How somebody saw to a refund that failed."""

    note = StringField(
        lazy_gettext("What was done"),
        [required("Write what was done: it stays in the history."), validators.Length(max=500)],
    )
