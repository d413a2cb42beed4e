"""What is filled in about papers after they were issued: files to check, duplicates, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from stdnum.fr import siren as siren_number
from wtforms import validators
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import DonorForm, at_most
from portal.accounts.models import Donor
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required
from portal.receipts.correction_words import act_words
from portal.receipts.models import Unsettled
from portal.receipts.queries.holds import InForce
from portal.receipts.rules.corrections import Act


class CheckFileForm(Form):
    """A file that says it is a receipt of ours."""

    file = FileField(
        lazy_gettext("The receipt as a file (PDF)"),
        [FileRequired(lazy_gettext("Choose the file."))],
        description=lazy_gettext(
            "The very file the donor received, not a scan. We compare its fingerprint and keep nothing."
        ),
    )


class DuplicateForm(Form):
    """For whom a duplicate is."""

    recipient = wtforms.StringField(
        lazy_gettext("Handed to"),
        [validators.Optional(), validators.Length(max=160)],
        description=lazy_gettext("The donor, her accountant, her heirs: kept in the history."),
    )


class WhyForm(Form):
    """A reason somebody will read in some years."""

    reason = wtforms.StringField(
        lazy_gettext("Reason"), [required(N_("Write the reason.")), validators.Length(max=500)]
    )


class CorrectForm(Form):
    """What becomes of a receipt the records no longer bear out."""

    act = wtforms.RadioField(
        lazy_gettext("What is to be done?"), [required(N_("Choose what is to be done."))]
    )
    reason = wtforms.StringField(
        lazy_gettext("Reason"),
        [required(N_("Write the reason.")), validators.Length(max=500)],
        description=lazy_gettext(
            "Kept in the register. The donor reads it when the receipt is cancelled."
        ),
    )

    def __init__(self, allowed: Sequence[Act], proposed: Act, **kw: Any) -> None:
        super().__init__(data={"act": proposed.value}, **kw)
        self.act.choices = [
            SelectChoice(act.value, act_words(act, is_proposed=act is proposed)) for act in allowed
        ]


class UnsettledForm(Form):
    """What to do with direct debits the donor's bank may still return."""

    annual = wtforms.RadioField(lazy_gettext("In the run of a year"))
    single = wtforms.RadioField(lazy_gettext("In the receipt of a single gift"))

    def __init__(self, rule: InForce, **kw: Any) -> None:
        super().__init__(data={"annual": rule.annual.value, "single": rule.single.value}, **kw)
        choices = [
            SelectChoice(
                Unsettled.ISSUE.value, _("Issue; what comes back is corrected afterwards")
            ),
            SelectChoice(Unsettled.WAIT.value, _("Wait until the eight weeks are over")),
        ]
        self.annual.choices = self.single.choices = choices


class DetailsForm(DonorForm):
    """What a receipt needs of a donor's name and address; all of it."""

    siren = wtforms.StringField(lazy_gettext("SIREN"))
    legal_form = wtforms.StringField(
        lazy_gettext("Legal form"), [validators.Optional(), at_most(80)]
    )

    def __init__(self, donor: Donor, **kw: Any) -> None:
        super().__init__(donor, **kw)
        for name in ("phone", "language"):
            del self._fields[name]
        for name, message in NEEDED.items():
            if name in self._fields:
                field = self._fields[name]
                field.validators = [required(message), *_lengths(field)]
                field.flags.optional = False

    def validate_siren(self, field: Any) -> None:
        if not siren_number.is_valid(field.data or ""):
            raise validators.ValidationError(
                _("A SIREN has nine digits that agree with each other.")
            )


NEEDED = {
    "first_name": N_("Write the first name."),
    "last_name": N_("Write the last name."),
    "address1": N_("Write the street and the number."),
    "postcode": N_("Write the postcode."),
    "city": N_("Write the town."),
    "country": N_("Choose the country."),
}


def _lengths(field: wtforms.Field) -> list[Any]:
    return [each for each in field.validators if isinstance(each, validators.Length)]
