"""The forms of cash, objects, waived expenses and companies' agreements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import validators as rules
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, NumberField, required
from portal.donations.forms.entry import DayField, WhatForForm, WhoForm
from portal.donations.forms.plans import OnceForm
from portal.donations.models import ValuationBasis
from portal.donations.rules.mileage import Vehicle
from portal.donations.rules.proof import BadProof, ProofTooLarge, media_type_of
from portal.donations.services.kind import Expense, Waiver
from portal.donations.services.proofs import Proof

LEAST, MOST = Money(1), Money(100_000_000)
LINES = 1


def _amount(label: str, missing: str) -> AmountField:
    return AmountField(label, [required(missing), AmountBetween(LEAST, MOST)])


class ProofField(FileField):
    """A scan: PDF or JPEG, at most 10 MB, looked at by its bytes. ``proof`` is what was sent."""

    proof: Proof | None = None

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        sent = self.data
        if not sent or not getattr(sent, "filename", ""):
            return
        content = sent.read()
        try:
            media_type_of(content)
        except ProofTooLarge as error:
            raise rules.ValidationError(_("The scan is larger than 10 MB.")) from error
        except BadProof as error:
            raise rules.ValidationError(_("Choose a PDF or a JPEG picture.")) from error
        self.proof = Proof(str(sent.filename)[-120:], content)


class CashForm(WhatForForm):
    """Cash of somebody we know, with the number of the receipt out of the book."""

    amount = _amount(lazy_gettext("Amount"), N_("Write the amount."))
    received_on = DayField(lazy_gettext("Handed over on"), [required(N_("Write the day."))])
    book_number = StringField(
        lazy_gettext("Number of the receipt in the book"),
        [required(N_("Write the number of the receipt you tore out.")), at_most(40)],
        description=lazy_gettext("Cash is never taken without a numbered receipt."),
    )


class CollectionForm(OnceForm):
    """Cash out of a box, counted by two people who are not the same."""

    collection = StringField(
        lazy_gettext("Box or collection"),
        [required(N_("Write where it was collected.")), at_most(120)],
        description=lazy_gettext("For example: box at the Versailles office, Christmas concert."),
    )
    received_on = DayField(lazy_gettext("Counted on"), [required(N_("Write the day."))])
    amount = _amount(lazy_gettext("Amount counted"), N_("Write the amount."))
    counted_by = StringField(
        lazy_gettext("Counted by"), [required(N_("Write who counted.")), at_most(120)]
    )
    counted_with = StringField(
        lazy_gettext("and by"), [required(N_("A box is counted by two people.")), at_most(120)]
    )

    def validate_counted_with(self, field: Any) -> None:
        one, other = (self.counted_by.data or "").casefold(), (field.data or "").casefold()
        if one and one == other:
            raise rules.ValidationError(_("A box is counted by two people."))


class InKindForm(WhatForForm):
    """An object or a service, described and valued."""

    takes_fees = False
    description = TextAreaField(
        lazy_gettext("What is given"),
        [required(N_("Describe what is given: it is printed on the receipt.")), at_most(2000)],
        description=lazy_gettext(
            "Everything, with quantities and state: it is printed on the receipt."
        ),
    )
    amount = _amount(lazy_gettext("Value"), N_("Write the value."))
    basis = SelectField(lazy_gettext("Where the value is from"))
    received_on = DayField(lazy_gettext("Handed over on"), [required(N_("Write the day."))])
    proof = ProofField(
        lazy_gettext("Proof of the value"),
        description=lazy_gettext("The company's statement, an invoice, an appraisal: PDF or JPEG."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.basis.choices = [
            SelectChoice(ValuationBasis.COST_PRICE.value, _("Cost price, stated by the company")),
            SelectChoice(ValuationBasis.INVOICE.value, _("Invoice")),
            SelectChoice(ValuationBasis.APPRAISAL.value, _("Appraisal by an expert")),
            SelectChoice(ValuationBasis.MARKET.value, _("Price of the same thing, second-hand")),
        ]


class ExpenseLineForm(Form):
    """A way or a ticket; an empty line is left out."""

    on = DateField(lazy_gettext("Date"), [rules.Optional()])
    what = StringField(lazy_gettext("What for"), [at_most(200)])
    vehicle = SelectField(lazy_gettext("Vehicle"), default="")
    km = NumberField(lazy_gettext("Kilometres"), [rules.Optional(), rules.NumberRange(0, 20_000)])
    amount = AmountField(lazy_gettext("Ticket"), [AmountBetween(LEAST, MOST)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.vehicle.choices = [
            SelectChoice("", _("No vehicle: a ticket")),
            *(SelectChoice(v.value, vehicle_words(v)) for v in Vehicle),
        ]

    @property
    def empty(self) -> bool:
        return not (self.what.data or self.km.data or self.amount.data)


class ExpensesForm(WhoForm):
    """A volunteer's expenses, and the sentence by which she waives their repayment."""

    errand = StringField(
        lazy_gettext("What the volunteer did"),
        [
            required(N_("Write what the expenses were for: it is printed on the receipt.")),
            at_most(300),
        ],
    )
    lines = FieldList(FormField(ExpenseLineForm), min_entries=LINES, max_entries=40)
    electric = BooleanField(lazy_gettext("The vehicle is electric: a fifth more"))
    rate = NumberField(
        lazy_gettext("Our own rate a kilometre"),
        [rules.Optional(), rules.NumberRange(min=0)],
        places=3,
        description=lazy_gettext("Only when the association pays less than the official scale."),
    )
    waiver = TextAreaField(
        lazy_gettext("The sentence she signed"),
        [required(N_("Copy the sentence by which repayment is waived.")), at_most(1000)],
    )
    signed_on = DayField(lazy_gettext("Signed on"), [required(N_("Write the day."))])
    proof = ProofField(
        lazy_gettext("The signed note with its tickets"),
        description=lazy_gettext("One PDF or one JPEG, 10 MB at most."),
    )

    def validate_proof(self, field: Any) -> None:
        if field.proof is None:
            raise rules.ValidationError(_("Choose the scan of the signed note."))

    def validate_lines(self, field: Any) -> None:
        filled = [line.form for line in field if not line.form.empty]
        if not filled:
            raise rules.ValidationError(_("Write at least one expense."))
        good = True
        for line in filled:
            good = self._check_line(line) and good
        if not good:
            raise rules.StopValidation(_("Look at the lines."))

    def _check_line(self, line: Any) -> bool:
        if line.on.data is None:
            line.on.errors = [*line.on.errors, _("Write the day.")]
        if not line.what.data:
            line.what.errors = [*line.what.errors, _("Write what it was for.")]
        if line.vehicle.data and not line.km.data:
            line.km.errors = [*line.km.errors, _("Write the kilometres.")]
        if not line.vehicle.data and not line.amount.data:
            line.amount.errors = [*line.amount.errors, _("Write the amount of the ticket.")]
        if (line.vehicle.data or line.km.data) and line.amount.data:
            said = _("A line is a way or a ticket: write the ticket on a line of its own.")
            line.amount.errors = [*line.amount.errors, said]
        if line.on.data and self.signed_on.data and line.on.data > self.signed_on.data:
            said = _("This is after the signature: what was spent later is not waived yet.")
            line.on.errors = [*line.on.errors, said]
        return not line.errors and not any(field.errors for field in line)

    def add_lines(self) -> None:
        """Room for more; nothing is checked yet."""
        for _line in range(LINES):
            if len(self.lines) < self.lines.max_entries:
                self.lines.append_entry()

    @property
    def expenses(self) -> list[Expense]:
        """The lines that were filled in."""
        return [self._expense(line.form) for line in self.lines if not line.form.empty]

    def _expense(self, line: Any) -> Expense:
        if not line.vehicle.data:
            return Expense(line.on.data, line.what.data, amount=line.amount.data)
        return Expense(
            line.on.data,
            line.what.data,
            km=Decimal(line.km.data),
            vehicle=Vehicle(line.vehicle.data),
            electric=bool(self.electric.data),
            rate=self.rate.data,
        )

    @property
    def waived(self) -> Waiver:
        return Waiver(self.errand.data or "", self.waiver.data or "", self.signed_on.data)


def vehicle_words(vehicle: Vehicle) -> str:
    """A vehicle as its papers call it."""
    words = {
        Vehicle.CAR_3: _("Car, 3 HP or less"),
        Vehicle.CAR_4: _("Car, 4 HP"),
        Vehicle.CAR_5: _("Car, 5 HP"),
        Vehicle.CAR_6: _("Car, 6 HP"),
        Vehicle.CAR_7: _("Car, 7 HP or more"),
        Vehicle.MOTORCYCLE_2: _("Motorcycle, 1 or 2 HP"),
        Vehicle.MOTORCYCLE_5: _("Motorcycle, 3 to 5 HP"),
        Vehicle.MOTORCYCLE_6: _("Motorcycle, more than 5 HP"),
        Vehicle.MOPED: _("Moped, under 50 cm³"),
    }
    return str(words[vehicle])


class InstalmentForm(Form):
    """A part of what is promised; an empty one is left out."""

    due_on = DateField(lazy_gettext("Due on"), [rules.Optional()])
    amount = AmountField(lazy_gettext("Amount"), [AmountBetween(LEAST, MOST)])


class AgreementForm(WhoForm):
    """What a company promised in writing."""

    subject = StringField(lazy_gettext("About"), [rules.Optional(), at_most(200)])
    signed_on = DayField(
        lazy_gettext("Signed on"),
        [required(N_("Write the day of the signature."))],
        description=lazy_gettext("The promise is booked on this day, whenever it is paid."),
    )
    amount = _amount(lazy_gettext("Promised in all"), N_("Write the amount."))
    instalments = FieldList(FormField(InstalmentForm), min_entries=4, max_entries=12)
    proof = ProofField(
        lazy_gettext("The signed agreement"), description=lazy_gettext("PDF or JPEG.")
    )

    def validate_instalments(self, field: Any) -> None:
        for part in field:
            if (part.form.due_on.data is None) != (part.form.amount.data is None):
                raise rules.ValidationError(_("An instalment has a day and an amount."))

    @property
    def parts(self) -> list[tuple[Any, Money]]:
        """The instalments that were filled in."""
        filled = [part.form for part in self.instalments if part.form.amount.data is not None]
        return [(part.due_on.data, part.amount.data) for part in filled]
