"""What is decided about a running plan, by its sponsor or by the head office on her behalf."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField, SelectField, TextAreaField, validators

from portal.core.i18n_markers import N_
from portal.core.web.forms import AmountBetween, AmountField, Form, required
from portal.donations.codes import PurposeKind
from portal.donations.models import Plan
from portal.donations.rules.amounts import Rhythm, amount_limits

NOW, LATER = "now", "later"


class OnceForm(Form):
    """A form whose act happens once, however often it is sent: ``form_token`` names it."""

    form_token = HiddenField(validators=[validators.Regexp(r"^[\w-]{16,64}$")])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.form_token.data:
            self.new_act()

    def new_act(self) -> None:
        """The act was refused: sending the form again is another one."""
        self.form_token.raw_data = None
        self.form_token.data = secrets.token_urlsafe(18)


def amount_form(plan: Plan) -> OnceForm:
    """Another amount from the next debit on, between the limits of the plan's rhythm."""
    limits = amount_limits(
        Rhythm.of_interval(str(plan.interval)),
        plan.currency,
        sponsoring=plan.purpose is PurposeKind.SPONSORSHIP,
    )

    class AmountForm(OnceForm):
        amount = AmountField(
            lazy_gettext("New amount"),
            [required(N_("Write the new amount.")), AmountBetween(limits.minimum, limits.maximum)],
            currency=plan.currency,
        )

    return AmountForm(amount=plan.amount)


class DayForm(OnceForm):
    """The day of the month debits are taken on; each choice says when the next one would be."""

    day = SelectField(lazy_gettext("Day of the month"), coerce=int)

    def __init__(self, days: Sequence[tuple[int, str]], chosen: int | None) -> None:
        super().__init__(day=chosen)
        self.day.choices = list(days)


class PauseForm(OnceForm):
    """How long nothing is taken; each choice says until when."""

    months = RadioField(
        lazy_gettext("How long?"), coerce=int, validators=[validators.InputRequired()]
    )

    def __init__(self, choices: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.months.choices = list(choices)


class StopForm(OnceForm):
    """No further debit; the reason is nobody's business unless it is given."""

    reason = TextAreaField(
        lazy_gettext("Would you tell us why?"), [validators.Optional(), validators.Length(max=1000)]
    )


class MethodForm(OnceForm):
    """Another card or IBAN; what becomes of a debit that failed is asked, never decided silently."""

    collect = RadioField(
        lazy_gettext("The debit that did not come through"),
        [required(N_("Choose what happens with the open debit."))],
    )

    def __init__(self, now_words: str, later_words: str, *, asks: bool) -> None:
        super().__init__()
        self.collect.choices = [(NOW, now_words), (LATER, later_words)]
        if not asks:
            del self.collect

    @property
    def collects(self) -> bool:
        """Whether the open debit is to be taken at once."""
        return "collect" in self and self["collect"].data == NOW


class CallForm(Form):
    """What was said on the telephone; never a word about the child's family or health."""

    note = TextAreaField(
        lazy_gettext("What was agreed?"),
        [required(N_("Write a word about the call.")), validators.Length(max=1000)],
    )
