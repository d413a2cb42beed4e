"""An accountant's own entry, as it is typed, and its reversal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, FieldList, FormField, SelectField, StringField, validators
from wtforms.fields import SelectChoice

from portal.accounting.queries.chart import account_on, accounts_named, added_codes
from portal.accounting.rules.booking import BOOKS_BEGIN_ON
from portal.accounting.rules.chart import UnknownAccount
from portal.accounting.rules.draft import Line, credit, debit
from portal.accounting.services.manual import OPEN_TO_HAND, ManualOrder
from portal.accounts.forms.donor import at_most
from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.core.web.forms import AmountField, PartOfForm, required
from portal.donations.forms.entry import today
from portal.donations.forms.plans import OnceForm

LINES, MOST = 4, 12
SIDES = ("debit", "credit")


class LineForm(PartOfForm):
    """One side of the entry."""

    account = SelectField(lazy_gettext("Account"), default="")
    debit = AmountField(lazy_gettext("Debit"))
    credit = AmountField(lazy_gettext("Credit"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        usable = added_codes() | set(OPEN_TO_HAND)
        named = sorted(accounts_named(today()).items())
        choices = [SelectChoice(code, f"{code} {label}") for code, label in named if code in usable]
        self.account.choices = [SelectChoice("", _("Choose…")), *choices]

    @property
    def empty(self) -> bool:
        return not (self.account.data or self.debit.data or self.credit.data)

    def validate_account(self, field: Any) -> None:
        if not field.data and (self.debit.data or self.credit.data):
            field.errors = []
            raise validators.StopValidation(_("Choose the account."))

    def validate_debit(self, field: Any) -> None:
        if self.empty:
            return
        sides = [side for side in (field.data, self.credit.data) if side]
        if len(sides) != 1 or sides[0].minor < 0:
            raise validators.ValidationError(_("Write a debit or a credit, above zero."))

    @property
    def line(self) -> Line:
        """The side; only after a good check."""
        code = str(self.account.data)
        if self.debit.data:
            return debit(code, self.debit.data)
        assert self.credit.data is not None
        return credit(code, self.credit.data)


class EntryForm(OnceForm):
    """A balanced entry of the journal OD."""

    on = DateField(lazy_gettext("Day of the entry"), [required(N_("Write the day."))])
    piece_ref = StringField(
        lazy_gettext("Voucher"),
        [required(N_("Write the reference of the voucher.")), at_most(60)],
        description=lazy_gettext("The number of the invoice, of the statement, of the note."),
    )
    piece_on = DateField(
        lazy_gettext("Day of the voucher"), [required(N_("Write the day of the voucher."))]
    )
    label = StringField(
        lazy_gettext("Label"),
        [required(N_("Write what the entry is.")), at_most(120)],
        description=lazy_gettext("No name of a donor: the books carry their numbers."),
    )
    lines = FieldList(FormField(LineForm), min_entries=LINES, max_entries=MOST)

    def validate(self, extra_validators: Any = None) -> bool:
        """What is wrong with the lines as a whole stands in the summary too."""
        sound = bool(super().validate(extra_validators))
        self.form_errors += [each for each in self.lines.errors if isinstance(each, str)]
        return sound

    def validate_on(self, field: Any) -> None:
        if field.data is not None and not BOOKS_BEGIN_ON <= field.data <= today():
            raise validators.ValidationError(_("Write a day since 2020 that has come."))

    def validate_piece_on(self, field: Any) -> None:
        if field.data is not None and field.data > today():
            raise validators.ValidationError(_("A voucher is not dated in the future."))

    def validate_lines(self, _field: Any) -> None:
        told = [each.form for each in self.lines if not each.form.empty]
        if any(each.errors for each in told):
            return
        if len(told) < 2:
            raise validators.ValidationError(_("An entry has two lines at least."))
        debits = total([each.debit.data for each in told if each.debit.data])
        credits_ = total([each.credit.data for each in told if each.credit.data])
        if debits != credits_:
            raise validators.ValidationError(self._differ(debits, credits_))
        sides = [{each.account.data for each in told if each[side].data} for side in SIDES]
        if sides[0] & sides[1]:
            raise validators.ValidationError(
                _("The same account stands on both sides: write only what moves.")
            )
        self._must_be_in_the_chart(told)

    def _differ(self, debits: Money, credits_: Money) -> str:
        return str(
            _(
                "Debits come to %(debit)s, credits to %(credit)s: %(between)s between them.",
                debit=i18n.money(debits),
                credit=i18n.money(credits_),
                between=i18n.money(Money(abs((debits - credits_).minor))),
            )
        )

    def _must_be_in_the_chart(self, told: list[Any]) -> None:
        for each in told:
            try:
                account_on(str(each.account.data), self.on.data or today())
            except UnknownAccount as error:
                raise validators.ValidationError(
                    _("An account is not in the chart on that day.")
                ) from error

    @property
    def filled(self) -> Iterator[Line]:
        return (each.form.line for each in self.lines if not each.form.empty)

    @property
    def order(self) -> ManualOrder:
        """The entry as typed; only after a good check."""
        return ManualOrder(
            on=self.on.data,
            piece_ref=self.piece_ref.data or "",
            piece_on=self.piece_on.data,
            label=self.label.data or "",
            lines=tuple(self.filled),
            form_token=str(self.form_token.data),
        )


class ReverseForm(OnceForm):
    """Why an entry is undone."""

    reason = StringField(
        lazy_gettext("Why it is undone"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )
