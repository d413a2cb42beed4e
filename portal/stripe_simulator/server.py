"""The simulator as a process: a small web server on loopback, and the thread that sends webhooks."""

from __future__ import annotations

import ipaddress
import logging
import signal
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.api import api
from portal.stripe_simulator.beginning import BEGINNING, begin_with
from portal.stripe_simulator.choice_page import policy
from portal.stripe_simulator.control import control
from portal.stripe_simulator.deliveries import RETRY_AFTER, Deliverer
from portal.stripe_simulator.desk import desk
from portal.stripe_simulator.faults import HUNG_UP
from portal.stripe_simulator.invoice_page import invoice_page
from portal.stripe_simulator.pay_page import pay_page
from portal.stripe_simulator.store import Store

MERCHANT = "Pour un Sourire d’Enfant"
_LARGEST_REQUEST = 256 * 1024
_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
_log = logging.getLogger(__name__)


class NotLoopback(ValueError):
    """The simulator has no locks on its doors: it is only ever reached from its own machine."""


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Say nothing of requests that were answered."""

    def connection_dropped(self, *_: Any) -> None:
        """Hang up: a connection kept alive would leave the other side waiting."""
        self.close_connection = True


def create_app(account: Account, deliverer: Deliverer) -> Flask:
    """The simulator's web application."""
    app = Flask("portal.stripe_simulator")
    app.config.update(
        ACCOUNT=account,
        WAKE=deliverer.wake,
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_LARGEST_REQUEST,
    )
    for blueprint in (api, control, pay_page, invoice_page, desk):
        app.register_blueprint(blueprint)

    @app.before_request
    def only_by_own_name() -> tuple[str, int] | None:
        """Refuse requests that came by another name: a page elsewhere pointing its name here."""
        name = request.host.rsplit(":", 1)[0] if request.host.count(":") else request.host
        return None if name in _OWN_NAMES else ("The simulator answers on loopback only.", 403)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method != "GET":
            deliverer.wake()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Content-Security-Policy", policy(None))
        return response

    return app


def _or_hang_up(inner: Any, environ: Any, start: Any) -> Any:
    def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        if HUNG_UP in dict(headers):
            raise ConnectionAbortedError("the simulator hangs up, as it was told to")
        return start(status, headers, *rest)

    return inner(environ, begin)


class Simulator:
    """A simulator that can be started and stopped; port 0 takes any that is free."""

    def __init__(
        self,
        port: int,
        state: Path | str,
        webhook_url: str,
        webhook_secret: str,
        host: str = "127.0.0.1",
        *,
        merchant: str = MERCHANT,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        if not ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback:
            raise NotLoopback(f"{host} is not a loopback address")
        if not webhook_secret:
            raise ValueError("webhooks need a secret to be signed with")
        self._store = Store(Path(state))
        self.account = Account(self._store, merchant)
        self.deliverer = Deliverer(self.account, webhook_url, webhook_secret, retry_after)
        app = create_app(self.account, self.deliverer)
        served = partial(_or_hang_up, app.wsgi_app)
        self._server = make_server(host, port, served, threaded=True, request_handler=_QuietHandler)
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{self._server.port}"
        self.account.address = self.address

    def serve(self) -> None:
        """Answer until `stop` is called from another thread."""
        self.deliverer.start()
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Stop answering and sending, and let go of the state file."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Let go of everything once nothing is being answered any more."""
        self.deliverer.stop()
        self._server.server_close()
        self._store.close()


def run(
    port: int, state: Path | str, webhook_url: str, webhook_secret: str, host: str = "127.0.0.1"
) -> None:
    """Answer as Stripe on loopback until interrupted or terminated.

    `state` is the SQLite file that keeps everything across restarts. Raises NotLoopback for a host
    that other machines can reach.
    """
    simulator = Simulator(port, state, webhook_url, webhook_secret, host)
    begin_with(simulator.account, Path(state).with_name(BEGINNING))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    _log.info("the Stripe simulator answers at %s", simulator.address)
    with suppress(KeyboardInterrupt):
        simulator.serve()
    simulator.close()


def _interrupt() -> None:
    raise KeyboardInterrupt
