"""Appeals by letter: who gets a slip, the slips printed, what came of them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Donor
from portal.core import audit, documents
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.finding import ANONYMOUS_REF
from portal.donations.models import Appeal, AppealGift, AppealState, Gift
from portal.donations.rules.gift import GiftState
from portal.donations.rules.transfer_reference import NoReference, transfer_reference
from portal.donations.services.provider import now, settings
from portal.donations.transfer_slip import Coupon, payee, print_coupons
from portal.programmes.codes import Programme

PAGES: Final = 200
"""Slips in one PDF; more of them are a ZIP of several."""
CAME: Final = (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED)


class CodeTaken(Exception):
    """Another appeal has this code."""


class NobodyToAsk(Exception):
    """Nobody gave since that day."""


class NoAccount(Exception):
    """The settings name no account: no slip can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOrder:
    """What is asked, of whom (who gave since that day), for what."""

    code: str
    name: str
    message: str
    purpose: PurposeKind
    programme: Programme | None
    amount: Money | None
    given_since: dt.date
    form_token: str


def make_appeal(order: AppealOrder, *, by: int) -> Appeal:
    """Keep the appeal; its slips are printed by a job. The same form sent twice is one appeal.

    Raises CodeTaken, NobodyToAsk, NoAccount.
    """
    if not settings().organisation.iban:
        raise NoAccount
    try:
        with transaction() as session:
            known = session.scalar(sa.select(Appeal).where(Appeal.form_token == order.form_token))
            if known is not None:
                return known
            count = count_asked(order.given_since)
            if not count:
                raise NobodyToAsk
            appeal = Appeal(
                code=order.code,
                name=order.name,
                message=order.message,
                purpose=order.purpose,
                programme=order.programme,
                amount_minor=order.amount.minor if order.amount else None,
                given_since=order.given_since,
                slips=count,
                made_by=by,
                form_token=order.form_token,
            )
            session.add(appeal)
            session.flush()
            after = {"name": order.name, "slips": count}
            audit.record("appeal.made", f"appeal:{order.code}", after=after, actor_id=by)
            return appeal
    except IntegrityError as error:
        if violated(error) == "uq_appeal_code":
            raise CodeTaken from error
        raise


def _asked(since: dt.date) -> Any:
    """Donors who gave since that day and whose address a letter can be sent to."""
    gave = sa.exists().where(Gift.donor_id == Donor.id, Gift.state.in_(CAME), Gift.tax_on >= since)
    return sa.select(Donor).where(
        gave, Donor.ref != ANONYMOUS_REF, Donor.address1 != "", Donor.city != ""
    )


def count_asked(since: dt.date) -> int:
    """How many slips an appeal to who gave since that day has."""
    return int(
        db.session.scalar(sa.select(sa.func.count()).select_from(_asked(since).subquery())) or 0
    )


def print_appeal(appeal_id: int) -> None:
    """Print the slips and keep them; nothing when it was done before."""
    with transaction() as session:
        appeal = session.get_one(Appeal, appeal_id, with_for_update={"of": Appeal})
        if appeal.state is not AppealState.PRINTING:
            return
        donors = session.scalars(
            _asked(appeal.given_since).order_by(Donor.country, Donor.postcode, Donor.id)
        ).all()
        coupons = [coupon for donor in donors if (coupon := _coupon(donor, appeal)) is not None]
        parts = list(_parts(coupons, appeal))
        name, media, content = _bundle(appeal.code, parts)
        paper = documents.store("appeal", name, media, content)
        appeal.slips, appeal.document_id = len(coupons), paper.id
        appeal.state = AppealState.PRINTED


def printing_failed(appeal_id: int) -> None:
    """The slips could not be printed: somebody must look."""
    with transaction() as session:
        appeal = session.get_one(Appeal, appeal_id, with_for_update={"of": Appeal})
        if appeal.state is AppealState.PRINTING:
            appeal.state = AppealState.FAILED


def print_again(appeal_id: int) -> None:
    """Slips whose printing failed are to be printed after all."""
    with transaction() as session:
        appeal = session.get_one(Appeal, appeal_id, with_for_update={"of": Appeal})
        if appeal.state is AppealState.FAILED:
            appeal.state = AppealState.PRINTING


def _coupon(donor: Donor, appeal: Appeal) -> Coupon | None:
    try:
        reference = transfer_reference(donor.ref, appeal.code)
    except NoReference:
        return None
    amount = Money(appeal.amount_minor) if appeal.amount_minor else None
    return Coupon(
        name=donor.name,
        address=tuple(part for part in (donor.address1, donor.address2, f"{donor.postcode} {donor.city}".strip()) if part),
        reference=reference,
        amount=amount,
        message=appeal.message,
        language=str(donor.language),
    )  # fmt: skip


def _parts(coupons: Sequence[Coupon], appeal: Appeal) -> Iterator[bytes]:
    told = settings()
    waiting = iter(coupons)
    while part := list(islice(waiting, PAGES)):
        yield print_coupons(part, payee(told.organisation), appeal.name, told, now())


def _bundle(code: str, parts: Sequence[bytes]) -> tuple[str, str, bytes]:
    if len(parts) == 1:
        return f"appel-{code}.pdf", "application/pdf", parts[0]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number, part in enumerate(parts, start=1):
            bundle.writestr(f"appel-{code}-{number:03}.pdf", part)
    return f"appel-{code}.zip", "application/zip", out.getvalue()


def appeals() -> Any:
    """Every appeal with how many gifts it brought and how much, for the list."""
    brought = (
        sa.select(
            AppealGift.appeal_id,
            sa.func.count().label("gifts"),
            sa.func.sum(Gift.amount_minor - Gift.refunded_minor).label("minor"),
        )
        .join(Gift, Gift.id == AppealGift.gift_id)
        .where(Gift.state.in_(CAME))
        .group_by(AppealGift.appeal_id)
        .subquery()
    )
    gifts = sa.func.coalesce(brought.c.gifts, 0).label("gifts")
    minor = sa.func.coalesce(brought.c.minor, 0).label("minor")
    return sa.select(Appeal, gifts, minor).outerjoin(brought, brought.c.appeal_id == Appeal.id)


def appeal_by_public_id(public_id: object) -> Appeal | None:
    """That appeal."""
    return db.session.scalar(sa.select(Appeal).where(Appeal.public_id == public_id))
