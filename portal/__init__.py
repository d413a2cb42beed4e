"""Sourire, the sponsorship and donation portal of Pour un Sourire d'Enfant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.config import Settings
    from portal.core.clock import Clock


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The whole portal, put together (portal/assembly.py); raises SettingsError when it cannot be."""
    from portal.assembly import assemble

    return assemble(settings, clock)


__all__ = ["create_app"]
