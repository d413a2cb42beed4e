"""The amount, how often, and what for."""

from __future__ import annotations

from collections.abc import Mapping
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
from portal.donations.forms.identity import KEPT, IdentityForm
from portal.donations.rules.gift import AMOUNT_LIMITS, Rhythm
from portal.donations.wording import programme_words, purpose_words
from portal.programmes.codes import Programme, Sex, Site

OTHER = "other"
AGES = {"3-6": (3, 6), "7-11": (7, 11), "12-15": (12, 15), "16-20": (16, 20)}
SITES = {
    Site.PHNOM_PENH: "Phnom Penh",
    Site.SIEM_REAP: "Siem Reap",
    Site.SIHANOUKVILLE: "Sihanoukville",
}
REFERENCE_SPONSORSHIP = Money(4_700)
"""What sponsoring a child costs a month; any amount from 10 € is welcome."""


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(str(code), str(label)) for code, label in words.items()]


class CommitmentForm(IdentityForm):
    """An amount among suggestions, or a free one. ``seen`` is what the button said when pressed."""

    SUGGESTIONS: ClassVar[tuple[int, ...]] = ()
    ANSWERS: ClassVar[tuple[str, ...]] = ("choice", "amount")

    choice = RadioField(lazy_gettext("Amount"), validate_choice=True)
    amount = AmountField(lazy_gettext("Another amount"))
    seen = HiddenField()

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        words = {str(minor): i18n.money(Money(minor), whole=True) for minor in self.SUGGESTIONS}
        self.choice.choices = _choices(words | {OTHER: str(_("Another amount"))})

    @property
    def rhythm_chosen(self) -> Rhythm:
        """Once, or every month."""
        return Rhythm.MONTHLY

    @property
    def chosen(self) -> Money | None:
        """The amount decided on, or None while there is none."""
        if self.choice.data == OTHER:
            return self.amount.data if isinstance(self.amount.data, Money) else None
        known = self.choice.data in {str(minor) for minor in self.SUGGESTIONS}
        return Money(int(self.choice.data)) if known else None

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
        """The commitment in one word, e.g. ``monthly:4700``."""
        return f"{self.rhythm_chosen}:{self.chosen.minor}" if self.chosen else ""

    @property
    def was_seen(self) -> bool:
        """Whether the pressed button named exactly this amount and rhythm."""
        return bool(self.mark) and self.seen.data == self.mark

    def validate_choice(self, field: Any) -> None:
        if not field.data:
            raise validators.ValidationError(_("Choose an amount."))

    def validate_amount(self, field: Any) -> None:
        if self.choice.data != OTHER:
            field.errors = []
            raise validators.StopValidation
        if field.data is None and not field.process_errors:
            raise validators.ValidationError(_("Write an amount such as 47 or 47.50."))
        limits = AMOUNT_LIMITS[self.rhythm_chosen]
        AmountBetween(limits.minimum, limits.maximum)(self, field)

    def typed(self) -> dict[str, str]:
        """What stands in the fields, to be shown again."""
        names = [name for name in (*self.ANSWERS, *KEPT) if name in self._fields]
        return {name: self._text_of(name) for name in names}

    def _text_of(self, name: str) -> str:
        field = self._fields[name]
        return str(field._value() if name == "amount" else field.data or "")


class GiveForm(CommitmentForm):
    """A gift, once unless somebody asks for every month."""

    SUGGESTIONS = (2_000, 5_000, 10_000, 20_000)
    ANSWERS = ("choice", "amount", "rhythm", "purpose")

    choice = RadioField(lazy_gettext("Amount"), default="5000")
    rhythm = RadioField(
        lazy_gettext("How often"),
        choices=[
            SelectChoice(Rhythm.ONCE.value, lazy_gettext("Once")),
            SelectChoice(Rhythm.MONTHLY.value, lazy_gettext("Every month")),
        ],
        default=Rhythm.ONCE.value,
    )
    purpose = SelectField(lazy_gettext("What your gift is for"), default=PurposeKind.GENERAL.value)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.purpose.choices = _choices(
            {PurposeKind.GENERAL: str(_("Where it is most needed"))} | programme_words()
        )

    @property
    def rhythm_chosen(self) -> Rhythm:
        return Rhythm.MONTHLY if self.rhythm.data == Rhythm.MONTHLY else Rhythm.ONCE

    @property
    def purpose_chosen(self) -> tuple[PurposeKind, Programme | None]:
        """What the gift is for."""
        if self.purpose.data in set(Programme):
            return PurposeKind.PROGRAMME, Programme(self.purpose.data)
        return PurposeKind.GENERAL, None


class SponsorForm(CommitmentForm):
    """Sponsoring a child every month, with wishes nobody need have."""

    SUGGESTIONS = (3_000, REFERENCE_SPONSORSHIP.minor, 9_400)
    ANSWERS = ("choice", "amount", "sex", "age", "programme", "site")

    choice = RadioField(lazy_gettext("Amount each month"), default=str(REFERENCE_SPONSORSHIP.minor))
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
