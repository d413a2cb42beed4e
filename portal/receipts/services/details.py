"""The donor completes her own name and address by the link of a mail, without a password.

She is asked at most once in fourteen days; the link works once, for thirty days, until she is sent a newer
one, and only while she keeps the e-mail address it was sent to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Set
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.accounts.rules import normalised_email
from portal.accounts.services import update_donor
from portal.core import audit, mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.mail.bounces import bounce_of
from portal.receipts.models import DetailsRequest
from portal.receipts.queries.blocked import blocked_donors
from portal.receipts.queries.particulars import reasons_against
from portal.receipts.services.addresses import address_of
from portal.receipts.services.blocked import NoAddressOfMail

ASKED_AGAIN_AFTER = dt.timedelta(days=14)
VALID_FOR = dt.timedelta(days=30)
HERS_TO_COMPLETE = frozenset(
    {
        "incomplete_name", "missing_company_name", "invalid_siren", "incomplete_address",
        "invalid_postcode", "country_unknown",
    }
)  # fmt: skip
"""The reasons a donor can do something about."""


class Asking(StrEnum):
    """What can be done about a donor's details: ask her, ask again, wait, or another way.

    ``open``: she was never asked; ``again``: long enough ago; ``lately``: less than fourteen days
    ago; ``unreachable``: no e-mail reaches her; ``nothing``: she can do nothing about it.
    """

    OPEN = "open"
    AGAIN = "again"
    LATELY = "lately"
    UNREACHABLE = "unreachable"
    NOTHING = "nothing"


class AskedLately(Exception):
    """She was asked less than fourteen days ago."""


class NothingMissing(Exception):
    """Her record is complete."""


class LinkIsOver(Exception):
    """The link was used, is too old, or never existed; or the donor's address is another now."""


def asking(donor: Donor, codes: Set[str], asked_at: dt.datetime | None, now: dt.datetime) -> Asking:
    """Whether a donor who waits for these reasons can be asked now."""
    if not codes & HERS_TO_COMPLETE:
        return Asking.NOTHING
    if not donor.email:
        return Asking.UNREACHABLE
    if asked_at is None:
        return Asking.OPEN
    return Asking.AGAIN if asked_at <= now - ASKED_AGAIN_AFTER else Asking.LATELY


def ask_for_details(donor_id: int, *, by: int | None, at: dt.datetime) -> None:
    """Write to the donor; the link of an earlier mail opens nothing any more.

    Raises NothingMissing, NoAddressOfMail, AskedLately.
    """
    with transaction() as session:
        donor = session.get_one(Donor, donor_id, with_for_update=True, populate_existing=True)
        missing = [each for each in reasons_against(donor) if each.code in HERS_TO_COMPLETE]
        if not missing:
            raise NothingMissing(donor.ref)
        if not donor.email or bounce_of(donor.email) is not None:
            raise NoAddressOfMail(donor.ref)
        if _asked_since(donor_id, at - ASKED_AGAIN_AFTER):
            raise AskedLately(donor.ref)
        _end_open_links(donor_id, at)
        secret = secrets.token_urlsafe(32)
        session.add(
            DetailsRequest(
                donor_id=donor_id,
                token_hash=_hash_of(secret),
                email=normalised_email(donor.email),
                asked_at=at,
                asked_by=by,
                expires_at=at + VALID_FOR,
            )
        )
        language = donor.language.value
        mail.post(
            "receipts/mail/details_missing",
            to=donor.email,
            language=donor.language,
            key=f"details-missing:{donor.public_id}:{paris_date(at)}",
            name=donor.name,
            missing=[reason.message for reason in missing],
            link=address_of("receipts.details", lang_code=language, token=secret),
        )
        audit.record("receipt.details_asked", f"donor:{donor.ref}", actor_id=by)
        session.flush()


def ask_everybody(year: int, *, by: int, at: dt.datetime) -> int:
    """Write to each donor who waits for a receipt of the year and can do something about it; how many."""
    asked = 0
    for each in blocked_donors(year, paris_date(at)):
        if not each.codes & HERS_TO_COMPLETE:
            continue
        try:
            ask_for_details(each.donor.id, by=by, at=at)
        except (NothingMissing, NoAddressOfMail, AskedLately):
            continue
        asked += 1
    return asked


def donor_behind(secret: str, now: dt.datetime) -> Donor:
    """Whose details the link completes. Raises LinkIsOver."""
    return _donor_of(_request(secret, now))


def complete_details(secret: str, values: dict[str, Any], now: dt.datetime) -> bool:
    """Keep what the donor wrote; whether a receipt can be made now. Raises LinkIsOver."""
    with transaction():
        request = _request(secret, now, lock=True)
        donor = _donor_of(request)
        update_donor(donor.id, values, by=None)
        request.used_at = now
        audit.record("receipt.details_completed", f"donor:{donor.ref}")
        return not reasons_against(donor)


def _request(secret: str, now: dt.datetime, *, lock: bool = False) -> DetailsRequest:
    wanted = sa.select(DetailsRequest).where(
        DetailsRequest.token_hash == _hash_of(secret),
        DetailsRequest.used_at.is_(None),
        DetailsRequest.expires_at > now,
    )
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise LinkIsOver
    return found


def _donor_of(request: DetailsRequest) -> Donor:
    donor = db.session.get_one(Donor, request.donor_id)
    if donor.merged_into_id is not None or normalised_email(donor.email) != request.email:
        raise LinkIsOver
    return donor


def _end_open_links(donor_id: int, at: dt.datetime) -> None:
    """One link of a donor's is live at a time (her row is held)."""
    live = sa.update(DetailsRequest).where(
        DetailsRequest.donor_id == donor_id,
        DetailsRequest.used_at.is_(None),
        DetailsRequest.expires_at > at,
    )
    db.session.execute(live.values(expires_at=at))


def _asked_since(donor_id: int, since: dt.datetime) -> bool:
    lately = sa.select(DetailsRequest.id).where(
        DetailsRequest.donor_id == donor_id, DetailsRequest.asked_at > since
    )
    return db.session.scalar(lately.limit(1)) is not None


def _hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
