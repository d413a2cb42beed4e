"""Who gives: a person or a company, and the address a tax receipt must carry."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from stdnum.fr import siren as siren_number
from wtforms import EmailField, RadioField, SelectField, StringField, TelField, validators
from wtforms.fields import SelectChoice

from portal.accounts.codes import DonorKind, Language
from portal.accounts.forms.donor import at_most, country_choices
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.core import i18n
from portal.core.web.forms import required
from portal.donations.forms.bots import GuardedForm

OF_A_COMPANY = ("company_name", "siren", "legal_form")
KEPT = (
    "kind", "first_name", "last_name", "company_name", "siren", "legal_form", "email", "phone",
    "address1", "address2", "postcode", "city", "country",
)  # fmt: skip
AUTOMATIC = {
    "first_name": "given-name",
    "last_name": "family-name",
    "company_name": "organization",
    "email": "email",
    "phone": "tel",
    "address1": "address-line1",
    "address2": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
}
"""The autocomplete token of each field that has one (WCAG 2.2, 1.3.5)."""


class IdentityForm(GuardedForm):
    """The questions about the giver, shared by every form that leads to a payment."""

    kind = RadioField(
        lazy_gettext("You give"),
        choices=[
            SelectChoice(DonorKind.PERSON.value, lazy_gettext("as a person")),
            SelectChoice(DonorKind.COMPANY.value, lazy_gettext("for a company")),
        ],
        default=DonorKind.PERSON.value,
    )
    company_name = StringField(lazy_gettext("Name of the company"), [at_most(160)])
    siren = StringField(
        lazy_gettext("SIREN"),
        [at_most(20)],
        description=lazy_gettext("Nine digits, for French companies."),
    )
    legal_form = StringField(
        lazy_gettext("Legal form"),
        [at_most(80)],
        description=lazy_gettext("For example SAS, SARL, SA."),
    )
    first_name = StringField(
        lazy_gettext("First name"),
        [required("Write your first name."), at_most(80)],
        description=lazy_gettext("A couple may write both: Anne and Paul."),
    )
    last_name = StringField(
        lazy_gettext("Last name"), [required("Write your last name."), at_most(80)]
    )
    email = EmailField(
        lazy_gettext("E-mail address"),
        [
            required("Write your e-mail address."),
            at_most(254),
            validators.Email(lazy_gettext("Write an e-mail address such as name@example.org.")),
        ],
    )
    phone = TelField(lazy_gettext("Phone"), [validators.Optional(), at_most(40)])
    address1 = StringField(
        lazy_gettext("Address"), [required("Write your street address."), at_most(160)]
    )
    address2 = StringField(
        lazy_gettext("Building, floor, care of"), [validators.Optional(), at_most(160)]
    )
    postcode = StringField(
        lazy_gettext("Postcode"), [required("Write your postcode."), at_most(20)]
    )
    city = StringField(lazy_gettext("Town"), [required("Write your town."), at_most(80)])
    country = SelectField(lazy_gettext("Country"), default="FR")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.country.choices = [SelectChoice(*tuple(each)[:2]) for each in country_choices()]

    @property
    def automatic(self) -> dict[str, str]:
        """The autocomplete token of each field."""
        return AUTOMATIC

    @property
    def by_company(self) -> bool:
        """Whether a company gives."""
        return bool(self.kind.data == DonorKind.COMPANY.value)

    def validate_company_name(self, field: Any) -> None:
        if self.by_company and not field.data:
            raise validators.ValidationError(_("Write the name of the company."))

    def validate_legal_form(self, field: Any) -> None:
        if self.by_company and not field.data:
            raise validators.ValidationError(_("Write the legal form of the company."))

    def validate_siren(self, field: Any) -> None:
        if not self.by_company or (self.country.data != "FR" and not field.data):
            return
        if not siren_number.is_valid(field.data or ""):
            raise validators.ValidationError(
                _("A SIREN has nine digits that agree with each other.")
            )

    def validate_postcode(self, field: Any) -> None:
        if self.country.data == "FR" and not re.fullmatch(r"\d{5}", _close(field.data)):
            raise validators.ValidationError(_("A French postcode has five digits."))

    def details(self, email: str | None = None) -> DonorDetails:
        """The giver as said in the form; ``email`` is that of the signed-in one."""
        data = self.data
        company = {name: (data[name] or "") if self.by_company else "" for name in OF_A_COMPANY}
        if company["siren"]:
            company["siren"] = siren_number.compact(company["siren"])
        postcode = data["postcode"] or ""
        return DonorDetails(
            email=email or data.get("email") or "",
            kind=DonorKind(data["kind"]),
            first_name=data["first_name"] or "",
            last_name=data["last_name"] or "",
            address1=data["address1"] or "",
            address2=data["address2"] or "",
            postcode=_close(postcode) if data["country"] == "FR" else postcode,
            city=data["city"] or "",
            country=data["country"] or "FR",
            phone=data["phone"] or "",
            language=Language(i18n.language()),
            **company,
        )


def known_details(donor: Donor) -> dict[str, str]:
    """What a signed-in donor need not type again."""
    return {name: str(getattr(donor, name) or "") for name in KEPT}


def _close(postcode: str | None) -> str:
    return (postcode or "").replace(" ", "")
