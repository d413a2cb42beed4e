"""What accountants and visitors fill in about receipts."""

from __future__ import annotations

import secrets

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import validators
from wtforms.fields import SelectChoice

from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, Form, required
from portal.receipts.models import Channel, ReceiptTiming
from portal.receipts.rules.register import code_typed

YEARS_BACK = range(1, 6)
"""Gifts that found no room under the limit serve five more years (CGI art. 200, 1)."""
SENSIBLE = AmountBetween(Money(0), Money(10**13))


class RunForm(Form):
    """Issue the receipts of a year; a year that is not over needs to be confirmed."""

    confirmed = wtforms.BooleanField(
        lazy_gettext("The year is not over, and I want its receipts issued now all the same")
    )


class ConfirmForm(Form):
    """A yes, with its token."""


class LettersForm(Form):
    """Print the letters; the token makes a form that is sent twice one batch."""

    form_token = wtforms.HiddenField(default=lambda: secrets.token_urlsafe(16))
    both_sides = wtforms.BooleanField(
        lazy_gettext("The printer prints on both sides"),
        description=lazy_gettext("Each receipt then begins on a new sheet."),
    )


class PreferenceForm(Form):
    """When receipts are made for a donor, and how they reach her."""

    timing = wtforms.RadioField(
        lazy_gettext("When do you want your receipts?"),
        choices=[
            SelectChoice(
                ReceiptTiming.ANNUAL.value, lazy_gettext("One receipt for the whole year")
            ),
            SelectChoice(ReceiptTiming.EACH.value, lazy_gettext("A receipt after each gift")),
        ],
    )
    channel = wtforms.RadioField(
        lazy_gettext("How do you want to get them?"),
        choices=[
            SelectChoice(Channel.MAIL.value, lazy_gettext("By e-mail")),
            SelectChoice(Channel.POST.value, lazy_gettext("By post, on paper")),
            SelectChoice(Channel.ACCOUNT.value, lazy_gettext("In my account only")),
        ],
    )


class ReasonForm(Form):
    """Why a receipt is cancelled or replaced; kept in the register, and told to the donor."""

    reason = wtforms.TextAreaField(
        lazy_gettext("Reason"),
        [
            required(N_("Say why: the donor and the register are told.")),
            validators.Length(max=500),
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
        description=lazy_gettext("The donor reads this in the e-mail or letter that tells of it."),
    )


class ReplaceForm(ReasonForm):
    """The same, and whether the new receipt takes in gifts that stand on none."""

    others = wtforms.BooleanField(lazy_gettext("Take in the donor's other gifts of the year"))


NO_CODE = N_("Type the twelve letters and digits printed under the square.")


def _is_a_code(_form: Form, field: wtforms.StringField) -> None:
    """Twelve letters and digits were typed, however they were spaced or read."""
    if not code_typed(field.data):
        raise validators.ValidationError(_(NO_CODE))


class VerifyForm(Form):
    """The code printed on a receipt."""

    class Meta(Form.Meta):
        csrf = False  # asks a question by GET and changes nothing

    code = wtforms.StringField(
        lazy_gettext("Code of the receipt"),
        [required(NO_CODE), _is_a_code],
        description=lazy_gettext(
            "Twelve letters and digits printed under the square, for example ABCDEFGH2345."
        ),
    )


def _income_told(_form: Form, field: AmountField) -> None:
    """An amount was typed; one that cannot be read has its own message already."""
    typed = (field.raw_data or [""])[0].strip()
    if not typed:
        raise validators.StopValidation(
            _("Write the net taxable income: it is on your tax notice.")
        )


class TaxesForm(Form):
    """What the simulation of a tax year is told; nothing of it is kept.

    ``carried_1`` … ``carried_5``: sums carried over from one to five years before, as the tax
    notice names them; ``income_1`` … the income of those years, when they are to be worked out.
    """

    income = AmountField(
        lazy_gettext("Net taxable income of the household"),
        [_income_told, SENSIBLE],
    )
    tax_due = AmountField(
        lazy_gettext("Tax due before reductions"), [validators.Optional(), SENSIBLE]
    )

    def amounts(self, name: str, year: int) -> dict[int, Money]:
        """The typed amounts of earlier years, by year."""
        typed = {year - back: self[f"{name}_{back}"].data for back in YEARS_BACK}
        return {past: amount for past, amount in typed.items() if amount is not None}


for _back in YEARS_BACK:
    setattr(TaxesForm, f"carried_{_back}", AmountField("", [validators.Optional(), SENSIBLE]))
    setattr(TaxesForm, f"income_{_back}", AmountField("", [validators.Optional(), SENSIBLE]))
