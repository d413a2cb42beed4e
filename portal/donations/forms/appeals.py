"""What an appeal by letter asks for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectField, StringField, TextAreaField, validators

from portal.accounts.forms.donor import at_most
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, required
from portal.donations.forms.entry import purpose_choices, today
from portal.donations.forms.plans import OnceForm


class AppealForm(OnceForm):
    """The code in each reference, the letter, what for, and who gets a slip."""

    name = StringField(
        lazy_gettext("Name of the appeal"), [required("Write its name."), at_most(80)]
    )
    code = StringField(
        lazy_gettext("Code"),
        [
            required("Write a code."),
            validators.Regexp(
                r"^[A-Za-z][A-Za-z0-9]{1,7}$",
                message=lazy_gettext("Two to eight letters and figures, a letter first."),
            ),
        ],
        description=lazy_gettext("It stands in each reference, for example NOEL26."),
    )
    message = TextAreaField(
        lazy_gettext("Letter"), [validators.Optional(), validators.Length(max=1800)]
    )
    purpose = SelectField(lazy_gettext("For"), default="general")
    amount = AmountField(
        lazy_gettext("Amount proposed"),
        [validators.Optional(), AmountBetween(Money(100), Money(10_000_000))],
        description=lazy_gettext("Without it the donor chooses."),
    )
    given_since = DateField(lazy_gettext("For who gave since"), [required("Write a day.")])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = purpose_choices()

    def validate_given_since(self, field: Any) -> None:
        if field.data and field.data > today():
            raise validators.ValidationError(_("Write a day that has come."))
