"""What is asked about the association's own bank accounts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField, validators

from portal.accounting.forms.bank import OurAccountForm
from portal.accounting.rules.own_accounts import CODE
from portal.accounting.rules.statements.accounts import iban_in
from portal.accounts.forms.donor import at_most
from portal.core.web.forms import Form, required

SEPARATORS = frozenset("\t|\r\n")


class NumberForm(Form):
    """Its number and its words in the chart."""

    ledger_code = StringField(
        lazy_gettext("Number in the chart"),
        [
            validators.Optional(),
            validators.Regexp(
                f"^{CODE.pattern}$", message=lazy_gettext("Write six figures that begin with 512.")
            ),
        ],
        description=lazy_gettext("Six figures that begin with 512: 512200 for the second account."),
    )
    ledger_label = StringField(
        lazy_gettext("How the books word it"),
        [validators.Optional(), at_most(100)],
        description=lazy_gettext("It stands in the ledger and in the FEC: the name of the bank."),
    )

    def validate_ledger_label(self, field: Any) -> None:
        if SEPARATORS & set(field.data or ""):
            raise validators.ValidationError(
                _("A label has no bar and no tab: they separate the columns of the FEC.")
            )


class FreeAccountForm(OurAccountForm, NumberForm):
    """An account of ours on which nothing is booked yet: its number may still be chosen."""


class NewAccountForm(NumberForm):
    """An account of ours before its first statement."""

    iban = StringField(lazy_gettext("IBAN"), [required("Write the account's IBAN."), at_most(42)])
    name = StringField(lazy_gettext("Name of the account"), [validators.Optional(), at_most(60)])

    def validate_iban(self, field: Any) -> None:
        if field.data and not iban_in(field.data):
            raise validators.ValidationError(_("This IBAN is not right: check its figures."))


class MoveForm(Form):
    """What stands on another account goes to its own."""
