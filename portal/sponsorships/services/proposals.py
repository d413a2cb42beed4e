"""Accept the pairs of a proposal that was written down."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db
from portal.programmes.models import Child
from portal.sponsorships.models import Sponsorship, Wish
from portal.sponsorships.rules.errors import SponsorshipError, UnknownPair
from portal.sponsorships.services.starting import accept_pair


@dataclass(slots=True)
class Applied:
    """What became of a proposal: sponsorships, and pairs refused with the reason."""

    accepted: list[Sponsorship] = field(default_factory=list)
    refused: list[tuple[Mapping[str, Any], SponsorshipError]] = field(default_factory=list)


def apply_proposal(pairs: Iterable[Mapping[str, Any]], by: int | None, at: datetime) -> Applied:
    """Accept each pair for itself, so that one lost race does not stop the others.

    A pair names ``wish``, ``donor_ref`` and ``child_ref``. Applied twice it changes nothing more.
    """
    outcome = Applied()
    for pair in pairs:
        try:
            child_id, wish_id = _found(pair)
            outcome.accepted.append(accept_pair(child_id, wish_id, by, at))
        except SponsorshipError as error:
            outcome.refused.append((pair, error))
    return outcome


def _found(pair: Mapping[str, Any]) -> tuple[int, int]:
    try:
        wished = uuid.UUID(str(pair["wish"]))
        donor_ref, child_ref = str(pair["donor_ref"]), str(pair["child_ref"])
    except (KeyError, ValueError, TypeError) as error:
        raise UnknownPair from error
    wish_id = db.session.scalar(
        sa.select(Wish.id).join(Donor).where(Wish.public_id == wished, Donor.ref == donor_ref)
    )
    child_id = db.session.scalar(sa.select(Child.id).where(Child.ref == child_ref))
    if wish_id is None or child_id is None:
        raise UnknownPair
    return child_id, wish_id
