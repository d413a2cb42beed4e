"""The forms of cheques: the count of a pile, one cheque, a slip, a cheque that came back."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms import validators as rules
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, required
from portal.donations import in_hand
from portal.donations.forms.entry import DayField, WhatForForm, today
from portal.donations.forms.plans import OnceForm
from portal.donations.in_hand import Double
from portal.donations.models import ReturnReason
from portal.donations.rules.deposit import account_name
from portal.donations.services.provider import settings

LEAST, MOST = Money(1), Money(100_000_000)
MOST_CHEQUES = 500


class BatchForm(OnceForm):
    """A pile counted by hand: how many cheques, and what they add up to."""

    count = IntegerField(
        lazy_gettext("Number of cheques"),
        [
            required(N_("Write how many cheques there are.")),
            rules.NumberRange(1, MOST_CHEQUES, lazy_gettext("Write a number from 1 to 500.")),
        ],
    )
    total = AmountField(
        lazy_gettext("Total, added up by hand"),
        [required(N_("Write what the cheques add up to.")), AmountBetween(LEAST, MOST)],
    )
    arrived_on = DayField(
        lazy_gettext("The letters came on"),
        [required(N_("Write the day the letters came."))],
        description=lazy_gettext("This day decides the tax year, not the day of the deposit."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.is_submitted() and self.arrived_on.data is None:
            self.arrived_on.data = today()


class RecountForm(OnceForm):
    """The pile was counted wrong."""

    count = BatchForm.count
    total = BatchForm.total


class ChequeForm(WhatForForm):
    """One cheque of a pile. ``doubles`` are records that may be the same piece of paper."""

    amount = AmountField(
        lazy_gettext("Amount"), [required(N_("Write the amount.")), AmountBetween(LEAST, MOST)]
    )
    number = StringField(
        lazy_gettext("Cheque number"), [required(N_("Write the number.")), at_most(40)]
    )
    bank = StringField(lazy_gettext("Bank"), [at_most(80)])
    drawer = StringField(
        lazy_gettext("Name on the cheque, if it is another"), [rules.Optional(), at_most(120)]
    )
    arrived_on = DayField(
        lazy_gettext("The letter came on"), [required(N_("Write the day the letter came."))]
    )
    another = BooleanField(lazy_gettext("It is another cheque"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.doubles: list[Double] = []

    def validate_number(self, field: Any) -> None:
        found = in_hand.doubles_of(field.data or "", self.bank.data or "")
        self.doubles = found
        if found and not self.another.data:
            raise rules.ValidationError(
                _("A cheque of this number is known already. Look at it, then say what it is.")
            )


class CheckboxList(SelectMultipleField):
    """Several of a list, each with its box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class AccountForm(OnceForm):
    """To which account, on which day."""

    account = StringField(
        lazy_gettext("Account to credit"),
        [required(N_("Write the account: its IBAN, or how the bank calls it.")), at_most(80)],
        description=lazy_gettext("Its IBAN, as it is printed on the slip."),
    )
    made_on = DayField(lazy_gettext("Day of the deposit"), [required(N_("Write the day."))])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.is_submitted():
            return
        self.made_on.data = self.made_on.data or today()
        known = in_hand.last_account() or account_name(settings().organisation.iban)
        self.account.data = self.account.data or known

    def validate_account(self, field: Any) -> None:
        try:
            field.data = account_name(field.data or "")
        except ValueError as error:
            raise rules.ValidationError(_("The digits of this IBAN do not agree.")) from error


class SlipForm(AccountForm):
    """Which cheques go to the bank."""

    cheques = CheckboxList(lazy_gettext("Cheques"), coerce=int)

    def validate_cheques(self, field: Any) -> None:
        if not field.data:
            raise rules.ValidationError(_("Choose at least one cheque."))


class CashSlipForm(AccountForm):
    """How much cash goes to the bank."""

    amount = AmountField(
        lazy_gettext("Cash to deposit"),
        [required(N_("Write the amount.")), AmountBetween(LEAST, MOST)],
    )


class ReturnForm(OnceForm):
    """What the bank said when it sent a cheque back."""

    on = DayField(lazy_gettext("The bank took it back on"), [required(N_("Write the day."))])
    reason = SelectField(lazy_gettext("Reason"))
    fee = AmountField(
        lazy_gettext("Fee of the bank"),
        [rules.Optional(), AmountBetween(Money(0), MOST)],
        description=lazy_gettext("What the bank took from us for it, if anything."),
    )
    note = StringField(lazy_gettext("Note"), [rules.Optional(), at_most(500)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.reason.choices = [SelectChoice(r.value, return_words(r)) for r in ReturnReason]


def return_words(reason: ReturnReason) -> str:
    """Why the bank sent a cheque back."""
    words = {
        ReturnReason.NO_FUNDS: _("Not enough money on the account"),
        ReturnReason.STOPPED: _("The donor stopped it"),
        ReturnReason.CLOSED_ACCOUNT: _("The account is closed"),
        ReturnReason.FAULTY: _("Not signed, or the amounts differ"),
        ReturnReason.OTHER: _("Another reason"),
    }
    return str(words[reason])
