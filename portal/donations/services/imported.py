"""Gifts recorded by the teams: cheques, transfers, cash, direct debits already received."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.accounts.services.recording import donors_by_ref
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.recording import Tally
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.field_tables import purpose_of
from portal.donations.models import Gift, NoReceipt, Origin
from portal.donations.rules.gift import GiftFact, GiftState, next_state, tax_date

Outcome: TypeAlias = Literal["new", "changed", "same"]
CHUNK = 1000
OnRefusal: TypeAlias = Callable[[Mapping[str, Any], ChangeRefused], None]


def record_imported_gift(donor: Donor, values: Mapping[str, Any]) -> Outcome:
    """Keep one row of the table `gifts`: a sum already received, settled on ``received_on``.

    ``values``: gift_ref, received_on (date), amount_eur (Decimal), mode, purpose, cheque_number,
    deposit_ref; the last two are left alone when they are missing. Raises ChangeRefused when the
    gift is known and may not change any more (it stands on a receipt, it was made on line, its
    year is closed); nothing is changed then.
    """
    with transaction() as session:
        known = session.scalar(
            sa.select(Gift).where(Gift.ref == values["gift_ref"]).with_for_update(of=Gift)
        )
        if known is not None:
            return _correct(known, _facts(donor, known, values))
        gift = _new(donor, values)
        session.flush()
        events.gift_settled.send(gift)
        return "new"


def record_imported_gifts(
    rows: Iterable[Mapping[str, Any]], on_refusal: OnRefusal | None = None
) -> Tally:
    """The same for many rows, each naming its donor by ``donor_ref``.

    New gifts are told of together, a thousand at a time (``gifts_settled_in_bulk``). A row whose
    gift may not change any more is handed to ``on_refusal`` and left out; without it ChangeRefused
    is raised as above and nothing of the rows is kept.
    """
    tally = Tally()
    source = iter(rows)
    with transaction():
        while chunk := list(islice(source, CHUNK)):
            _keep_chunk(chunk, tally, on_refusal)
    return tally


def _keep_chunk(chunk: list[Mapping[str, Any]], tally: Tally, on_refusal: OnRefusal | None) -> None:
    donors = donors_by_ref({row["donor_ref"] for row in chunk})
    gifts = _by_ref(
        sa.select(Gift).with_for_update(of=Gift), Gift.ref, [row["gift_ref"] for row in chunk]
    )
    new: list[Gift] = []
    for row in chunk:
        donor, known = donors[row["donor_ref"]], gifts.get(row["gift_ref"])
        if known is None:
            gifts[row["gift_ref"]] = _new(donor, row)
            new.append(gifts[row["gift_ref"]])
            tally.count("new")
        else:
            try:
                tally.count(_correct(known, _facts(donor, known, row)))
            except ChangeRefused as refusal:
                if on_refusal is None:
                    raise
                on_refusal(row, refusal)
    db.session.flush()
    if new:
        events.gifts_settled_in_bulk.send(None, gift_ids=[gift.id for gift in new])


def _by_ref(statement: sa.Select[Any], column: Any, refs: list[str]) -> dict[str, Any]:
    return {row.ref: row for row in db.session.scalars(statement.where(column.in_(refs)))}


def _facts(donor: Donor, known: Gift | None, values: Mapping[str, Any]) -> GiftFacts:
    purpose, programme = purpose_of(str(values["purpose"]))
    return GiftFacts(
        donor_id=donor.id,
        amount=Money.from_decimal(Decimal(values["amount_eur"])),
        received_on=values["received_on"],
        mode=GiftMode(values["mode"]),
        purpose=purpose,
        programme=programme,
        cheque_number=_text(values, "cheque_number", known),
        deposit_ref=_text(values, "deposit_ref", known),
        membership=known is not None and known.membership,
        counterpart=known is not None and known.no_receipt is NoReceipt.COUNTERPART,
    )


def _text(values: Mapping[str, Any], name: str, known: Gift | None) -> str:
    if name in values:
        return str(values[name] or "")
    return str(getattr(known, name)) if known is not None else ""


def facts_of(gift: Gift) -> GiftFacts:
    """What the books and receipts took from this recorded gift."""
    assert gift.received_on is not None
    assert gift.mode is not None
    return GiftFacts(
        donor_id=gift.donor_id,
        amount=gift.amount,
        received_on=gift.received_on,
        mode=gift.mode,
        purpose=gift.purpose,
        programme=gift.programme,
        cheque_number=gift.cheque_number,
        deposit_ref=gift.deposit_ref,
        membership=gift.membership,
        counterpart=gift.no_receipt is NoReceipt.COUNTERPART,
    )


def _new(donor: Donor, values: Mapping[str, Any]) -> Gift:
    gift = Gift(
        ref=str(values["gift_ref"]),
        origin=Origin.IMPORT,
        language=donor.language,
        state=next_state(GiftState.PENDING, GiftFact.SETTLED),
    )
    _write(gift, _facts(donor, None, values))
    db.session.add(gift)
    return gift


def _write(gift: Gift, facts: GiftFacts) -> None:
    gift.donor_id = facts.donor_id
    gift.amount_minor, gift.currency = facts.amount.minor, facts.amount.currency
    gift.received_on, gift.mode = facts.received_on, facts.mode
    gift.tax_on = tax_date(facts.mode, received_on=facts.received_on, credited_at=facts.received_on)
    gift.purpose, gift.programme = facts.purpose, facts.programme
    gift.cheque_number, gift.deposit_ref = facts.cheque_number, facts.deposit_ref


def _correct(gift: Gift, after: GiftFacts) -> Outcome:
    if gift.origin is not Origin.IMPORT:
        raise ChangeRefused(N_("This gift was made on line: it cannot be changed by a file."))
    before = facts_of(gift)
    if before == after:
        return "same"
    if gift.refunded_minor:
        raise ChangeRefused(
            N_("Money of this gift went back already: it cannot be changed by a file.")
        )
    events.gift_change_requested.send(gift, before=before, after=after)
    _write(gift, after)
    audit.record("gift.corrected", f"gift:{gift.ref}", before=_plain(before), after=_plain(after))
    db.session.flush()
    events.gift_changed.send(gift, before=before, after=after)
    return "changed"


def _plain(facts: GiftFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in GiftFacts.__slots__}
