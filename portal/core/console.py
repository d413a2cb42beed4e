"""What a command needs of the house above it: the application, made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from flask import Flask, current_app, has_app_context


@contextmanager
def in_portal() -> Iterator[Flask]:
    """Work inside the application of this run of the ``portal`` command.

    Where there is an application context already (a test, a shell) it is that one. Raises
    SettingsError when the portal cannot be put together.
    """
    if has_app_context():
        yield cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
        return
    app = cast(Flask, click.get_current_context().find_root().obj())
    with app.app_context():
        yield app
