"""The line to Stripe: keys and address that belong together, time limits, retries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import stripe

from portal.core.clock import Clock, SystemClock
from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway.refusals import translated

API_VERSION = "2026-10-28.endive"
"""What the snapshots are read by; the webhook endpoint is made with the same."""
RETRIES = 2
CONNECT_WITHIN = 3.0
SIMULATOR_KEY = "sk_test_sim"
PAGE = 100
_KEYS = ("sk_test_", "rk_test_", "sk_live_", "rk_live_")


class Connection:
    """What every verb stands on.

    `webhook_secrets` are the secrets in force, two while one is being replaced; `timeout` is how many
    seconds an answer may take. Raises GatewayMisconfigured when the key and the address do not belong
    together: a live key never goes anywhere but to Stripe, a simulator key never goes there.
    """

    def __init__(
        self,
        secret_key: str,
        webhook_secrets: tuple[str, ...],
        api_base: str | None,
        timeout: float,
        clock: Clock | None = None,
    ) -> None:
        _check_key(secret_key, api_base)
        self._livemode = "_live_" in secret_key
        self._webhook_secrets = tuple(secret for secret in webhook_secrets if secret.strip())
        self._clock = clock or SystemClock()
        stripe.enable_telemetry = False
        self._http = stripe.RequestsClient(
            timeout=(CONNECT_WITHIN, timeout), session=_session(api_base)
        )
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            max_network_retries=RETRIES,
            base_addresses=cast(Any, {"api": api_base} if api_base else {}),
            http_client=self._http,
        )
        self._stripe = self._services(self._client)

    def close(self) -> None:
        """Let go of the connections."""
        cast(Any, self._http).close()

    def _services(self, client: stripe.StripeClient) -> stripe._v1_services.V1Services:
        return client.v1

    def _subscription(self, subscription_id: str) -> dict[str, Any]:
        with translated():
            found = self._stripe.subscriptions.retrieve(named(subscription_id))
        return plain(found)


def named(object_id: str) -> str:
    """The id or key itself; with an empty id the library would ask for a whole list instead."""
    if not object_id.strip():
        raise ValueError("an id or key is empty")
    return object_id


def once(idempotency_key: str) -> dict[str, Any]:
    """The option that makes a call happen once."""
    return {"idempotency_key": named(idempotency_key)}


def plain(found: stripe.StripeObject) -> dict[str, Any]:
    """An object of the library as a dictionary."""
    return found.to_dict(for_json=True)


def same_currency(found: Mapping[str, Any], amount: Money) -> None:
    """Raise GatewayRefused unless the amount is one of that payment's or plan's currency."""
    if str(found["currency"]).upper() != amount.currency:
        raise door.GatewayRefused("the currency of a payment does not change", "currency")
    if amount.minor <= 0:
        raise door.GatewayRefused("the amount must be more than nothing", "amount")


def _check_key(secret_key: str, api_base: str | None) -> None:
    if not secret_key.startswith(_KEYS):
        raise door.GatewayMisconfigured("this is not a secret key of Stripe")
    simulated = secret_key.startswith(SIMULATOR_KEY)
    if simulated != (api_base is not None):
        raise door.GatewayMisconfigured(
            "a simulator key goes with the simulator's address, Stripe's own keys with none"
        )


def _session(api_base: str | None) -> requests.Session | None:
    if api_base is None:
        return None
    session = requests.Session()
    # Loopback is never asked for through a proxy, whatever the environment says.
    session.trust_env = urlsplit(api_base).hostname not in ("127.0.0.1", "localhost", "::1")
    return session
