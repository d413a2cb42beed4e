"""Forms: stripped text, amounts as Money, messages in the reader's language, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import wtforms
from flask import current_app
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import validators
from wtforms.i18n import DummyTranslations

from portal.core import i18n
from portal.core.money import Money, MoneyError


class _OurTranslations(DummyTranslations):
    """WTForms' own sentences go through our catalogues like all others."""

    def gettext(self, string: str) -> str:
        return str(_(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(_(singular if n == 1 else plural))


def _strip(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


class Form(FlaskForm):
    """The base of every form; ``form.errors`` feeds the error summary on top of the page."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            del form
            return _OurTranslations()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, wtforms.StringField) and not issubclass(
                unbound_field.field_class, wtforms.PasswordField | wtforms.TextAreaField
            ):
                options["filters"] = [*options.get("filters", ()), _strip]
            return unbound_field.bind(form=form, **options)


class PartOfForm(wtforms.Form):
    """A group of fields that stands several times in a form; its sentences are ours, too."""

    class Meta(wtforms.Form.Meta):
        def get_translations(self, form: Any) -> Any:
            del form
            return _OurTranslations()


class AmountField(wtforms.StringField):
    """An amount as people type it; ``data`` is Money or None."""

    def __init__(self, label: str = "", validators: Any = None, currency: str = "EUR", **kw: Any):
        super().__init__(label, validators, **kw)
        self.currency = currency

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = Money.parse(typed, self.currency)
        except MoneyError as error:
            raise ValueError(_("Write an amount such as 47 or 47.50.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return _typed(self.data)


def _typed(amount: Money) -> str:
    """The amount as one would type it: no separators, so that it can be read again."""
    value = amount.decimal
    text = str(int(value)) if value == int(value) else str(value)
    return text.replace(".", ",") if i18n.language() == "fr" else text


class NumberField(wtforms.DecimalField):
    """A number as people type it, with a comma or a point; nothing without an end."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip().replace(",", ".") if valuelist else ""
        self.data: Decimal | None = None
        if not typed:
            return
        try:
            told = Decimal(typed)
        except InvalidOperation:
            told = Decimal("NaN")
        if not told.is_finite():
            raise ValueError(_("Write a number such as 12.5."))
        self.data = told


class AmountBetween:
    """The amount must lie between two; the message names the one it crossed."""

    def __init__(self, least: Money, most: Money) -> None:
        self.least, self.most = least, most

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is None:
            return
        if field.data < self.least:
            text = _("The smallest possible amount is %(amount)s.", amount=i18n.money(self.least))
            raise validators.ValidationError(text)
        if field.data > self.most:
            text = _(
                "The largest possible amount here is %(amount)s.", amount=i18n.money(self.most)
            )
            raise validators.ValidationError(text)


def required(message: str) -> Callable[[Any, Any], None]:
    """The field must be filled; ``message`` is an English msgid, shown translated."""

    def check(_form: Any, field: Any) -> None:
        if field.data in (None, "", [], False):
            field.errors = []
            raise validators.StopValidation(_(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def clock_now() -> Any:
    """The instant by the portal's clock."""
    return current_app.extensions["clock"].now()
