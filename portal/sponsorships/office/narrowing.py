"""The filters of the desk's lists."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import request

from portal.core.web.lists import escape_like
from portal.programmes.codes import Sex, Site
from portal.programmes.models import Child
from portal.programmes.rules.labels import SEXES, SITES

SEX_CHOICES = [(str(code), label) for code, label in SEXES.items()]
SITE_CHOICES = [(str(code), label) for code, label in SITES.items()]
SEARCHED = (Child.called, Child.given_name_latin, Child.ref)


def narrowed(*, words: bool = True) -> list[sa.ColumnElement[bool]]:
    """What the request asks for: ``sex``, ``site``, and words to search; unknown codes are no filter."""
    found: list[sa.ColumnElement[bool]] = []
    if request.args.get("sex") in set(Sex):
        found.append(Child.sex == Sex(request.args["sex"]))
    if request.args.get("site") in set(Site):
        found.append(Child.site == Site(request.args["site"]))
    typed = (request.args.get("q") or "")[:200].split()[:8] if words else []
    return found + [words_match(word) for word in typed]


def words_match(word: str) -> sa.ColumnElement[Any]:
    """The word is somewhere in the name or the reference, whatever accents and case."""
    pattern = sa.func.unaccent(f"%{escape_like(word)}%")
    return sa.or_(*(sa.func.unaccent(c).ilike(pattern, escape="\\") for c in SEARCHED))
