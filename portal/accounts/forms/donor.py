"""What a donor, or the office for them, corrects: name, address, phone, language."""

from __future__ import annotations

import unicodedata
from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from stdnum.fr import siren as siren_number
from wtforms import EmailField, SelectField, StringField, TelField, TextAreaField, validators
from wtforms.fields import SelectChoice

from portal.accounts.codes import DonorKind, Language
from portal.accounts.forms.entering import well_written
from portal.accounts.models import Donor
from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.tables.identifiers import COUNTRIES
from portal.core.web.forms import Form, required

_AUTOMATIC = {
    "title": "honorific-prefix",
    "first_name": "given-name",
    "last_name": "family-name",
    "company_name": "organization",
    "address1": "address-line1",
    "address2": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
    "phone": "tel",
}


def at_most(longest: int) -> validators.Length:
    """The longest text a receipt has room for."""
    return validators.Length(
        max=longest, message=lazy_gettext("This is longer than %(max)d characters.", max=longest)
    )


def country_choices() -> list[tuple[str, str]]:
    """All countries by their names in the reader's language, France first."""
    names = Locale(i18n.language()).territories
    rest = sorted(
        ((c, names.get(c, c)) for c in COUNTRIES - {"FR"}), key=lambda pair: _key(pair[1])
    )
    return [("FR", names["FR"]), *rest]


def _key(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def language_field() -> SelectField:
    """The languages by their own names."""
    return SelectField(
        lazy_gettext("Language of our letters and of this site"),
        choices=[
            SelectChoice(Language.FR.value, "Français"),
            SelectChoice(Language.EN.value, "English"),
        ],
    )


class AccountForm(Form):
    """Somebody who has an account and no gift yet."""

    display_name = StringField(
        lazy_gettext("Your name"), [required(N_("Write your name.")), at_most(120)]
    )
    language = language_field()


class DonorForm(Form):
    """A donor's own details; the fields of a company or of a person, as the donor is."""

    title = StringField(lazy_gettext("Courtesy title"), [validators.Optional(), at_most(30)])
    first_name = StringField(
        lazy_gettext("First name"),
        [validators.Optional(), at_most(80)],
        description=lazy_gettext("A couple may write both: Anne and Paul."),
    )
    last_name = StringField(
        lazy_gettext("Last name"), [required(N_("Write the last name.")), at_most(80)]
    )
    company_name = StringField(
        lazy_gettext("Name of the organisation"),
        [required(N_("Write the organisation's name.")), at_most(160)],
    )
    address1 = StringField(lazy_gettext("Address"), [validators.Optional(), at_most(160)])
    address2 = StringField(
        lazy_gettext("Building, floor, care of"), [validators.Optional(), at_most(160)]
    )
    postcode = StringField(lazy_gettext("Postcode"), [validators.Optional(), at_most(20)])
    city = StringField(lazy_gettext("Town"), [validators.Optional(), at_most(80)])
    country = SelectField(lazy_gettext("Country"))
    phone = TelField(lazy_gettext("Phone"), [validators.Optional(), at_most(40)])
    language = language_field()

    def __init__(self, donor: Donor, **kw: Any) -> None:
        super().__init__(obj=donor, **kw)
        unknown = [] if donor.country else [("", _("Not known"))]
        self.country.choices = [SelectChoice(*pair) for pair in (*unknown, *country_choices())]
        for name in _not_for(donor.kind):
            if name in self._fields:
                del self._fields[name]

    @property
    def automatic(self) -> dict[str, str]:
        """The autocomplete token of each field that has one (WCAG 2.2, 1.3.5)."""
        return _AUTOMATIC

    @property
    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    def validate_postcode(self, field: Any) -> None:
        french = self.country.data == "FR"
        typed = (field.data or "").replace(" ", "")
        if french and typed and not (len(typed) == 5 and typed.isascii() and typed.isdigit()):
            raise validators.ValidationError(_("A French postcode has five digits."))


class OfficeDonorForm(DonorForm):
    """The same, with what only the office may change."""

    email = EmailField(
        lazy_gettext("E-mail address"), [validators.Optional(), well_written, at_most(254)]
    )
    siren = StringField(lazy_gettext("SIREN"), [validators.Optional()])
    legal_form = StringField(lazy_gettext("Legal form"), [validators.Optional(), at_most(80)])
    note = TextAreaField(lazy_gettext("Note"), [validators.Optional(), at_most(10_000)])

    def validate_siren(self, field: Any) -> None:
        if field.data and not siren_number.is_valid(field.data):
            raise validators.ValidationError(
                _("A SIREN has nine digits that agree with each other.")
            )


def _not_for(kind: DonorKind) -> tuple[str, ...]:
    if kind is DonorKind.COMPANY:
        return ("title", "first_name", "last_name")
    return ("company_name", "siren", "legal_form")
