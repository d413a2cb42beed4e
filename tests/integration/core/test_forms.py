"""Forms: nothing typed is lost, amounts are Money, faults are sentences in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
import wtforms
from flask import Flask
from wtforms import validators

from portal.core import i18n
from portal.core.money import Money
from portal.core.web.forms import AmountBetween, AmountField, Form, required


class _Gift(Form):
    name = wtforms.StringField("Name", [required("This file is too large")])
    note = wtforms.TextAreaField("Note", [validators.Optional()])
    secret = wtforms.PasswordField("Secret")
    agreed = wtforms.BooleanField("Agreed", [required("Too many attempts")])
    amount = AmountField("Amount", [AmountBetween(Money(500), Money(100_000_00))])


def _sent(app: Flask, language: str = "en", **data: Any) -> _Gift:
    with app.test_request_context("/", method="POST", data=data), i18n.in_language(language):
        form = _Gift()
        form.validate()
        form.amount.shown = form.amount._value()
        return form


def test_a_line_of_text_is_stripped_and_a_password_is_not(app: Flask) -> None:
    form = _sent(app, name="  Claire \u00a0 Essai\n", note=" a\n b ", secret=" p  w ")
    assert form.name.data == "Claire Essai"
    assert form.note.data.replace("\r", "") == " a\n b "
    assert form.secret.data == " p  w "


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0"])
def test_what_must_be_said_is_asked_for_in_the_readers_language(app: Flask, typed: str) -> None:
    assert _sent(app, "en", name=typed).errors["name"] == ["This file is too large"]
    assert _sent(app, "fr", name=typed).errors["name"] == ["Ce fichier est trop volumineux"]


def test_a_box_that_must_be_ticked(app: Flask) -> None:
    assert _sent(app, "fr", name="x").errors["agreed"] == ["Trop de tentatives"]
    assert "agreed" not in _sent(app, name="x", agreed="y").errors
    with app.test_request_context("/"):
        assert _Gift().agreed.flags.required


@pytest.mark.parametrize(
    ("typed", "cents"), [("47,50", 4750), ("1\u202f234,50 €", 123450), ("5", 500)]
)
def test_an_amount_is_money(app: Flask, typed: str, cents: int) -> None:
    form = _sent(app, name="x", agreed="y", amount=typed)
    assert form.errors == {}
    assert form.amount.data == Money(cents)
    assert form.amount.shown == typed, "what was typed is shown again"


@pytest.mark.parametrize("typed", ["abc", "47 € 50", "1,234", "47,505", "<b>", "-"])
def test_what_is_no_amount_gets_a_sentence_and_is_shown_again(app: Flask, typed: str) -> None:
    form = _sent(app, name="x", agreed="y", amount=typed)
    assert form.errors["amount"][0] == "Write an amount such as 47 or 47.50."
    assert form.amount.shown == typed


@pytest.mark.parametrize(
    ("typed", "language", "words"),
    [
        ("4,99", "en", "The smallest possible amount is €5.00."),
        ("4,99", "fr", "5,00\u00a0€"),
        ("100000,01", "en", "The largest possible amount here is €100,000.00."),
        ("-10", "en", "The smallest possible amount is €5.00."),
    ],
)
def test_an_amount_keeps_within_its_bounds(
    app: Flask, typed: str, language: str, words: str
) -> None:
    form = _sent(app, language, name="x", agreed="y", amount=typed)
    assert words in form.errors["amount"][0]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("cents", [500, 4750, 123450, 100_000_00, 1])
def test_an_amount_the_form_shows_can_be_sent_back(app: Flask, language: str, cents: int) -> None:
    with app.test_request_context("/"), i18n.in_language(language):
        shown = _Gift(amount=Money(cents)).amount._value()
    assert _sent(app, language, amount=shown).amount.data == Money(cents)


def test_an_amount_may_be_left_out(app: Flask) -> None:
    form = _sent(app, name="x", agreed="y", amount="  ")
    assert (form.amount.data, form.errors) == (None, {})


def test_the_librarys_own_sentences_go_through_our_catalogues(app: Flask) -> None:
    with app.test_request_context("/"), i18n.in_language("fr"):
        words: Any = _Gift().meta.get_translations(None)
        assert words.gettext("Too many attempts") == "Trop de tentatives"
        assert words.ngettext("Too many attempts", "This file is too large", 1) == (
            "Trop de tentatives"
        )
