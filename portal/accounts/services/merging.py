"""Two records of one person become one: everything moves to the record that stays, papers excepted.

It cannot be undone, and it is all written down. The other record stays too, and points to the one
that took its place; what is later brought in under its reference goes to that one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from portal.accounts import events, merging, queries
from portal.accounts.doubles import in_order
from portal.accounts.merging import MergeRefused
from portal.accounts.models import Account, AccountSession, AccountToken, Donor, DonorsKeptApart
from portal.accounts.services.links import address_of
from portal.core import audit, mail
from portal.core.db import db, transaction

FILLED = (
    "title", "first_name", "last_name", "company_name", "legal_form", "siren", "email", "phone",
)  # fmt: skip
ADDRESS = ("address1", "address2", "postcode", "city", "country")


def merge_donors(
    survivor_id: int,
    other_id: int,
    *,
    by: int,
    at: dt.datetime,
    reason: str,
    account_id: int | None = None,
) -> Donor:
    """Join ``other`` to ``survivor``, whose details stand; its blanks are filled from the other's.

    ``account_id``: which sign-in stays when both have one. Receipts and entries keep the donor they
    were made for. Raises MergeRefused, NobodySpokeFor.
    """
    with transaction():
        survivor, other = _both(survivor_id, other_id)
        before = {"survivor": _details(survivor), "other": _details(other)}
        events.donors_merging.send(survivor, other=other)
        moved = _move(survivor, other)
        sign_in = _one_sign_in(survivor, other, account_id, at)
        _fill_blanks(survivor, other)
        _leave_a_pointer(survivor, other, at)
        db.session.flush()
        db.session.expire_all()
        after = {"into": survivor.ref, "moved": moved, "sign_in": sign_in}
        for subject in (other, survivor):
            audit.record(
                "donor.merged",
                f"donor:{subject.ref}",
                before=before,
                after={**after, "other": other.ref},
                note=reason,
                actor_id=by,
            )
        events.donors_merged.send(survivor, other=other)
        return survivor


def keep_apart(one_id: int, other_id: int, *, by: int, at: dt.datetime) -> None:
    """They look alike and are two: never proposed again."""
    first, second = in_order(one_id, other_id)
    with transaction():
        values = {"first_id": first, "second_id": second, "at": at, "by_id": by}
        once = insert(DonorsKeptApart).values(values).on_conflict_do_nothing()
        db.session.execute(once)
        refs = [db.session.get_one(Donor, each).ref for each in (first, second)]
        for ref in refs:
            audit.record("donor.kept_apart", f"donor:{ref}", note=" / ".join(refs), actor_id=by)


def _both(survivor_id: int, other_id: int) -> tuple[Donor, Donor]:
    if survivor_id == other_id:
        raise MergeRefused(_("This is the same record."))
    wanted = sa.select(Donor).where(Donor.id.in_((survivor_id, other_id))).order_by(Donor.id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    found = {donor.id: donor for donor in db.session.scalars(locked)}
    survivor, other = found[survivor_id], found[other_id]
    for donor in (survivor, other):
        if donor.merged_into_id is not None:
            raise MergeRefused(
                _("The record %(ref)s was joined to another one before.", ref=donor.ref)
            )
    if survivor.kind is not other.kind:
        raise MergeRefused(_("A person and an organisation are never one donor."))
    return survivor, other


def _details(donor: Donor) -> dict[str, Any]:
    return {name: str(getattr(donor, name)) for name in ("ref", *FILLED, *ADDRESS)}


def _move(survivor: Donor, other: Donor) -> dict[str, int]:
    """How many rows of each column went over."""
    moved = {}
    for name, column in merging.moving_columns().items():
        goes = (
            sa.update(column.table)
            .where(column == other.id)
            .values({column.name: survivor.id})
            .returning(column)
        )
        moved[name] = len(db.session.execute(goes).all())
    return {name: count for name, count in moved.items() if count}


def _one_sign_in(survivor: Donor, other: Donor, account_id: int | None, at: dt.datetime) -> str:
    """The address of mail of the sign-in that stays; the other one is closed, and told so."""
    here, there = (queries.account_of_donor(donor.id) for donor in (survivor, other))
    _forget_claims(other, at)
    if here is None or there is None:
        kept = here or there
    elif account_id not in (here.id, there.id):
        raise MergeRefused(_("Both have a sign-in: say which one stays."))
    else:
        kept, closed = (here, there) if account_id == here.id else (there, here)
        _close(closed, kept, survivor, at)
    if kept is None:
        return ""
    kept.donor_id = survivor.id
    db.session.flush()
    return kept.email


def _forget_claims(donor: Donor, at: dt.datetime) -> None:
    links = sa.update(AccountToken).where(
        AccountToken.donor_id == donor.id, AccountToken.used_at.is_(None)
    )
    db.session.execute(links.values(used_at=at))


def _close(closed: Account, kept: Account, survivor: Donor, at: dt.datetime) -> None:
    closed.donor_id = None
    if not closed.roles:  # somebody of the head office keeps their sign-in, without the gifts
        closed.disabled_at = closed.disabled_at or at
        db.session.execute(sa.delete(AccountSession).where(AccountSession.account_id == closed.id))
    db.session.flush()
    mail.post(
        "accounts/mail/sign_ins_joined",
        to=closed.email,
        language=closed.language,
        key=f"sign-ins-joined:{closed.public_id}",
        name=survivor.name,
        stays=kept.email,
        link=address_of("accounts.sign_in", closed.language),
    )


def _fill_blanks(survivor: Donor, other: Donor) -> None:
    for name in FILLED:
        if not getattr(survivor, name):
            setattr(survivor, name, getattr(other, name))
    if not any(getattr(survivor, name) for name in ADDRESS if name != "country"):
        for name in ADDRESS:
            setattr(survivor, name, getattr(other, name))
    known = [day for day in (survivor.since, other.since) if day is not None]
    survivor.since = min(known) if known else None
    survivor.note = "\n".join(filter(None, (survivor.note, other.note)))


def _leave_a_pointer(survivor: Donor, other: Donor, at: dt.datetime) -> None:
    """Also of those that were joined to the other one before."""
    chosen = sa.update(Donor).where(sa.or_(Donor.id == other.id, Donor.merged_into_id == other.id))
    db.session.execute(
        chosen.values(merged_into_id=survivor.id, merged_at=sa.func.coalesce(Donor.merged_at, at))
    )
