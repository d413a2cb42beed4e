"""All models, for whoever needs the whole schema (migrations, the application)."""

from __future__ import annotations

from importlib import import_module

MODELS = (
    "portal.core.audit",
    "portal.core.dated_rules.models",
    "portal.core.documents",
    "portal.core.exports.models",
    "portal.core.mail.models",
    "portal.core.web.limits",
    "portal.accounts.models",
    "portal.programmes.models",
    "portal.donations.models",
    "portal.receipts.models",
    "portal.accounting.models",
    "portal.sponsorships.models",
    "portal.newsletters.models",
    "portal.office.imports.models",
)


def load_models() -> None:
    """Import every module that declares tables."""
    for name in MODELS:
        import_module(name)
