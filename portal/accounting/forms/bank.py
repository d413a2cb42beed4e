"""What is asked about statements and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from stdnum import iban
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    SelectField,
    StringField,
    validators,
)
from wtforms.fields import SelectChoice

from portal.accounting.bank_wording import account_choices
from portal.accounting.models import BankAccount
from portal.accounting.rules.statements import ColumnPlan
from portal.accounts.forms.donor import at_most
from portal.accounts.models import Donor
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, Form, PartOfForm, required
from portal.donations import finding
from portal.donations.forms.entry import WhoForm, purpose_choices, purpose_of_choice

NOTHING = "-1"
MOST = Money(100_000_000)


class UploadForm(Form):
    """A file of statements, and for a table the account it is of."""

    file = FileField(
        lazy_gettext("File of the bank"),
        [FileRequired(lazy_gettext("Choose the file."))],
        description=lazy_gettext(
            "CAMT.053, CFONB 120, OFX or CSV; a ZIP of them is fine. 20 MB at most."
        ),
    )


class AccountForm(Form):
    """Which of our accounts a table is of: one that is known, or a new one by its IBAN."""

    known = SelectField(lazy_gettext("Account"), [validators.Optional()])
    iban = StringField(
        lazy_gettext("IBAN of another account"), [validators.Optional(), at_most(42)]
    )

    def __init__(self, accounts: Sequence[BankAccount], **kw: Any) -> None:
        super().__init__(**kw)
        choices = [SelectChoice(each.iban, each.shown) for each in accounts]
        self.known.choices = [*choices, SelectChoice("", _("Another account"))]

    def validate_iban(self, field: Any) -> None:
        if self.known.data:
            return
        if not iban.is_valid(field.data or ""):
            raise validators.ValidationError(_("This is not a valid IBAN."))

    @property
    def account(self) -> str:
        """The account, without spaces."""
        return str(self.known.data or iban.compact(self.iban.data or ""))


class ColumnsForm(Form):
    """Which column of the table is what. Only the first three roles must be told."""

    booked_on = SelectField(lazy_gettext("Date of the movement"))
    text = SelectField(lazy_gettext("What the line says"))
    amount = SelectField(lazy_gettext("Amount, with its sign"))
    debit = SelectField(lazy_gettext("Debit"))
    credit = SelectField(lazy_gettext("Credit"))
    balance = SelectField(lazy_gettext("Balance after the movement"))
    counterparty = SelectField(lazy_gettext("Name of who paid"))
    counterparty_iban = SelectField(lazy_gettext("IBAN of who paid"))
    reference = SelectField(lazy_gettext("Reference"))

    def __init__(self, headings: Sequence[str], **kw: Any) -> None:
        super().__init__(**kw)
        columns = [
            SelectChoice(str(n), head.strip() or _("Column %(number)s", number=n + 1))
            for n, head in enumerate(headings)
        ]
        for field in self:
            if isinstance(field, SelectField):
                field.choices = [SelectChoice(NOTHING, _("Not told")), *columns]

    def validate_booked_on(self, field: Any) -> None:
        if field.data == NOTHING:
            raise validators.ValidationError(_("Say which column is the date."))

    def validate_amount(self, field: Any) -> None:
        if field.data == NOTHING and NOTHING in (self.debit.data, self.credit.data):
            raise validators.ValidationError(
                _("Say which column is the amount, or which are debit and credit.")
            )

    def plan(self, separator: str, header_row: int) -> ColumnPlan:
        """The plan that was told; only after a good check."""
        told = {name: _column(self[name].data) for name in _ROLES}
        if told["amount"] is not None:
            told["debit"] = told["credit"] = None
        text = _column(self.text.data)
        booked = _column(self.booked_on.data)
        assert booked is not None
        return ColumnPlan(separator, header_row, booked, () if text is None else (text,), **told)


_ROLES = ("amount", "debit", "credit", "balance", "counterparty", "counterparty_iban", "reference")


def _column(told: str) -> int | None:
    return None if told == NOTHING else int(told)


FEE, FEE_WITH_RETURN = "membership", "membership_with_return"


def aims() -> list[SelectChoice]:
    """What a line is for: a gift's purposes, and membership fees."""
    fees = [
        SelectChoice(FEE, _("Membership fee (7561)")),
        SelectChoice(FEE_WITH_RETURN, _("Membership fee with something in return (7562)")),
    ]
    return [*purpose_choices(), *fees]


def aim_of(choice: str) -> dict[str, Any]:
    """What the choice says of a part of a line, by the names of :class:`GiftPart`."""
    if choice in (FEE, FEE_WITH_RETURN):
        return {"membership": True, "with_return": choice == FEE_WITH_RETURN}
    purpose, programme = purpose_of_choice(choice)
    return {"purpose": purpose, "programme": programme}


class GiverForm(WhoForm):
    """The whole line is a gift, or a membership fee, of one donor."""

    purpose = SelectField(lazy_gettext("For"), default="general")
    learn = BooleanField(
        lazy_gettext("Remember for the next time"),
        description=lazy_gettext(
            "Transfers from this account will be this donor's gifts, for the same purpose. A membership"
            " fee is said each time."
        ),
    )
    another = BooleanField(
        lazy_gettext("It is another gift than the one recorded about that day"),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = aims()

    @property
    def learns(self) -> bool:
        """Whether the next transfer is the same: a membership fee is said each time."""
        return bool(self.learn.data) and self.purpose.data not in (FEE, FEE_WITH_RETURN)


class OtherForm(Form):
    """The line is no gift."""

    account = SelectField(lazy_gettext("What it is"))
    note = StringField(lazy_gettext("Note"), [validators.Optional(), at_most(200)])
    learn = BooleanField(
        lazy_gettext("Remember for the next time"),
        id="learn-other",
        description=lazy_gettext("Movements with this account will be the same."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account.choices = account_choices()


class PartForm(PartOfForm):
    """One of the gifts in a line."""

    who = StringField(lazy_gettext("Donor"), [at_most(120)])
    amount = AmountField(lazy_gettext("Amount"))
    purpose = SelectField(lazy_gettext("For"), default="general")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = aims()
        self.donor: Donor | None = None

    @property
    def filled(self) -> bool:
        return bool(self.who.data or self.amount.data)

    def validate_who(self, field: Any) -> None:
        if not self.filled:
            return
        found = finding.donors_like(field.data or "")
        if len(found) == 1:
            self.donor = found[0]
            return
        if not found:
            raise validators.ValidationError(_("Nobody fits: write a reference or a name."))
        names = ", ".join(f"{donor.name} ({donor.ref})" for donor in found[:4])
        raise validators.ValidationError(
            _("Several donors fit, write the reference: %(names)s.", names=names)
        )

    def validate_amount(self, field: Any) -> None:
        if self.filled and (field.data is None or field.data.minor <= 0):
            raise validators.ValidationError(_("Write the amount of this gift."))


class SplitForm(Form):
    """Several gifts in one line, and what the bank kept of them."""

    parts = FieldList(FormField(PartForm), min_entries=4, max_entries=12)
    kept = AmountField(
        lazy_gettext("Fee kept by the bank"),
        [validators.Optional(), AmountBetween(Money(0), MOST)],
        description=lazy_gettext("When the gifts come to more than the line."),
    )

    @property
    def gifts(self) -> list[PartForm]:
        """The rows that were filled in."""
        return [entry.form for entry in self.parts if entry.form.filled]

    @property
    def total(self) -> Money:
        """What the rows come to, less the fee."""
        told = sum((row.amount.data.minor for row in self.gifts if row.amount.data), 0)
        return Money(told - (self.kept.data.minor if self.kept.data else 0))


class UndoForm(Form):
    """Why a match was wrong."""

    reason = StringField(lazy_gettext("Why"), [required("Say why in a word or two."), at_most(200)])


class WordsRuleForm(Form):
    """Words of a line that mean an account."""

    words = StringField(
        lazy_gettext("Words of the line"),
        [required("Write the words."), validators.Length(min=4, max=80)],
        description=lazy_gettext("As the bank writes them, for example COTISATION JAZZ."),
    )
    account = SelectField(lazy_gettext("What it is"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account.choices = account_choices()


class PurposeForm(Form):
    """What the gifts of a rule are for."""

    purpose = SelectField(lazy_gettext("For"))

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = purpose_choices()


class OurAccountForm(Form):
    """What people call an account, and whether what is certain is matched at once."""

    name = StringField(lazy_gettext("Name of the account"), [validators.Optional(), at_most(60)])
    accepts_certain = BooleanField(
        lazy_gettext("Match what is certain at once"),
        description=lazy_gettext(
            "A good reference, a rule, a deposit slip or a payout. Everything can be undone."
        ),
    )


class EndOrderForm(Form):
    """A standing order is over."""

    ended_on = DateField(lazy_gettext("Last day"), [required("Write the day.")])
    reason = StringField(lazy_gettext("Why"), [validators.Optional(), at_most(200)])
