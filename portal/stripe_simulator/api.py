"""Stripe's HTTP conventions around the endpoints: keys, versions, idempotency, errors, expansion."""

from __future__ import annotations

import hashlib
import json
import re
import secrets

from flask import Blueprint, Response, current_app, request

from portal.stripe_simulator import agenda
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import API_VERSION, DAY, Account
from portal.stripe_simulator.endpoints import Endpoint, endpoints
from portal.stripe_simulator.expand import shown
from portal.stripe_simulator.faults import planned_fault
from portal.stripe_simulator.refusals import Declined, Refusal, wrong_parameter
from portal.stripe_simulator.store import Body

KEY_PREFIX = "sk_test_sim"
api = Blueprint("api", __name__, url_prefix="/v1")
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_ENDPOINTS = [
    (each.method, re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", each.path)), each)
    for each in endpoints()
]
_EXPAND = p.list_of(p.text(500))


def this_account() -> Account:
    """The account this process simulates."""
    account: Account = current_app.config["ACCOUNT"]
    return account


@api.route("/", defaults={"rest": ""}, methods=_ANY)
@api.route("/<path:rest>", methods=_ANY)
def call(rest: str) -> Response:
    """Whatever is asked of the API: one route for all, since building many takes long."""
    for method, path, endpoint in _ENDPOINTS:
        match = path.fullmatch(rest) if method == request.method else None
        if match:
            return _carried_out(endpoint, match.groupdict())
    return _unrecognised()


def _carried_out(endpoint: Endpoint, in_path: dict[str, str]) -> Response:
    account = this_account()
    fault = planned_fault(account, request.method, request.path)
    if fault is not None and not fault.after:
        if fault.kept:
            with account.store.transaction():
                _remember(account, _key(), _decoded(), fault.status, fault.body())
        return fault.answer()
    try:
        _authenticate()
        status, body, replayed = _answer(account, endpoint, in_path)
    except Refusal as refusal:
        status, body, replayed = refusal.status, json.dumps(refusal.body()), False
    if fault is not None:
        current_app.config["WAKE"]()
        return fault.answer()
    return _response(status, body, replayed)


def _answer(account: Account, endpoint: Endpoint, in_path: dict[str, str]) -> tuple[int, str, bool]:
    raw = _decoded()
    key = _key()
    with account.store.transaction():
        agenda.run_due(account, account.now())
    try:
        with account.store.transaction():
            known = _known_answer(account, key, raw)
            if known is not None:
                return known
            try:
                status, body = 200, _carry_out(account, endpoint, in_path, raw, key)
            except Declined as declined:
                status, body = declined.status, json.dumps(declined.body())
            _remember(account, key, raw, status, body)
    except Refusal as refusal:
        status, body = refusal.status, json.dumps(refusal.body())
        if refusal.kept:
            with account.store.transaction():
                _remember(account, key, raw, status, body)
    return status, body, False


def _carry_out(
    account: Account, endpoint: Endpoint, in_path: dict[str, str], raw: Body, key: str | None
) -> str:
    account.request_id, account.idempotency_key = _request_id(), key
    try:
        asked = {name: value for name, value in raw.items() if name != "expand"}
        given = {**endpoint.check(asked, ""), **in_path}
        if endpoint.path == "checkout/sessions":
            given["_origin"] = request.host_url.rstrip("/")
        paths = _EXPAND(raw["expand"], "expand") if "expand" in raw else []
        answer = shown(account, endpoint.handle(account, given), paths)
        if answer.get("object") == "list":
            answer["url"] = request.path
        return json.dumps(answer)
    finally:
        account.request_id = account.idempotency_key = None


def _key() -> str | None:
    return request.headers.get("Idempotency-Key") if request.method == "POST" else None


def _decoded() -> Body:
    if request.method == "POST":
        if request.get_data() and request.mimetype != "application/x-www-form-urlencoded":
            raise Refusal("Requests are form-encoded, not JSON.", kept=False)
        return p.decode(request.form.items(multi=True))
    return p.decode(request.args.items(multi=True))


def _authenticate() -> None:
    given = request.authorization
    key = (given.token or given.username or "") if given is not None else ""
    if not key.startswith(KEY_PREFIX):
        what = "Invalid API Key provided." if key else "You did not provide an API key."
        raise Refusal(f"{what} The simulator takes keys that begin {KEY_PREFIX}.", status=401)
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise Refusal(f"Invalid Stripe API version: {version}. The simulator speaks {API_VERSION}.")


def _fingerprint(raw: Body) -> str:
    asked = json.dumps([request.method, request.path, raw], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _known_answer(account: Account, key: str | None, raw: Body) -> tuple[int, str, bool] | None:
    if key is None:
        return None
    if not 0 < len(key) <= 255:
        raise wrong_parameter("Idempotency keys are 1 to 255 characters long.", "idempotency_key")
    row = account.store.row("select * from answers where key = ?", (key,))
    if row is None or row["created"] <= account.now() - DAY:
        return None
    if row["request"] != _fingerprint(raw):
        raise Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were first "
            f"used with. Try using a key other than '{key}' if you meant to execute a different "
            "request.",
            kind="idempotency_error",
            kept=False,
        )
    return row["status"], row["body"], True


def _remember(account: Account, key: str | None, raw: Body, status: int, body: str) -> None:
    if key is not None:
        account.store.write(
            "insert or replace into answers (key, created, request, status, body)"
            " values (?, ?, ?, ?, ?)",
            (key, account.now(), _fingerprint(raw), status, body),
        )


def _request_id() -> str:
    return f"req_sim{secrets.token_hex(7)}"


def _response(status: int, body: str, replayed: bool) -> Response:
    response = Response(body, status=status, content_type="application/json")
    response.headers["Request-Id"] = _request_id()
    response.headers["Stripe-Version"] = API_VERSION
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _unrecognised() -> Response:
    try:
        _authenticate()
        refusal = Refusal(
            f"Unrecognized request URL ({request.method}: {request.path}). "
            "The simulator does not answer it.",
            status=404,
        )
    except Refusal as refused:
        refusal = refused
    return _response(refusal.status, json.dumps(refusal.body()), False)
