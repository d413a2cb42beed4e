"""Addresses that stand in mails."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts.doubles import surviving
from portal.accounts.models import Donor
from portal.core.db import db

NOBODY = ""


def _public_url() -> str:
    return str(current_app.extensions["settings"].public_url)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.extensions["settings"].secret_key, salt="newsletters.unsubscribe"
    )


def read_online_url(issue_id: str) -> str:
    """The issue on the sponsor's own pages."""
    return f"{_public_url()}/me/news/{issue_id}"


def pdf_url(issue_id: str) -> str:
    """The issue as PDF, there."""
    return f"{read_online_url(issue_id)}/pdf"


def unsubscribe_token(donor: Donor | None) -> str:
    """What lets the holder stop this donor's newsletters and nothing else; None for a sample."""
    return str(_signer().dumps(str(donor.public_id) if donor else NOBODY))


def unsubscribe_page_url(token: str, language: str) -> str:
    """The page with the button."""
    return f"{_public_url()}/{language}/newsletter/unsubscribe/{token}"


def one_click_url(token: str) -> str:
    """Where a mail program posts when its reader touches "Unsubscribe" (RFC 8058)."""
    return f"{_public_url()}/newsletter/unsubscribe/{token}"


def donor_of_token(token: str) -> Donor | None:
    """The donor the token was made for; None for a token of anybody else's making."""
    try:
        public_id = uuid.UUID(_signer().loads(token))
    except (BadSignature, ValueError, AttributeError, TypeError):
        return None
    donor = db.session.scalar(sa.select(Donor).where(Donor.public_id == public_id))
    return donor and surviving(donor)
