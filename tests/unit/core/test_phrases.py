"""Sentences with their values in them read as one writes them by hand."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import gettext, ngettext
from markupsafe import Markup

from portal.core.i18n import in_language
from portal.core.phrases import fitted


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Anne", "d’%(name)s"),
        ("Élodie", "d’%(name)s"),
        ("Œdipe", "d’%(name)s"),
        ("Yves", "d’%(name)s"),
        ("avril", "d’%(name)s"),
        (Markup("<strong>Oudom</strong>"), "d’%(name)s"),
        ("Yannick", "de %(name)s"),
        ("Heng", "de %(name)s"),
        ("Sokha", "de %(name)s"),
        ("EUR", "de %(name)s"),
        ("A12", "de %(name)s"),
        ("anne@example.org", "de %(name)s"),
        ("", "de %(name)s"),
        (11, "de %(name)s"),
    ],
)
def test_de_before_a_vowel(name: object, written: str) -> None:
    assert fitted("Reçus de %(name)s.", {"name": name}, "fr") == f"Reçus {written}."


def test_que_and_the_beginning_of_a_sentence() -> None:
    values = {"giver": "Odile", "payer": "Marc"}
    text = "De %(giver)s : ce que %(giver)s et que %(payer)s donnent"
    assert fitted(text, values, "fr") == ("D’%(giver)s : ce qu’%(giver)s et que %(payer)s donnent")


def test_only_whole_words_and_only_french() -> None:
    assert fitted("mode %(name)s", {"name": "Anne"}, "fr") == "mode %(name)s"
    assert fitted("de %(name)s", {"name": "Anne"}, "en") == "de %(name)s"
    assert fitted("de %(other)s", {}, "fr") == "de %(other)s"


def test_large_numbers_are_grouped() -> None:
    assert fitted("%(num)d lignes", {"num": 2396}, "fr") == "2\u202f396 lignes"
    assert fitted("%(num)d lines", {"num": 2396}, "en") == "2,396 lines"
    assert fitted("%(num)d lignes, 100 %%", {"num": 12}, "fr") == "%(num)d lignes, 100 %%"


def test_in_code_and_in_templates(app: Flask) -> None:
    with app.test_request_context(), in_language("fr"):
        assert gettext("Receipts of %(name)s", name="Odile") == "Reçus d’Odile"
        assert ngettext("%(num)d line", "%(num)d lines", 2396) == "2\u202f396 lignes"
        page = "{{ _('Receipts of %(name)s', name='Inès <b>') }} {{ ngettext('%(num)d line', '%(num)d lines', 2396) }}"
        assert render_template_string(page) == "Reçus d’Inès &lt;b&gt; 2\u202f396 lignes"
