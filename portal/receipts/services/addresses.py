"""Absolute addresses of pages about receipts, also from a background job."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.accounts import queries as accounts
from portal.accounts.models import Donor
from portal.accounts.services.donors import claim_link
from portal.core.web.forms import clock_now


def address_of(endpoint: str, **values: Any) -> str:
    """The absolute address of a page."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.extensions['settings'].public_url}{path}"


def verify_address(code: str) -> str:
    """Where whoever holds the paper can check it; printed on it."""
    return address_of("receipts.verify", lang_code="fr", code=code)


def receipts_address(donor: Donor) -> str:
    """Where a donor finds her receipts: her pages, or a link that opens them (in a transaction).

    Raises DonorHasNoAddress.
    """
    if accounts.account_of_donor(donor.id):
        return address_of("my_receipts.index")
    return claim_link(donor, clock_now())
