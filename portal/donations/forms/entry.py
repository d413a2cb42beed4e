"""What every page of the office's entry asks: who gave, what for, in whose memory, with a receipt."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from stdnum.fr import siren as siren_number
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    validators,
)
from wtforms.fields import SelectChoice

from portal.accounts.codes import DonorKind, Language
from portal.accounts.forms.donor import at_most, country_choices
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.core.clock import paris_date
from portal.core.web.forms import clock_now
from portal.donations import finding
from portal.donations.codes import PurposeKind
from portal.donations.forms.plans import OnceForm
from portal.donations.models import NoReceipt, Tribute
from portal.donations.rules.cheques import WrongDay, arrival_day
from portal.donations.wording import programme_words
from portal.programmes.codes import Programme

NOBODY = ""
MEMBERSHIP = "membership"
A_YEAR_AT_MOST = lazy_gettext("Write a day that has come, of the last twelve months.")


def today() -> dt.date:
    """The day in Paris."""
    return paris_date(clock_now())


class DayField(DateField):
    """A day that has come, at most a year ago."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data is None:
            return
        try:
            arrival_day(self.data, today())
        except WrongDay as error:
            raise validators.ValidationError(A_YEAR_AT_MOST) from error


class WhoForm(OnceForm):
    """Who gave: found by a word of the name, the town, the reference; or a new donor.

    ``pick`` is the public id that was chosen from the list; without scripts the list comes back
    with the page. After a good check ``giver`` is the donor's id or a new one's details.
    """

    who = StringField(
        lazy_gettext("Donor"),
        [at_most(120)],
        description=lazy_gettext("Name, town, postcode or reference."),
    )
    # No HiddenField: the page writes it itself, once, where its script looks for it.
    pick = StringField()
    new = BooleanField(lazy_gettext("A donor we do not know yet"))
    kind = RadioField(
        lazy_gettext("This is"),
        choices=[
            SelectChoice(DonorKind.PERSON.value, lazy_gettext("a person")),
            SelectChoice(DonorKind.COMPANY.value, lazy_gettext("a company or organisation")),
        ],
        default=DonorKind.PERSON.value,
    )
    first_name = StringField(
        lazy_gettext("First name"),
        [at_most(80)],
        description=lazy_gettext("A couple may write both: Anne and Paul."),
    )
    last_name = StringField(lazy_gettext("Last name"), [at_most(80)])
    company_name = StringField(lazy_gettext("Name of the organisation"), [at_most(160)])
    siren = StringField(lazy_gettext("SIREN"), [at_most(20)])
    legal_form = StringField(
        lazy_gettext("Legal form"),
        [at_most(80)],
        description=lazy_gettext("For example SAS, SARL, SA."),
    )
    email = EmailField(
        lazy_gettext("E-mail address"),
        [
            validators.Optional(),
            at_most(254),
            validators.Email(lazy_gettext("Write an e-mail address such as name@example.org.")),
        ],
    )
    address1 = StringField(lazy_gettext("Address"), [validators.Optional(), at_most(160)])
    postcode = StringField(lazy_gettext("Postcode"), [validators.Optional(), at_most(20)])
    city = StringField(lazy_gettext("Town"), [validators.Optional(), at_most(80)])
    country = SelectField(lazy_gettext("Country"), default="FR")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.country.choices = [SelectChoice(*pair) for pair in country_choices()]
        self.candidates: list[Donor] = []
        self.donor: Donor | None = None

    @property
    def giver(self) -> int | DonorDetails:
        """Who gave; only after a good check."""
        if self.donor is not None:
            return self.donor.id
        return self._details()

    @property
    def where_from(self) -> Any:
        """What tells two donors of one name apart."""
        return finding.where_from

    def validate_who(self, field: Any) -> None:
        if self.new.data:
            self._check_new()
            return
        self.donor = finding.donor_by_pick(self.pick.data) if self.pick.data else None
        if self.donor is not None:
            return
        if not field.data:
            raise validators.ValidationError(_("Write who gave."))
        found = finding.donors_like(field.data)
        if len(found) == 1:
            self.donor = found[0]
            self.pick.data = str(found[0].public_id)
            return
        self.candidates = found
        if found:
            raise validators.ValidationError(_("Several donors fit: choose one of the list."))
        raise validators.ValidationError(_("Nobody fits. Try another word, or enter a new donor."))

    def _check_new(self) -> None:
        if self.kind.data == DonorKind.COMPANY.value:
            if not self.company_name.data:
                raise validators.ValidationError(_("Write the organisation's name."))
        elif not self.last_name.data:
            raise validators.ValidationError(_("Write the last name of the new donor."))

    def validate_siren(self, field: Any) -> None:
        if self.new.data and field.data and not siren_number.is_valid(field.data):
            raise validators.ValidationError(
                _("A SIREN has nine digits that agree with each other.")
            )

    def validate_postcode(self, field: Any) -> None:
        typed = (field.data or "").replace(" ", "")
        french = self.new.data and self.country.data == "FR" and typed
        if french and not (len(typed) == 5 and typed.isascii() and typed.isdigit()):
            raise validators.ValidationError(_("A French postcode has five digits."))

    def _details(self) -> DonorDetails:
        company = self.kind.data == DonorKind.COMPANY.value
        person = {} if company else {n: self[n].data or "" for n in ("first_name", "last_name")}
        firm = {
            "company_name": self.company_name.data or "",
            "legal_form": self.legal_form.data or "",
        }
        if self.siren.data:
            firm["siren"] = siren_number.compact(self.siren.data)
        return DonorDetails(
            email=self.email.data or "",
            kind=DonorKind(self.kind.data),
            address1=self.address1.data or "",
            postcode=(self.postcode.data or "").replace(" ", ""),
            city=self.city.data or "",
            country=self.country.data or "FR",
            language=Language.FR,
            **(firm if company else person),
        )


class WhatForForm(WhoForm):
    """What for, in whose memory or honour, and whether a receipt is to be written.

    ``takes_fees``: a membership fee is one of the things money may be for.
    """

    takes_fees = True
    purpose = SelectField(lazy_gettext("For"), default=PurposeKind.GENERAL.value)
    tribute = SelectField(
        lazy_gettext("In memory or in honour"),
        choices=[
            SelectChoice("", lazy_gettext("Neither")),
            SelectChoice(Tribute.MEMORY.value, lazy_gettext("In memory of")),
            SelectChoice(Tribute.HONOUR.value, lazy_gettext("In honour of")),
        ],
        default="",
    )
    tribute_name = StringField(lazy_gettext("Of whom"), [at_most(120)])
    receipt = SelectField(
        lazy_gettext("Tax receipt"),
        choices=[
            SelectChoice("", lazy_gettext("As usual")),
            SelectChoice(NoReceipt.NOT_WANTED.value, lazy_gettext("None: the donor wants none")),
            SelectChoice(
                NoReceipt.COUNTERPART.value,
                lazy_gettext("None: something of value was given in return"),
            ),
        ],
        default="",
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        fees = [SelectChoice(MEMBERSHIP, _("A membership fee"))] if self.takes_fees else []
        self.purpose.choices = [*purpose_choices(), *fees]

    def validate_tribute_name(self, field: Any) -> None:
        if self.tribute.data and not field.data:
            raise validators.ValidationError(_("Write the name of the person."))
        if field.data and not self.tribute.data:
            raise validators.ValidationError(_("Say whether it is in memory or in honour."))

    @property
    def aims(self) -> dict[str, Any]:
        """The columns of what for, in whose memory, with what receipt."""
        fee = self.purpose.data == MEMBERSHIP
        chosen = PurposeKind.GENERAL.value if fee else self.purpose.data
        purpose, programme = purpose_of_choice(chosen)
        return {
            "membership": fee,
            "purpose": purpose,
            "programme": programme,
            "tribute": Tribute(self.tribute.data) if self.tribute.data else None,
            "tribute_name": self.tribute_name.data or "",
            "no_receipt": NoReceipt(self.receipt.data) if self.receipt.data else None,
        }


def purpose_choices() -> list[SelectChoice]:
    """Where it is most needed, sponsorship, the six programmes."""
    programmes = [
        SelectChoice(f"{PurposeKind.PROGRAMME}:{code}", words)
        for code, words in programme_words().items()
    ]
    return [
        SelectChoice(PurposeKind.GENERAL.value, _("Where it is most needed")),
        SelectChoice(PurposeKind.SPONSORSHIP.value, _("Sponsoring a child")),
        *programmes,
    ]


def purpose_of_choice(code: str) -> tuple[PurposeKind, Programme | None]:
    """The purpose and the programme of a choice."""
    kind, _colon, programme = code.partition(":")
    return PurposeKind(kind), Programme(programme) if programme else None
