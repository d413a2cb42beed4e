"""The form fields of rules: percentages, decimals, images, each read into what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, validators
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core import i18n
from portal.core.dated_rules import RuleField, Shape
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField

DECIMALS = 6
LARGEST = Decimal(1_000_000)
MOST = AmountBetween(Money(0), Money(10**11))


class DecimalField(StringField):
    """A decimal number as people type it (``0,529``); ``data`` is decimal text or None."""

    scale = Decimal(1)
    fault = N_("Write a number such as 0.529.")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip().removesuffix("%").strip() if valuelist else ""
        self.data: Any = None
        if not typed:
            return
        try:
            number = Decimal(typed.replace(",", ".").replace("\u202f", "").replace(" ", ""))
        except InvalidOperation as error:
            raise ValueError(_(self.fault)) from error
        if not number.is_finite() or abs(number) > LARGEST:
            raise ValueError(_(self.fault))
        self.data = _text(number * self.scale)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        told = f"{(Decimal(self.data) / self.scale).normalize():f}"
        return told.replace(".", ",") if i18n.language() == "fr" else told


class PercentField(DecimalField):
    """A rate in hundredths (``66``); ``data`` is the rate as decimal text (``0.66``)."""

    scale = Decimal("0.01")
    fault = N_("Write a percentage such as 66.")


class WholeField(DecimalField):
    """A whole number; ``data`` is an int or None."""

    fault = N_("Write a whole number.")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is None:
            return
        number = Decimal(self.data)
        if number != number.to_integral_value():
            self.data = None
            raise ValueError(_(self.fault))
        self.data = int(number)


def _text(number: Decimal) -> str:
    """Without an exponent; two decimals at least, six at most."""
    shortened = round(number, DECIMALS).normalize()
    few = shortened.as_tuple().exponent
    return f"{shortened:.2f}" if isinstance(few, int) and few > -2 else f"{shortened:f}"


def filled_in(_form: Any, field: Any) -> None:
    """Something must be written; what is written wrongly keeps its own message."""
    if not field.raw_data or not str(field.raw_data[0]).strip():
        field.errors = []
        raise validators.StopValidation(_("This must be filled in."))


filled_in.field_flags = {"required": True}  # type: ignore[attr-defined]


def _checks(field: RuleField) -> list[Any]:
    return [filled_in] if field.required else [validators.Optional()]


def form_field(field: RuleField) -> Any:
    """The form's question for a field of a rule."""
    said = {"label": lazy_gettext(field.label), "validators": _checks(field)}
    if field.hint:
        said["description"] = lazy_gettext(field.hint)
    return _MADE[field.shape](field, said)


def _choice(field: RuleField, said: dict[str, Any]) -> Any:
    words = [SelectChoice(code, lazy_gettext(label)) for code, label in field.choices.items()]
    return SelectField(**said, choices=words)


_MADE: dict[Shape, Callable[[RuleField, dict[str, Any]], Any]] = {
    Shape.LINE: lambda field, said: StringField(**_limited(said, field)),
    Shape.TEXT: lambda field, said: TextAreaField(**_limited(said, field), render_kw={"rows": 6}),
    Shape.PERCENT: lambda _field, said: PercentField(**said),
    Shape.DECIMAL: lambda _field, said: DecimalField(**said),
    Shape.WHOLE: lambda _field, said: WholeField(**said),
    Shape.EUROS: lambda field, said: AmountField(**said | {"validators": [*_checks(field), MOST]}),
    Shape.YES_NO: lambda _field, said: BooleanField(**said | {"validators": []}),
    Shape.CHOICE: _choice,
    Shape.IMAGE: lambda _field, said: FileField(**said),
}


def _limited(said: dict[str, Any], field: RuleField) -> dict[str, Any]:
    return {**said, "validators": [*said["validators"], at_most(field.longest)]}


def kept_image() -> Any:
    """Where the image already kept is named while a form goes back and forth."""
    return HiddenField()
