"""Every template compiles; every sentence has its French; no markup is trusted unseen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tools import i18n as catalogues

TEMPLATES = Path(__file__).resolve().parents[2] / "portal" / "templates"
PAGES = sorted(
    str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.*") if p.suffix in (".html", ".txt")
)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_compiles(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", PAGES)
def test_a_template_trusts_no_text(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b", source)
    assert " style=" not in source or name.startswith(("mail/", "newsletters/mail"))


def test_every_sentence_has_its_french() -> None:
    missing, differing = catalogues.faults()
    assert missing == []
    assert differing == []
