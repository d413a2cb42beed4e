"""French and English: the language of a page, the catalogues, the formats.

Messages are written in English in the code; each feature has its own French catalogue in
portal/translations/<feature>/ (docs/adr/0004-a-catalogue-a-feature.md).
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

import babel.numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session, url_for
from flask_babel import Babel, force_locale, format_date, get_locale, gettext
from flask_babel import format_datetime as babel_format_datetime
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

from portal.core import phrases
from portal.core.clock import PARIS
from portal.core.money import Money

LANGUAGES = ("fr", "en")
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
babel_extension = Babel()
babel_extension.domain_instance = phrases.Fitting()


def language() -> str:
    """The language of what is being written now."""
    locale = get_locale()
    return str(locale.language) if locale else "fr"


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Write for a reader of that language, whoever asks."""
    with force_locale(code if code in LANGUAGES else "fr"):
        yield


def _choose() -> str:
    """The address says it on public pages; else the account, else the browser."""
    if not has_request_context():
        return "fr"
    told = getattr(g, "lang_code", None) or session.get("language") or _of_the_account()
    return told or request.accept_languages.best_match(LANGUAGES) or "fr"


def _of_the_account() -> str | None:
    """The reader's own; None while the database is away (its error page is written, too)."""
    try:
        return current_user.language if current_user and current_user.is_authenticated else None
    except SQLAlchemyError:
        return None


def money(amount: Money, *, whole: bool = False) -> str:
    """``1 234,50 €`` or ``€1,234.50``; ``whole`` leaves out ,00."""
    shape = None
    if whole and amount.decimal == amount.decimal.to_integral_value():
        sign = babel.numbers.get_currency_symbol(amount.currency, language())
        before = "¤\u00a0#,##0" if sign.isalpha() else "¤#,##0"  # CHF 50, but €50
        shape = "#,##0\u00a0¤" if language() == "fr" else before
    return babel.numbers.format_currency(
        amount.decimal,
        amount.currency,
        format=shape,
        locale=language(),
        currency_digits=shape is None,
    )


def day(value: dt.date | dt.datetime | None, style: str = "long") -> str:
    """A date in words (``22 novembre 2026``); an instant gives its day in Paris."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(PARIS).date()
    text = str(format_date(value, style))
    if language() == "fr" and value.day == 1 and style != "short":
        text = re.sub(r"(?<!\d)1 ", "1er ", text, count=1)  # le 1er juin, le 2 juin
    return text


def instant(value: dt.datetime | None) -> str:
    """A date and time in Paris."""
    return "" if value is None else str(babel_format_datetime(value, "medium"))


def number(value: int | float) -> str:
    """A number with the language's separators."""
    return str(babel.numbers.format_decimal(value, locale=language()))


def compile_catalogues() -> list[Path]:
    """Make each .mo that is missing or older than its .po; gives what was made."""
    made = []
    for source in sorted(TRANSLATIONS.glob("*/*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3])
        partial = target.with_suffix(f".mo.{os.getpid()}.{get_ident()}")  # several start at once
        with partial.open("wb") as stream:
            write_mo(stream, catalogue)
        partial.replace(target)
        made.append(target)
    return made


def _switch_language_url(code: str) -> str:
    """This page in the other language."""
    if request.endpoint and "lang_code" in (request.url_rule.arguments if request.url_rule else ()):
        asked = {k: v for k, v in request.args.items() if k != "next"}  # checked where it is used
        kept = {**asked, **(request.view_args or {}), "lang_code": code}
        return url_for(request.endpoint, **kept)
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return url_for("site.set_language", lang_code=code, next=here)


def init_app(app: Flask) -> None:
    """Catalogues, the language of each request, the filters of the templates."""
    compile_catalogues()
    folders = sorted(str(p) for p in TRANSLATIONS.glob("*") if p.is_dir())
    babel_extension.init_app(
        app,
        default_locale="fr",
        default_timezone="Europe/Paris",
        default_translation_directories=";".join(folders),
        locale_selector=_choose,
    )

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        code = (values or {}).pop("lang_code", None)
        if code is not None and code not in LANGUAGES:
            raise NotFound
        g.lang_code = code

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        known = endpoint in app.view_functions
        if (
            known
            and "lang_code" not in values
            and app.url_map.is_endpoint_expecting(endpoint, "lang_code")
        ):
            values["lang_code"] = language()

    app.jinja_env.filters.update(money=money, day=day, instant=instant, number=number)
    app.jinja_env.globals.update(
        language=language,
        languages=LANGUAGES,
        switch_language_url=_switch_language_url,
        **phrases.in_templates(),
    )


__all__ = ["LANGUAGES", "day", "gettext", "in_language", "instant", "language", "money", "number"]
