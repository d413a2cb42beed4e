"""Donors who come by the web, and what they or the office correct about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts import queries
from portal.accounts.doubles import surviving
from portal.accounts.models import WEB_REF, Donor, TokenPurpose
from portal.accounts.rules import DonorDetails, blanks_to_fill, normalised_email, same_person
from portal.accounts.services.links import address_of, new_link
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction

EDITABLE = (
    "kind", "title", "first_name", "last_name", "company_name", "legal_form", "siren", "email",
    "address1", "address2", "postcode", "city", "country", "language", "phone", "note",
)  # fmt: skip


class DonorHasNoAddress(Exception):
    """A link to claim gifts needs an address of mail to which it was sent."""


def find_or_create_donor(details: DonorDetails, now: datetime) -> Donor:
    """The donor of a form anybody can send, without revealing or overwriting what is known.

    An existing donor is taken when e-mail and name agree and the postal address does not
    contradict theirs; its blanks are filled (with an audit row), nothing else is changed.
    Otherwise there is a new donor with a reference ``W000001``.
    """
    with transaction():
        _one_at_a_time(details.email)
        for donor in _same_person(details):
            if donor.merged_into_id is not None:
                return surviving(donor)
            added = blanks_to_fill(_known(donor), details)
            if added is not None:
                _change(donor, added, "donor.completed")
                return donor
        return _new_donor(details, now)


def _one_at_a_time(email: str) -> None:
    """A form sent twice at once makes one donor."""
    key = sa.func.hashtextextended(f"donor:{normalised_email(email)}", 0)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _same_person(details: DonorDetails) -> list[Donor]:
    address = normalised_email(details.email)
    if not address:
        return []
    found = db.session.scalars(
        sa.select(Donor).where(sa.func.lower(Donor.email) == address).order_by(Donor.id)
    )
    return [donor for donor in found if same_person(_known(donor), details)]


def _known(donor: Donor) -> dict[str, str]:
    return {name: str(getattr(donor, name)) for name in DonorDetails.__slots__}


def _new_donor(details: DonorDetails, now: datetime) -> Donor:
    donor = Donor(ref=_next_ref(), since=paris_date(now), **details.as_dict())
    donor.email = normalised_email(donor.email)
    db.session.add(donor)
    db.session.flush()
    audit.record("donor.created", f"donor:{donor.ref}")
    return donor


def _next_ref() -> str:
    while True:
        ref = f"W{db.session.scalar(WEB_REF.next_value()):06}"
        if db.session.scalar(sa.select(Donor.id).where(Donor.ref == ref)) is None:
            return ref


def _change(donor: Donor, values: dict[str, Any], action: str, by: int | None = None) -> None:
    before = {n: getattr(donor, n) for n in values}
    changed = {n: v for n, v in values.items() if v != before[n]}
    if not changed:
        return
    for name, value in changed.items():
        setattr(donor, name, value)
    audit.record(
        action,
        f"donor:{donor.ref}",
        before={n: before[n] for n in changed},
        after=changed,
        actor_id=by,
    )
    db.session.flush()


def update_donor(donor_id: int, values: dict[str, Any], *, by: int | None) -> Donor:
    """Correct name, address, phone or language; receipts already issued keep what they say."""
    with transaction():
        donor = db.session.get_one(Donor, donor_id, with_for_update=True)
        _change(donor, {n: v for n, v in values.items() if n in EDITABLE}, "donor.changed", by)
        return donor


def claim_link(donor: Donor, now: datetime) -> str:
    """The absolute address for a thank-you mail that opens the donor's own pages.

    Works once within 30 days and only while the donor keeps the address it was sent to. A donor
    who has an account already gets the sign-in page. Raises DonorHasNoAddress.
    """
    if not donor.email:
        raise DonorHasNoAddress
    with transaction():
        if queries.account_of_donor(donor.id):
            return address_of("accounts.sign_in", donor.language)
        return new_link(TokenPurpose.CLAIM_DONOR, now, language=donor.language, donor=donor)
