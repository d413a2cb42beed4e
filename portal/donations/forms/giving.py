"""The amount, how often, in which currency, and what for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField, SelectField, validators
from wtforms.fields import SelectChoice

from portal.core import i18n
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField
from portal.donations.codes import PurposeKind
from portal.donations.events import PlanWish
from portal.donations.forms.correspondent import CORRESPONDENT, CorrespondentFields
from portal.donations.forms.identity import KEPT, IdentityForm
from portal.donations.forms.tribute import TRIBUTE, TributeFields
from portal.donations.rules.amounts import (
    CURRENCIES,
    REFERENCE_SPONSORSHIP,
    AmountLimits,
    Rhythm,
    amount_limits,
    suggested_first,
    suggestions,
)
from portal.donations.wording import currency_words, programme_words, purpose_words, rhythm_words
from portal.programmes.codes import Programme, Sex, Site

__all__ = ["REFERENCE_SPONSORSHIP", "CommitmentForm", "GiveForm", "SponsorForm"]

OTHER = "other"
AGES = {"3-6": (3, 6), "7-11": (7, 11), "12-15": (12, 15), "16-20": (16, 20)}
SITES = {
    Site.PHNOM_PENH: "Phnom Penh",
    Site.SIEM_REAP: "Siem Reap",
    Site.SIHANOUKVILLE: "Sihanoukville",
}
_SIGNS = re.compile(
    r"^\s*(?:US\$|CHF|EUR|GBP|USD|[$£€])|(?:CHF|EUR|GBP|USD|\$US|[$£€])\s*$", re.IGNORECASE
)


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(str(code), str(label)) for code, label in words.items()]


class SumField(AmountField):
    """An amount, with or without the sign of its currency: the form says which that is."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([_SIGNS.sub("", value) for value in valuelist])


class CommitmentForm(IdentityForm):
    """An amount among suggestions, or a free one. ``seen`` is what the button said when pressed.

    The suggestions follow the rhythm and the currency; ``offered`` names those the page showed, so
    that who changes the rhythm without scripts keeps the same place among them (and reads the new
    amount on the page that repeats the commitment).
    """

    SPONSORING: ClassVar[bool] = False
    RHYTHMS: ClassVar[tuple[Rhythm, ...]] = tuple(Rhythm)
    ANSWERS: ClassVar[tuple[str, ...]] = ("currency", "rhythm", "choice", "offered", "amount")

    currency = SelectField(lazy_gettext("Currency"), default="EUR")
    rhythm = RadioField(lazy_gettext("How often"), validate_choice=False)
    choice = RadioField(lazy_gettext("Amount"), validate_choice=False)
    amount = SumField(lazy_gettext("Another amount"))
    offered = HiddenField()
    seen = HiddenField()

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        words = rhythm_words()
        self.rhythm.choices = _choices({rhythm: words[rhythm] for rhythm in self.RHYTHMS})
        self.currency.choices = _choices(currency_words())
        # What no page offers becomes what is usual; the button never named it, so it is repeated.
        self.rhythm.data, self.currency.data = self.rhythm_chosen.value, self.currency_chosen
        self._suggest()

    def _suggest(self) -> None:
        """Suggestions for this rhythm and currency; what was chosen keeps its place among them."""
        amounts = self.suggested
        labels = {str(each.minor): i18n.money(each, whole=True) for each in amounts}
        self.choice.choices = _choices(labels | {OTHER: str(_("Another amount"))})
        place = self._place_among_offered()
        if place is not None:
            self.choice.data = str(amounts[place].minor)
        elif not self.choice.data:
            self.choice.data = str(self._first.minor)
        self.offered.data = f"{self.currency_chosen}:{self.rhythm_chosen}"
        if isinstance(self.amount.data, Money):
            self.amount.data = Money.from_decimal(self.amount.data.decimal, self.currency_chosen)

    def _place_among_offered(self) -> int | None:
        """Where the chosen suggestion stood when the page showed others than those of now."""
        currency, _colon, rhythm = (self.offered.data or "").partition(":")
        if currency not in CURRENCIES or rhythm not in set(self.RHYTHMS):
            return None
        if (currency, rhythm) == (self.currency_chosen, self.rhythm_chosen):
            return None
        shown = suggestions(Rhythm(rhythm), currency, sponsoring=self.SPONSORING)
        places = [str(amount.minor) for amount in shown]
        return places.index(self.choice.data) if self.choice.data in places else None

    @property
    def currency_chosen(self) -> str:
        """What the gift is given in; euros unless one of our other currencies was chosen."""
        return self.currency.data if self.currency.data in CURRENCIES else "EUR"

    @property
    def rhythm_chosen(self) -> Rhythm:
        """Once, or every month, quarter or year."""
        known = {rhythm.value for rhythm in self.RHYTHMS}
        return Rhythm(self.rhythm.data) if self.rhythm.data in known else self.RHYTHMS[0]

    @property
    def suggested(self) -> tuple[Money, ...]:
        """The amounts proposed."""
        return suggestions(self.rhythm_chosen, self.currency_chosen, sponsoring=self.SPONSORING)

    @property
    def _first(self) -> Money:
        return suggested_first(self.rhythm_chosen, self.currency_chosen, sponsoring=self.SPONSORING)

    @property
    def limits(self) -> AmountLimits:
        """The least and the most of one debit."""
        return amount_limits(self.rhythm_chosen, self.currency_chosen, sponsoring=self.SPONSORING)

    @property
    def chosen(self) -> Money | None:
        """The amount decided on, or None while there is none."""
        if self.choice.data == OTHER:
            return self.amount.data if isinstance(self.amount.data, Money) else None
        return next((m for m in self.suggested if str(m.minor) == self.choice.data), None)

    @property
    def purpose_chosen(self) -> tuple[PurposeKind, Programme | None]:
        """What the gift is for: where it is most needed, unless the form asks."""
        return PurposeKind.GENERAL, None

    @property
    def purpose_words(self) -> str:
        """What the gift is for, in the reader's language."""
        return purpose_words(*self.purpose_chosen)

    @property
    def mark(self) -> str:
        """The commitment in one word: ``monthly:4700``, ``once:5000:USD``."""
        if self.chosen is None:
            return ""
        mark = f"{self.rhythm_chosen}:{self.chosen.minor}"
        return mark if self.currency_chosen == "EUR" else f"{mark}:{self.currency_chosen}"

    @property
    def was_seen(self) -> bool:
        """Whether the pressed button named exactly this amount, currency and rhythm."""
        return bool(self.mark) and self.seen.data == self.mark

    def validate_choice(self, field: Any) -> None:
        if field.data != OTHER and self.chosen is None:
            raise validators.ValidationError(_("Choose an amount."))

    def validate_amount(self, field: Any) -> None:
        if self.choice.data != OTHER:
            field.errors = []
            raise validators.StopValidation
        if field.data is None and not field.process_errors:
            raise validators.ValidationError(_("Write an amount such as 47 or 47.50."))
        AmountBetween(self.limits.minimum, self.limits.maximum)(self, field)

    def typed(self) -> dict[str, str]:
        """What stands in the fields, to be shown again."""
        names = [name for name in (*self.ANSWERS, *KEPT) if name in self._fields]
        return {name: self._text_of(name) for name in names}

    def _text_of(self, name: str) -> str:
        field = self._fields[name]
        if isinstance(field.data, dt.date):
            return field.data.isoformat()
        return str(field._value() if name == "amount" else field.data or "")


class GiveForm(TributeFields, CommitmentForm):
    """A gift, once unless somebody asks for it to come back regularly."""

    ANSWERS = (*CommitmentForm.ANSWERS, "purpose", *TRIBUTE)

    purpose = SelectField(lazy_gettext("What your gift is for"), default=PurposeKind.GENERAL.value)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = _choices(
            {PurposeKind.GENERAL: str(_("Where it is most needed"))} | programme_words()
        )

    @property
    def purpose_chosen(self) -> tuple[PurposeKind, Programme | None]:
        """What the gift is for."""
        if self.purpose.data in set(Programme):
            return PurposeKind.PROGRAMME, Programme(self.purpose.data)
        return PurposeKind.GENERAL, None


class SponsorForm(CorrespondentFields, CommitmentForm):
    """Sponsoring a child, every month unless told otherwise, with wishes nobody need have."""

    SPONSORING = True
    RHYTHMS = (Rhythm.MONTHLY, Rhythm.QUARTERLY, Rhythm.YEARLY)
    ANSWERS = (*CommitmentForm.ANSWERS, "sex", "age", "programme", "site", *CORRESPONDENT)

    sex = SelectField(lazy_gettext("A girl or a boy"), default="")
    age = SelectField(lazy_gettext("Age"), default="")
    programme = SelectField(lazy_gettext("Programme"), default="")
    site = SelectField(lazy_gettext("Place"), default="")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        open_to_all = {"": str(_("No preference"))}
        self.sex.choices = _choices(open_to_all | {Sex.F: _("A girl"), Sex.M: _("A boy")})
        self.age.choices = _choices(
            open_to_all
            | {
                code: _("%(least)s to %(most)s years", least=least, most=most)
                for code, (least, most) in AGES.items()
            }
        )
        self.programme.choices = _choices(open_to_all | programme_words())
        self.site.choices = _choices(open_to_all | SITES)

    @property
    def purpose_chosen(self) -> tuple[PurposeKind, Programme | None]:
        """A sponsorship."""
        return PurposeKind.SPONSORSHIP, None

    @property
    def wish(self) -> PlanWish:
        """The child hoped for."""
        least, most = AGES.get(self.age.data, (None, None))
        return PlanWish(
            sex=Sex(self.sex.data) if self.sex.data else None,
            age_min=least,
            age_max=most,
            programme=Programme(self.programme.data) if self.programme.data else None,
            site=Site(self.site.data) if self.site.data else None,
        )

    @property
    def wish_words(self) -> str:
        """The child hoped for, in the reader's language."""
        fields = (self.sex, self.age, self.programme, self.site)
        said = [dict(tuple(c)[:2] for c in f.choices)[f.data] for f in fields if f.data]
        return ", ".join(said) or str(_("No preference"))
