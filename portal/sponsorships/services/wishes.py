"""Wishes: from the sponsor's form, from her plan's fate, from the field tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.models import Plan
from portal.donations.rules.amounts import Rhythm
from portal.programmes.codes import Programme, Sex, Site
from portal.sponsorships.models import Hold, HoldState, Wish, WishState
from portal.sponsorships.rules.errors import WishNotWaiting
from portal.sponsorships.services import holds

Imported = Literal["new", "changed", "same"]
CRITERIA = ("sex", "age_min", "age_max", "programme", "site")


def open_wish(donor: Donor, plan: Plan | None, criteria: Mapping[str, Any], at: datetime) -> Wish:
    """The wish of the sponsor's form: unpaid until her plan's first payment settles.

    ``criteria``: sex, age_min, age_max, programme, site; a missing, empty or None one is no wish.
    Told twice for a plan, the wish is updated. Without a plan she waits at once.
    """
    with transaction():
        wish = _wish_of(plan) if plan is not None else None
        if wish is None:
            wish = Wish(donor_id=donor.id, plan_id=plan.id if plan else None, since=paris_date(at))
            wish.state = WishState.UNPAID if plan is not None else WishState.WAITING
            db.session.add(wish)
        for name, value in _criteria(criteria).items():
            setattr(wish, name, value)
        if plan is not None:
            wish.monthly_minor = plan.amount_minor // Rhythm.of_interval(plan.interval).months
        db.session.flush()
        return wish


def wish_paid(plan: Plan, at: datetime) -> Wish | None:
    """The plan's first payment settled: the sponsor waits, from the day she is paid for."""
    with transaction():
        wish = _wish_of(plan)
        if wish is None or wish.state is not WishState.UNPAID:
            return wish
        wish.state, wish.since = WishState.WAITING, paris_date(at)
        _record("wish.waiting", wish, WishState.UNPAID, None)
        return wish


def wish_unpaid(plan: Plan) -> None:
    """The plan's first payment never came after all: who still waits does so unpaid again. A child
    held for her or a sponsorship is left to a person."""
    with transaction():
        wish = _wish_of(plan)
        if wish is None or wish.state is not WishState.WAITING:
            return
        held = sa.select(Hold.id).where(Hold.wish_id == wish.id, Hold.state == HoldState.HELD)
        if db.session.scalar(held) is not None:
            return
        wish.state = WishState.UNPAID
        _record("wish.unpaid", wish, WishState.WAITING, None)


def withdraw_wish(wish_id: int, by: int | None) -> Wish:
    """The sponsor no longer waits; a child held for her is free again. Raises WishNotWaiting."""
    with transaction():
        wish = holds.lock_wish(wish_id)
        if wish.state not in (WishState.WAITING, WishState.UNPAID):
            raise WishNotWaiting
        _withdraw(wish, by)
        return wish


def plan_over(plan: Plan) -> None:
    """A plan ended: who still waited no longer does. An active sponsorship is left to a person."""
    with transaction():
        wish = _wish_of(plan)
        if wish is not None and wish.state in (WishState.WAITING, WishState.UNPAID):
            _withdraw(holds.lock_wish(wish.id), None)


def wish_from_import(donor: Donor, row: Mapping[str, Any], today: date) -> Imported:
    """The one imported wish of a donor, as the donors' table says (in the import's transaction).

    Reads wants_sponsorship, wish_sex, wish_age_min, wish_age_max, wish_programme, wish_site,
    monthly_eur, payment, since; a column that was not delivered changes nothing. A fulfilled wish
    is left alone; ``no`` withdraws one that waits; nothing said, nothing changes. What a person
    withdrew does not come back by a file that says ``yes`` as before, only once it said ``no``.
    """
    with transaction():
        known = sa.select(Wish).where(Wish.donor_id == donor.id, Wish.imported.is_(True))
        wish = db.session.scalar(known.with_for_update())
        if wish is not None and wish.state is WishState.FULFILLED:
            return "same"
        wants = row.get("wants_sponsorship")
        if wants is None:
            return "same"
        if not wants:
            return _import_no(wish)
        if wish is not None and _withdrawn_by_a_person(wish):
            return "same"
        return _import_yes(donor, wish, _imported_values(donor, wish, row, today))


def _import_no(wish: Wish | None) -> Imported:
    if wish is None or (wish.state is WishState.WITHDRAWN and not _withdrawn_by_a_person(wish)):
        return "same"
    _withdraw(wish, None)
    return "changed"


def _withdrawn_by_a_person(wish: Wish) -> bool:
    if wish.state is not WishState.WITHDRAWN:
        return False
    acts = audit.history(f"wish:{wish.public_id}")
    last = next((act for act in acts if act.action == "wish.withdrawn"), None)
    return last is not None and last.actor_id is not None


def _import_yes(donor: Donor, wish: Wish | None, values: dict[str, Any]) -> Imported:
    if wish is None:
        db.session.add(Wish(donor_id=donor.id, imported=True, state=WishState.WAITING, **values))
        db.session.flush()
        return "new"
    before = {name: getattr(wish, name) for name in (*values, "state")}
    if before == values | {"state": WishState.WAITING}:
        return "same"
    for name, value in values.items():
        setattr(wish, name, value)
    wish.state = WishState.WAITING
    after = values | {"state": wish.state}
    audit.record("wish.imported", f"wish:{wish.public_id}", before=before, after=after)
    return "changed"


def _imported_values(
    donor: Donor, wish: Wish | None, row: Mapping[str, Any], today: date
) -> dict[str, Any]:
    since = row.get("since") or (wish.since if wish else None) or donor.since or today
    values: dict[str, Any] = {"since": since}
    if "monthly_eur" in row:
        monthly = row["monthly_eur"]
        euros = None if monthly is None else Decimal(monthly)
        values["monthly_minor"] = None if euros is None else Money.from_decimal(euros).minor
    if "payment" in row:
        values["payment"] = str(row["payment"] or "")
    criteria = _criteria({name: row.get(f"wish_{name}") for name in CRITERIA})
    return values | {n: value for n, value in criteria.items() if f"wish_{n}" in row}


def _criteria(told: Mapping[str, Any]) -> dict[str, Any]:
    sex, programme, site = (told.get(name) or None for name in ("sex", "programme", "site"))
    ages = {name: told.get(name) for name in ("age_min", "age_max")}
    return {
        "sex": Sex(sex) if sex else None,
        **{name: None if age in (None, "") else int(age) for name, age in ages.items()},
        "programme": Programme(programme) if programme else None,
        "site": Site(site) if site else None,
    }


def _wish_of(plan: Plan) -> Wish | None:
    return db.session.scalar(sa.select(Wish).where(Wish.plan_id == plan.id).with_for_update())


def _withdraw(wish: Wish, by: int | None) -> None:
    before, wish.state = wish.state, WishState.WITHDRAWN
    held = sa.select(Hold).where(Hold.wish_id == wish.id, Hold.state == HoldState.HELD)
    for row in db.session.scalars(held.with_for_update()):
        row.state = HoldState.RELEASED
        holds.record("hold.released", row, {"state": str(HoldState.HELD)}, by)
    _record("wish.withdrawn", wish, before, by)


def _record(action: str, wish: Wish, before: WishState, by: int | None) -> None:
    subject = f"wish:{wish.public_id}"
    old, new = {"state": str(before)}, {"state": str(wish.state)}
    audit.record(action, subject, before=old, after=new, actor_id=by)


def on_donors_merging(survivor: Donor, *, other: Donor, **_told: Any) -> None:
    """One wish of a donor may come from the field tables: the other's becomes an ordinary one."""
    theirs = sa.select(Wish.id).where(Wish.donor_id == survivor.id, Wish.imported)
    if db.session.scalar(theirs) is not None:
        ordinary = sa.update(Wish).where(Wish.donor_id == other.id, Wish.imported)
        db.session.execute(ordinary.values(imported=False))
