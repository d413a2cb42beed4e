"""Every endpoint stands in docs/security/audiences.csv with the audience it declares."""

from __future__ import annotations

import csv
from pathlib import Path

from flask import Flask

from portal.core.web.audience import audience_of

TABLE = Path(__file__).resolve().parents[2] / "docs" / "security" / "audiences.csv"
WITHOUT_CSRF = {"donations.stripe_webhook", "newsletters.unsubscribe_one_click"}


def _declared(app: Flask) -> dict[str, tuple[str, str]]:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update(
            (rule.methods or set()) - {"HEAD", "OPTIONS"}
        )
    return {
        endpoint: (" ".join(sorted(found)), str(audience_of(app.view_functions[endpoint])))
        for endpoint, found in methods.items()
    }


def test_the_table_of_audiences_says_what_the_code_does(app: Flask) -> None:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        table = {
            row["endpoint"]: (row["methods"], row["audience"]) for row in csv.DictReader(stream)
        }
    assert table == _declared(app)


def test_only_machines_and_public_pages_are_open_to_strangers(app: Flask) -> None:
    open_to_all = {e for e, (_m, who) in _declared(app).items() if who == "everyone"}
    closed_areas = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/me", "/office"))
    }
    assert open_to_all & closed_areas == set()


def test_only_these_endpoints_do_without_a_csrf_token(app: Flask) -> None:
    csrf = app.extensions["csrf"]
    exempt = set(csrf._exempt_views)
    endpoints = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in exempt
    }
    assert endpoints <= WITHOUT_CSRF
