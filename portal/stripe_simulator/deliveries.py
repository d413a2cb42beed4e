"""Webhooks: signed as Stripe signs them, sent one after the other, sent again when they fail."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from urllib.parse import urlsplit

from portal.stripe_simulator import agenda
from portal.stripe_simulator.account import Account, public
from portal.stripe_simulator.store import Body

_log = logging.getLogger(__name__)
RETRY_AFTER = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Seconds before each further try; when they are used up the delivery is given up."""
_TIMEOUT = 10.0
_PAUSE = 1.0


def signature(payload: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 of ``<timestamp>.<payload>``, scheme v1."""
    signed = str(timestamp).encode() + b"." + payload
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={mac}"


class Deliverer:
    """The thread that sends what is queued, whatever the receiver does."""

    def __init__(
        self, account: Account, url: str, secret: str, retry_after: tuple[float, ...] = RETRY_AFTER
    ) -> None:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"{url!r} is not an address webhooks can be sent to")
        self._address, self._secret = address, secret
        self._account, self._retry_after = account, retry_after
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin sending."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery under way and send no more; what is queued stays queued."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_TIMEOUT + 1)

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._do_due_tasks()
                sent = self._send_next()
            except Exception:  # noqa: BLE001
                # The thread must outlive anything: without it no webhook is ever sent again.
                _log.exception("a webhook could not be dealt with")
                sent = False
            if not sent:
                self._wake.wait(self._pause())

    def _do_due_tasks(self) -> None:
        with self._account.store.transaction():
            agenda.run_due(self._account, self._account.now())

    def _pause(self) -> float:
        row = self._account.store.row(
            "select min(due_at) as due_at from deliveries where state = 'queued'"
        )
        if row is None or row["due_at"] is None:
            return _PAUSE
        return min(_PAUSE, max(0.01, float(row["due_at"]) - time.time()))

    def _send_next(self) -> bool:
        row = self._account.store.row(
            "select * from deliveries where state = 'queued' and due_at <= ?"
            " order by due_at, seq limit 1",
            (time.time(),),
        )
        if row is None:
            return False
        event = self._account.find(row["event"])
        if event is None:
            self._account.store.write("delete from deliveries where seq = ?", (row["seq"],))
            return True
        status, error = self._send(event)
        self._note(row["seq"], row["attempts"] + 1, status, error)
        return True

    def _send(self, event: Body) -> tuple[int | None, str | None]:
        payload = json.dumps(public(event), indent=2).encode()
        path = (self._address.path or "/") + (
            f"?{self._address.query}" if self._address.query else ""
        )
        kind = (
            http.client.HTTPSConnection
            if self._address.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._address.hostname or "", self._address.port, timeout=_TIMEOUT)
        try:
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature(payload, self._secret, int(time.time())),
                "User-Agent": "Stripe/1.0 (simulated)",
            }
            connection.request("POST", path, payload, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            return None, f"{type(error).__name__}: {error}"
        finally:
            connection.close()
        return response.status, None if 200 <= response.status < 300 else "not 2xx"

    def _note(self, seq: int, attempts: int, status: int | None, error: str | None) -> None:
        state, due_at = "delivered", 0.0
        if error is not None:
            given_up = attempts > len(self._retry_after)
            state = "given up" if given_up else "queued"
            due_at = 0.0 if given_up else time.time() + self._retry_after[attempts - 1]
        store = self._account.store
        with store.transaction():
            store.write(
                "update deliveries set state = ?, attempts = ?, due_at = ?, status = ?, error = ?,"
                " tried_at = ? where seq = ?",
                (state, attempts, due_at, status, error, time.time(), seq),
            )
            # The event is read again: meanwhile everything may have been forgotten.
            row = store.row("select event from deliveries where seq = ?", (seq,))
            event = self._account.find(row["event"]) if row is not None else None
            if event is not None and state == "delivered":
                event["pending_webhooks"] = 0
                self._account.save(event)
