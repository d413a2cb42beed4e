"""One frozen Settings, read from the environment once; a wrong name or value stops the start.

Names are listed in docs/operations.md; a test keeps that page complete.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stdnum import iban as iban_number
from stdnum.eu import at_02 as creditor_identifier
from stdnum.fr import siren as siren_number

OUR_PREFIXES = ("PORTAL_", "ORGANISATION_", "STRIPE_", "SMTP_", "MAIL_")
ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """The settings cannot be used; the message names each one and says why."""


class Mode(StrEnum):
    """How the portal is being run."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Organisation:
    """The legal entity that receives gifts and issues receipts (CGI art. 200, BOI-IR-RICI-250-40)."""

    name: str = "Pour un Sourire d'Enfant"
    siren: str = "123456782"
    rna: str = "W000000000"
    address: str = "1 rue de la Démonstration"
    postcode: str = "78000"
    city: str = "Versailles"
    country: str = "France"
    purpose: str = (
        "Scolarisation, formation professionnelle, alimentation, santé et protection d'enfants"
        " en grande difficulté au Cambodge et aide à leurs familles"
    )
    category: str = "Association loi 1901"
    signatory: str = "La trésorerie"
    signatory_capacity: str = "Trésorerie de l'association"
    email: str = "contact@example.org"
    tax_category: str = "general"
    receipts_by_mail: str = "link"
    creditor_id: str = "FR72ZZZ123456"
    iban: str = "FR1420041010050500013M02606"
    bic: str = "PSSTFRPPPAR"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the portal may be told from outside."""

    mode: Mode
    instance_dir: Path
    secret_key: str
    public_url: str
    port: int
    database_url: str | None
    stripe_secret_key: str | None
    stripe_webhook_secrets: tuple[str, ...]
    simulator_port: int
    smtp_url: str | None
    mail_from: str
    organisation: Organisation = field(default_factory=Organisation)

    @property
    def simulated_payments(self) -> bool:
        """Without a Stripe key the simulator on loopback stands in, and every page says so."""
        return self.stripe_secret_key is None

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def loopback(self) -> bool:
        return bool(re.match(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:|/|$)", self.public_url))


KNOWN = {
    "PORTAL_MODE",
    "INSTANCE_DIR",
    "SECRET_KEY",
    "PUBLIC_URL",
    "PORT",
    "DATABASE_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "PORTAL_SIMULATOR_PORT",
    "SMTP_URL",
    "MAIL_FROM",
    "STRIPE_TEST_KEY",
} | {f"ORGANISATION_{name.upper()}" for name in Organisation.__slots__}

ACCOUNT_NAMES = ("creditor_id", "iban", "bic")
REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "PUBLIC_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "SMTP_URL",
    "MAIL_FROM",
    "ORGANISATION_SIREN",
    "ORGANISATION_RNA",
    "ORGANISATION_ADDRESS",
    "ORGANISATION_POSTCODE",
    "ORGANISATION_CITY",
    "ORGANISATION_SIGNATORY",
    "ORGANISATION_SIGNATORY_CAPACITY",
    "ORGANISATION_EMAIL",
)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises SettingsError naming every fault at once."""
    env = {k: v.strip() for k, v in (os.environ if environ is None else environ).items()}
    given = {k: v for k, v in env.items() if k in KNOWN and v}
    faults = [
        f"{name}: no setting has this name"
        for name in sorted(env)
        if name.startswith(OUR_PREFIXES) and name not in KNOWN
    ]
    mode = _mode(given, faults)
    if mode is Mode.PRODUCTION:
        faults += [
            f"{n}: missing (required in production)"
            for n in REQUIRED_IN_PRODUCTION
            if n not in given
        ]
    port = _port(given, "PORT", 8000, faults)
    instance = Path(given.get("INSTANCE_DIR", ROOT / "instance")).resolve()
    settings = Settings(
        mode=mode,
        instance_dir=instance,
        secret_key=given.get("SECRET_KEY") or _kept_secret(instance, "secret_key", mode),
        public_url=given.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        database_url=given.get("DATABASE_URL"),
        stripe_secret_key=given.get("STRIPE_SECRET_KEY"),
        stripe_webhook_secrets=_webhook_secrets(given, instance, mode),
        simulator_port=_port(given, "PORTAL_SIMULATOR_PORT", min(port + 12, 65535), faults),
        smtp_url=given.get("SMTP_URL"),
        mail_from=given.get("MAIL_FROM", "Pour un Sourire d'Enfant <bonjour@example.org>"),
        organisation=_organisation(given, mode, faults),
    )
    faults += _contradictions(settings)
    if faults:
        raise SettingsError(
            "The portal cannot start with these settings:\n  " + "\n  ".join(faults)
        )
    return settings


def _mode(given: Mapping[str, str], faults: list[str]) -> Mode:
    try:
        return Mode(given.get("PORTAL_MODE", "demo"))
    except ValueError:
        faults.append(f"PORTAL_MODE: must be one of {', '.join(Mode)}")
        return Mode.DEMO


def _port(given: Mapping[str, str], name: str, default: int, faults: list[str]) -> int:
    text = given.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536:
        return int(text)
    faults.append(f"{name}: {text!r} is not a port (1 to 65535)")
    return default


def _organisation(given: Mapping[str, str], mode: Mode, faults: list[str]) -> Organisation:
    told = {
        name: given[key]
        for name in Organisation.__slots__
        if (key := f"ORGANISATION_{name.upper()}") in given
    }
    if (
        mode is Mode.PRODUCTION
    ):  # an account nobody named is nobody's: never that of the demonstration
        told = {**dict.fromkeys(ACCOUNT_NAMES, ""), **told}
    organisation = Organisation(**told)
    if not siren_number.is_valid(organisation.siren):
        faults.append(f"ORGANISATION_SIREN: {organisation.siren!r} is not a valid SIREN")
    if organisation.creditor_id and not creditor_identifier.is_valid(organisation.creditor_id):
        faults.append(
            f"ORGANISATION_CREDITOR_ID: {organisation.creditor_id!r} is not a SEPA creditor identifier"
        )
    if organisation.iban and not iban_number.is_valid(organisation.iban):
        faults.append(f"ORGANISATION_IBAN: {organisation.iban!r} is not a valid IBAN")
    if organisation.tax_category not in ("general", "coluche"):
        faults.append("ORGANISATION_TAX_CATEGORY: must be general or coluche")
    if organisation.receipts_by_mail not in ("link", "attachment"):
        faults.append("ORGANISATION_RECEIPTS_BY_MAIL: must be link or attachment")
    return organisation


def _contradictions(settings: Settings) -> list[str]:
    faults = []
    key = settings.stripe_secret_key
    if (
        key
        and settings.mode is not Mode.PRODUCTION
        and not key.startswith(("sk_test_", "rk_test_"))
    ):
        faults.append("STRIPE_SECRET_KEY: a live key needs PORTAL_MODE=production")
    if key and settings.mode is Mode.PRODUCTION and not key.startswith(("sk_live_", "rk_live_")):
        faults.append(
            "STRIPE_SECRET_KEY: production needs a live key: with a test key play money makes receipts"
        )
    if settings.mode is Mode.PRODUCTION and not settings.public_url.startswith("https://"):
        faults.append("PUBLIC_URL: must begin with https:// in production")
    if len(settings.secret_key) < 32:
        faults.append("SECRET_KEY: must have at least 32 characters")
    if settings.database_url and not settings.database_url.startswith(
        ("postgresql:", "postgresql+psycopg:", "postgres:")
    ):
        faults.append("DATABASE_URL: must begin with postgresql://")
    return faults


def _webhook_secrets(given: Mapping[str, str], instance: Path, mode: Mode) -> tuple[str, ...]:
    """The given secrets (several while one is being rolled), else one kept for the simulator."""
    told = tuple(s for s in re.split(r"[,\s]+", given.get("STRIPE_WEBHOOK_SECRETS", "")) if s)
    return told or (f"whsec_{_kept_secret(instance, 'simulator_webhook_secret', mode)}",)


def _kept_secret(instance: Path, name: str, mode: Mode) -> str:
    """A random secret made once per instance folder; never in production, where it must be given."""
    if mode is Mode.PRODUCTION:
        return secrets.token_hex(32)
    path = instance / name
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, made = tempfile.mkstemp(dir=instance, prefix=f".{name}")  # ours alone: 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(made, path)  # the first one wins; the others read what it wrote
        except FileExistsError:
            pass
        finally:
            os.unlink(made)
    return path.read_text()
