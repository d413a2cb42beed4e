"""Settings: every fault is named at once, nothing is guessed in production."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal import config
from portal.config import KNOWN, Mode, SettingsError, load

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k" * 40,
    "PUBLIC_URL": "https://sourire.example.org",
    "STRIPE_SECRET_KEY": "sk_live_example",
    "STRIPE_WEBHOOK_SECRETS": "whsec_one, whsec_two",
    "SMTP_URL": "smtps://mail.example.org",
    "MAIL_FROM": "PSE <bonjour@example.org>",
    "ORGANISATION_SIREN": "123456782",
    "ORGANISATION_RNA": "W000000001",
    "ORGANISATION_ADDRESS": "1 rue des Essais",
    "ORGANISATION_POSTCODE": "78000",
    "ORGANISATION_CITY": "Versailles",
    "ORGANISATION_SIGNATORY": "Claire Essai",
    "ORGANISATION_SIGNATORY_CAPACITY": "Trésorière",
    "ORGANISATION_EMAIL": "contact@example.org",
}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """An environment that says nothing but where the instance is."""
    return {"INSTANCE_DIR": str(tmp_path / "instance")}


def _faults(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(env)
    return str(refused.value)


def test_with_nothing_said_it_is_a_demonstration_on_loopback(told: dict[str, str]) -> None:
    settings = load(told)
    assert (settings.mode, settings.port, settings.simulator_port) == (Mode.DEMO, 8000, 8012)
    assert settings.demo
    assert settings.loopback
    assert settings.simulated_payments
    assert settings.simulator_url == "http://127.0.0.1:8012"


def test_every_fault_is_named_at_once(told: dict[str, str]) -> None:
    said = _faults(
        told
        | {
            "PORTAL_MODE": "prod",
            "PORT": "99999",
            "PORTAL_SIMULATOR_PORT": "x",
            "SECRET_KEY": "short",
            "DATABASE_URL": "mysql://db",
            "STRIPE_SECRET_KEY": "sk_live_x",
            "ORGANISATION_SIREN": "123",
            "ORGANISATION_TAX_CATEGORY": "both",
            "STRIPE_KEY": "sk_test_x",
        }
    )
    for name in (
        "PORTAL_MODE: must be one of demo, test, production",
        "PORT: '99999' is not a port",
        "PORTAL_SIMULATOR_PORT: 'x' is not a port",
        "SECRET_KEY: must have at least 32 characters",
        "DATABASE_URL: must begin with postgresql://",
        "STRIPE_SECRET_KEY: a live key needs PORTAL_MODE=production",
        "ORGANISATION_SIREN: '123' is not a valid SIREN",
        "ORGANISATION_TAX_CATEGORY: must be general or coluche",
        "STRIPE_KEY: no setting has this name",
    ):
        assert name in said


@pytest.mark.parametrize(
    "name",
    ["PORTAL_PORT", "STRIPE_API_KEY", "SMTP_HOST", "MAIL_TO", "ORGANISATION_SIRET"],
)
def test_a_name_nobody_knows_stops_the_start(told: dict[str, str], name: str) -> None:
    assert f"{name}: no setting has this name" in _faults(told | {name: "x"})


def test_the_environments_other_names_are_none_of_its_business(told: dict[str, str]) -> None:
    others = {"HOME": "/home/x", "MAIL": "/var/mail/x", "LANG": "fr_FR"}
    assert load(told | others) == load(told)


@pytest.mark.parametrize("missing", config.REQUIRED_IN_PRODUCTION)
def test_production_guesses_nothing(told: dict[str, str], missing: str) -> None:
    env = told | {name: value for name, value in PRODUCTION.items() if name != missing}
    assert f"{missing}: missing (required in production)" in _faults(env)


def test_production_starts_when_all_is_said_and_writes_no_secret(told: dict[str, str]) -> None:
    settings = load(told | PRODUCTION)
    assert settings.stripe_webhook_secrets == ("whsec_one", "whsec_two")
    assert not settings.simulated_payments
    assert not settings.loopback
    assert not settings.instance_dir.exists()


def test_production_is_served_by_https_only(told: dict[str, str]) -> None:
    said = _faults(told | PRODUCTION | {"PUBLIC_URL": "http://sourire.example.org"})
    assert "PUBLIC_URL: must begin with https://" in said


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_test_abc", "abc"])
def test_no_key_but_a_test_key_outside_production(told: dict[str, str], key: str) -> None:
    assert "a live key needs PORTAL_MODE=production" in _faults(told | {"STRIPE_SECRET_KEY": key})


@pytest.mark.parametrize("key", ["sk_test_abc", "rk_test_abc", "sk_test_sim", "pk_live_abc", "abc"])
def test_no_key_but_a_live_key_in_production(told: dict[str, str], key: str) -> None:
    """With a test key the card of Stripe's handbook would pay, and a tax receipt would say so."""
    said = _faults(told | PRODUCTION | {"STRIPE_SECRET_KEY": key})
    assert "STRIPE_SECRET_KEY: production needs a live key" in said


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.0", "٨٠٠٠", "9" * 5000])
def test_what_is_not_a_port_is_a_fault(told: dict[str, str], port: str) -> None:
    assert "is not a port" in _faults(told | {"PORT": port})


def test_a_secret_is_made_once_however_many_start_at_the_same_time(told: dict[str, str]) -> None:
    with ThreadPoolExecutor(8) as threads:
        started = list(threads.map(lambda _: load(told), range(24)))
    assert len({settings.secret_key for settings in started}) == 1
    assert len({settings.stripe_webhook_secrets for settings in started}) == 1
    kept = sorted(path.name for path in started[0].instance_dir.iterdir())
    assert kept == ["secret_key", "simulator_webhook_secret"]


def test_a_kept_secret_is_for_its_owners_eyes_only(told: dict[str, str]) -> None:
    settings = load(told)
    assert (settings.instance_dir / "secret_key").stat().st_mode & 0o777 == 0o600
    assert settings.instance_dir.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("https://example.org/localhost", False),
    ],
)
def test_loopback_is_this_machine_and_no_other(
    told: dict[str, str], address: str, here: bool
) -> None:
    assert load(told | {"PUBLIC_URL": address}).loopback is here


def test_the_manual_names_exactly_the_settings_there_are() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert {name for cell in table for name in re.findall(r"`([A-Z_]+)`", cell)} == KNOWN
