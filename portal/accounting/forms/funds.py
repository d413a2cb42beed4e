"""A figure of the general ledger, as it is typed; and which row an account belongs to."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectField, StringField, validators
from wtforms.fields import SelectChoice

from portal.accounting.closing_wording import grouped_rows
from portal.accounting.rules.crod import MISSIONS, FigureRow
from portal.accounting.services.funds import FigureOrder
from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, required
from portal.donations.forms.entry import today
from portal.donations.forms.plans import OnceForm
from portal.donations.wording import programme_words
from portal.programmes.codes import Programme

LEAST, MOST = Money(1), Money(100_000_000_00)
ALL, NONE = "all", "none"


class FigureForm(OnceForm):
    """What was spent, or what else the general ledger says; with the voucher it stands on."""

    row = SelectField(lazy_gettext("Row"), [required(N_("Choose the row."))])
    programme = SelectField(
        lazy_gettext("Dedicated fund"),
        [validators.Optional()],
        description=lazy_gettext("When it was spent on a programme people give for."),
    )
    amount = AmountField(
        lazy_gettext("Amount"), [required(N_("Write the amount.")), AmountBetween(LEAST, MOST)]
    )
    generosity = AmountField(
        lazy_gettext("Of which paid by the generosity of the public"),
        [validators.Optional(), AmountBetween(Money(0), MOST)],
        description=lazy_gettext("Empty: all of it. Of a dedicated fund it is always all."),
    )
    piece_ref = StringField(
        lazy_gettext("Voucher"),
        [required(N_("Write where the figure is from.")), at_most(120)],
        description=lazy_gettext("For example the accounts and page of the general ledger."),
    )
    piece_on = DateField(
        lazy_gettext("Day of the voucher"), [required(N_("Write the day of the voucher."))]
    )
    note = StringField(lazy_gettext("Note"), [validators.Optional(), at_most(500)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.row.choices = {
            side: [SelectChoice(code, words) for code, words in rows]
            for side, rows in grouped_rows().items()
        }
        funds = [SelectChoice(code.value, words) for code, words in programme_words().items()]
        self.programme.choices = [SelectChoice("", _("None")), *funds]

    def validate_programme(self, field: Any) -> None:
        if field.data and self.row.data not in (*MISSIONS, FigureRow.OPENING):
            raise validators.ValidationError(
                _("Money of a fund is spent on missions, or carried into the year.")
            )

    def validate_generosity(self, field: Any) -> None:
        if field.data is not None and self.amount.data and field.data > self.amount.data:
            raise validators.ValidationError(_("It cannot be more than the amount."))

    def validate_piece_on(self, field: Any) -> None:
        if field.data is not None and field.data > today():
            raise validators.ValidationError(_("A voucher is not dated in the future."))

    def order(self, year: int) -> FigureOrder:
        """The figure as typed; only after a good check."""
        assert self.amount.data is not None
        amount: Money = self.amount.data
        programme = Programme(self.programme.data) if self.programme.data else None
        part = self.generosity.data if programme is None else None
        return FigureOrder(
            year=year,
            row=FigureRow(self.row.data),
            programme=programme,
            amount=amount,
            generosity=amount if part is None else part,
            piece_ref=self.piece_ref.data or "",
            piece_on=self.piece_on.data,
            note=self.note.data or "",
            form_token=str(self.form_token.data),
        )


class StrikeForm(OnceForm):
    """Why a figure counts no more."""

    reason = StringField(
        lazy_gettext("What is wrong with it"),
        [required(N_("Write the reason: it stays in the history.")), at_most(500)],
    )
