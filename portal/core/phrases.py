"""A sentence and its values as one writes them by hand: *d’Anne* and not *de Anne*, 2 396 lines.

The catalogues cannot know what a value begins with, so the words before it are fitted when both
are put together: ``Fitting`` does so in code, ``in_templates`` in the templates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import babel.numbers
from flask_babel import Domain, get_locale, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

_BEFORE = re.compile(r"\b([Dd]|[Qq]u)e %\((\w+)\)s")
_NUMBER = re.compile(r"%\((\w+)\)d")
_TAGS = re.compile(r"^(?:<[^>]*>)+")
_VOWEL = re.compile(r"[aeiouœæ]|y[^aeiouy\W]", re.IGNORECASE)


def fitted(text: str, values: Mapping[str, Any], language: str) -> str:
    """The text before its values are put in: *de* and *que* lose their e before a vowel in French,
    and numbers from a thousand on have their separators."""

    def elided(found: re.Match[str]) -> str:
        said = values.get(found[2])
        return f"{found[1]}’%({found[2]})s" if begins_with_a_vowel(said) else found[0]

    def grouped(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if not isinstance(value, int) or abs(value) < 1000:
            return found[0]
        return str(babel.numbers.format_decimal(value, locale=language))

    text = _NUMBER.sub(grouped, text)
    return _BEFORE.sub(elided, text) if language == "fr" else text


def begins_with_a_vowel(value: object) -> bool:
    """Whether *de* is elided before it: a name or a word, no code, no acronym, no address.

    An h is taken as one that is heard: *de Heng*; and *de Hélène* is no fault.
    """
    word = _TAGS.sub("", str(value or "")).split(" ")[0]
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bool(_VOWEL.match(plain)) and "@" not in plain and plain[1:2].islower()


def _language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "fr"


class Fitting(Domain):
    """The catalogues, with sentences fitted to their values."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The sentence in the reader's language."""
        said = str(self.get_translations().ugettext(string))
        return fitted(said, variables, _language()) % variables if variables else said

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """The sentence for so many, in the reader's language."""
        values = {"num": num, **variables}
        said = str(self.get_translations().ungettext(singular, plural, num))
        return fitted(said, values, _language()) % values


def in_templates() -> dict[str, Callable[..., str]]:
    """``gettext`` and ``ngettext`` for the templates, in place of Jinja's; values are escaped."""

    def put_in(context: Context, said: str, values: dict[str, Any]) -> str:
        said = fitted(said, values, _language())
        return (Markup(said) if context.eval_ctx.autoescape else said) % values  # noqa: S704 (our catalogues)

    @pass_context
    def gettext(context: Context, string: str, /, **values: Any) -> str:
        return put_in(context, str(get_translations().ugettext(string)), values)

    @pass_context
    def ngettext(context: Context, singular: str, plural: str, num: int, /, **values: Any) -> str:
        said = str(get_translations().ungettext(singular, plural, num))
        return put_in(context, said, {"num": num, **values})

    return {"gettext": gettext, "ngettext": ngettext}
