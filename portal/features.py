"""The features of the house, in the order they are put together.

Each feature may have ``register(app)`` in its package's ``wiring`` module: it registers
blueprints, listens to signals and adds its menu items.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask
from flask_wtf import CSRFProtect

FEATURES = (
    "accounts",
    "programmes",
    "donations",
    "receipts",
    "accounting",
    "sponsorships",
    "newsletters",
    "office",
    "site",
    "demo",
)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Put every feature into the application."""
    for name in FEATURES:
        if find_spec(f"portal.{name}.wiring"):
            import_module(f"portal.{name}.wiring").register(app, csrf)


def commands() -> list[click.Command]:
    """The commands each feature brings."""
    found: list[click.Command] = []
    for name in FEATURES:
        if find_spec(f"portal.{name}.commands"):
            found.extend(import_module(f"portal.{name}.commands").COMMANDS)
    return found
