"""Who is at the door of the payment page: their address, their device, and whether we know them."""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts.models import Donor
from portal.donations import queries
from portal.donations.services import Visitor, fingerprint

DEVICE = "device"
A_MONTH = 30 * 24 * 3600


def remember_device() -> None:
    """Give this browser a name of its own, with the page that is being made; nothing else is in it."""
    if _device() is None:
        after_this_request(_name_device)


def visitor(donor: Donor | None, email: str, *, hasty: bool = False) -> Visitor:
    """The fingerprints of who sends a form; ``donor`` is the signed-in one."""
    device = _device()
    return Visitor(
        address=fingerprint("address", request.remote_addr or ""),
        device=fingerprint("device", device) if device else None,
        email=fingerprint("email", email),
        known=donor is not None and queries.has_given(donor.id),
        hasty=hasty,
    )


def _device() -> str | None:
    try:
        return str(_signer().loads(request.cookies.get(DEVICE, "")))
    except BadSignature:
        return None


def _name_device(response: Response) -> Response:
    response.set_cookie(
        DEVICE,
        str(_signer().dumps(secrets.token_urlsafe(12))),
        max_age=A_MONTH,
        httponly=True,
        samesite="Lax",
        secure=current_app.extensions["settings"].public_url.startswith("https://"),
    )
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="donations.device")
