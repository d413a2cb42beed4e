"""Putting right what was entered: corrected with a reason, or withdrawn."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms import validators as rules
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, required
from portal.donations.forms.entry import WhoForm, purpose_choices
from portal.donations.forms.plans import OnceForm

LEAST, MOST = Money(1), Money(100_000_000)


class CorrectionForm(WhoForm):
    """What was entered wrong, and why it is changed."""

    amount = AmountField(
        lazy_gettext("Amount"), [required(N_("Write the amount.")), AmountBetween(LEAST, MOST)]
    )
    received_on = DateField(lazy_gettext("Received on"), [required(N_("Write the day."))])
    purpose = SelectField(lazy_gettext("For"))
    number = StringField(lazy_gettext("Cheque number"), [rules.Optional(), at_most(40)])
    reason = StringField(
        lazy_gettext("Why it is changed"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = purpose_choices()


class MembershipForm(OnceForm):
    """Whether money that came is a gift or a membership fee."""

    what = RadioField(
        lazy_gettext("This is"),
        choices=[
            SelectChoice("gift", lazy_gettext("a gift")),
            SelectChoice("fee", lazy_gettext("a membership fee, nothing given in return")),
            SelectChoice(
                "with_return", lazy_gettext("a membership fee that bought something of value")
            ),
        ],
    )
    reason = StringField(
        lazy_gettext("How it is known"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )


class WithdrawForm(OnceForm):
    """Why the entry was a mistake."""

    reason = StringField(
        lazy_gettext("What went wrong"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )
