"""The forms of our own direct debits: a mandate, another account, a file for the bank, what came back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms import validators as rules
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountField, required
from portal.donations.codes import PurposeKind
from portal.donations.forms.entry import WhoForm, purpose_choices, purpose_of_choice, today
from portal.donations.forms.plans import OnceForm
from portal.donations.models import PlanInterval
from portal.donations.rules.amounts import AmountError, Rhythm, check_amount
from portal.donations.rules.direct_debit import (
    NOTICE_DAYS,
    REASONS,
    MandateError,
    good_iban,
    good_rum,
    months_after,
)
from portal.donations.rules.plan_dates import LONGEST_PAUSE
from portal.donations.rules.proof import BadProof, ProofTooLarge, media_type_of
from portal.donations.services.direct_debits import Account, Promise
from portal.donations.services.proofs import Proof
from portal.donations.wording import every_words

OPTIONAL = rules.Optional()


class AccountForm(OnceForm):
    """The account to debit and the paper its holder signed."""

    holder = StringField(lazy_gettext("Holder of the account"), [OPTIONAL, at_most(70)])
    iban = StringField(
        lazy_gettext("IBAN"), [required(N_("Write the IBAN of the account.")), at_most(50)]
    )
    bic = StringField(lazy_gettext("BIC"), [OPTIONAL, at_most(11)])
    rum = StringField(
        lazy_gettext("Reference of the mandate (RUM)"),
        [OPTIONAL, at_most(35)],
        description=lazy_gettext("Left empty, one is made."),
    )
    signed_on = DateField(lazy_gettext("Signed on"), [required(N_("Write the day it was signed."))])
    notice_days = IntegerField(
        lazy_gettext("Days between the announcement and the debit"),
        [rules.NumberRange(1, 30, lazy_gettext("Write a number from 1 to 30."))],
        default=NOTICE_DAYS,
        description=lazy_gettext("Fourteen, unless the mandate says less."),
    )
    paper = FileField(lazy_gettext("The signed mandate (PDF or JPEG)"))

    def validate_iban(self, field: Any) -> None:
        try:
            good_iban(field.data)
        except MandateError as error:
            raise rules.ValidationError(
                _("This IBAN is not right: compare each figure with the paper.")
            ) from error

    def validate_rum(self, field: Any) -> None:
        try:
            good_rum(field.data)
        except MandateError as error:
            raise rules.ValidationError(
                _("A reference has at most 35 letters and figures, without accents.")
            ) from error

    def validate_bic(self, field: Any) -> None:
        bare = field.data.upper()
        if len(bare) not in (8, 11) or not (bare.isascii() and bare.isalnum()):
            raise rules.ValidationError(_("A BIC has 8 or 11 letters and figures."))

    def validate_signed_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise rules.ValidationError(_("Write a day that has come."))

    def validate_paper(self, field: Any) -> None:
        if not field.data:
            return
        content = field.data.read()
        field.data.seek(0)
        try:
            media_type_of(content)
        except ProofTooLarge as error:
            raise rules.ValidationError(_("The file is larger than 10 MB.")) from error
        except BadProof as error:
            raise rules.ValidationError(_("Choose a PDF or a JPEG.")) from error

    @property
    def account(self) -> Account:
        """What was typed; only after a good check."""
        assert self.signed_on.data is not None
        scan = self.paper.data
        return Account(
            holder=self.holder.data or "",
            iban=self.iban.data or "",
            signed_on=self.signed_on.data,
            bic=self.bic.data or "",
            rum=self.rum.data or "",
            notice_days=self.notice_days.data or NOTICE_DAYS,
            paper=Proof(scan.filename, scan.read()) if scan else None,
        )


class MandateForm(WhoForm, AccountForm):
    """A donor's mandate, with what was promised."""

    amount = AmountField(lazy_gettext("Amount of a debit"), [required(N_("Write the amount."))])
    interval = SelectField(lazy_gettext("How often"), default=PlanInterval.MONTH.value)
    first_due_on = DateField(
        lazy_gettext("Next debit on"),
        [required(N_("Write the day of the next debit."))],
        description=lazy_gettext("Later debits keep this day of the month."),
    )
    purpose = SelectField(lazy_gettext("For"), default=PurposeKind.SPONSORSHIP.value)
    last_collected_on = DateField(
        lazy_gettext("Last debited on, when it ran before"),
        [OPTIONAL],
        description=lazy_gettext("The mandate lapses after 36 months without a debit."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.interval.choices = [SelectChoice(i.value, every_words(i)) for i in PlanInterval]
        self.purpose.choices = purpose_choices()

    def validate_amount(self, field: Any) -> None:
        if not isinstance(field.data, Money):
            return
        try:
            check_amount(field.data, Rhythm.of_interval(self.interval.data))
        except AmountError as error:
            raise rules.ValidationError(_("This amount is too small or too large.")) from error

    def validate_first_due_on(self, field: Any) -> None:
        if field.data and field.data <= today():
            raise rules.ValidationError(_("Write a day to come."))

    def validate_last_collected_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise rules.ValidationError(_("Write a day that has come."))

    @property
    def promise(self) -> Promise:
        """What was promised; only after a good check."""
        assert self.amount.data is not None
        assert self.first_due_on.data is not None
        purpose, programme = purpose_of_choice(self.purpose.data)
        return Promise(
            amount=self.amount.data,
            interval=PlanInterval(self.interval.data),
            first_due_on=self.first_due_on.data,
            purpose=purpose,
            programme=programme,
            last_collected_on=self.last_collected_on.data,
        )


class MandateFileForm(OnceForm):
    """A file of mandates from another tool: checked, then brought in."""

    file = FileField(lazy_gettext("File of mandates (CSV or XLSX)"))
    keep = BooleanField(
        lazy_gettext("Keep the mandates of this file. Without this it is only checked.")
    )

    def validate_file(self, field: Any) -> None:
        if not field.data:
            raise rules.ValidationError(_("Choose the file of mandates."))


class EndMandateForm(OnceForm):
    """Why a mandate is over."""

    reason = StringField(
        lazy_gettext("Reason"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )
    sure = BooleanField(
        lazy_gettext("I know that no debit will be taken any more."),
        [required(N_("Tick the box to go on."))],
    )


class DebitAmountForm(OnceForm):
    """Another amount from the next debit on."""

    amount = AmountField(lazy_gettext("Amount of a debit"), [required(N_("Write the amount."))])


class PauseDebitsForm(OnceForm):
    """No debit for a while."""

    until = DateField(
        lazy_gettext("Debits begin again on"), [required(N_("Write the day debits begin again."))]
    )

    def validate_until(self, field: Any) -> None:
        if field.data and not today() < field.data <= months_after(today(), LONGEST_PAUSE):
            raise rules.ValidationError(_("Write a day of the next six months."))


class CollectForm(OnceForm):
    """The day of the debits in a new file."""

    on = DateField(
        lazy_gettext("Day of the debits"), [required(N_("Write the day of the debits."))]
    )


class CreditedForm(OnceForm):
    """The day the account shows the money."""

    on = DateField(
        lazy_gettext("Credited on"), [required(N_("Write the day the account was credited."))]
    )

    def validate_on(self, field: Any) -> None:
        if field.data and not dt.date(2020, 1, 1) <= field.data <= today():
            raise rules.ValidationError(_("Write a day that has come."))


class ReasonForm(OnceForm):
    """Why something is undone or given up."""

    reason = StringField(
        lazy_gettext("Reason"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )


class StatusFileForm(OnceForm):
    """The bank's answer to a file."""

    file = FileField(lazy_gettext("File of the bank (pain.002)"))
    on = DateField(lazy_gettext("Day of the refusals or returns"), [required(N_("Write the day."))])

    def validate_file(self, field: Any) -> None:
        if not field.data:
            raise rules.ValidationError(_("Choose the file the bank sent."))


class CameBackForm(OnceForm):
    """One debit that came back, told by letter or statement."""

    end_to_end = StringField(
        lazy_gettext("Identifier of the debit"),
        [required(N_("Write the identifier, for example PSE-12-1.")), at_most(35)],
    )
    code = SelectField(lazy_gettext("Reason the bank gives"))
    on = DateField(lazy_gettext("Came back on"), [required(N_("Write the day."))])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.code.choices = [
            SelectChoice(code, f"{code} · {_(reason.words)}") for code, reason in REASONS.items()
        ]

    def validate_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise rules.ValidationError(_("Write a day that has come."))


class LettersForm(OnceForm):
    """The letters of announcement went out."""

    on = DateField(lazy_gettext("Posted on"), [required(N_("Write the day the letters went out."))])

    def validate_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise rules.ValidationError(_("Write a day that has come."))
