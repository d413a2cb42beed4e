"""What must always be true of the register; each check gives whether it is, and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptSeries, ReceiptState
from portal.receipts.queries.findings import accepted_findings, findings, named
from portal.receipts.queries.register import receipts_to_correct
from portal.receipts.queries.signed_heads import heads_count, unsigned_for_long
from portal.receipts.register_words import finding_sentence
from portal.receipts.rules.content import canonical_bytes
from portal.receipts.rules.register import chain_hash_of, number_of

SHOWN = 5


def _named(found: Iterable[Any]) -> str:
    names = [str(each) for each in found]
    more = "" if len(names) <= SHOWN else "…"
    return ", ".join(names[:SHOWN]) + more


def numbers_without_gaps() -> Verdict:
    """Each series is 1, 2, 3 … up to its last number, and each receipt bears the number of its place."""
    counted = sa.func.count(Receipt.id)
    wanted = (
        sa.select(ReceiptSeries.year, ReceiptSeries.last, counted, sa.func.max(Receipt.sequence))
        .outerjoin(Receipt, Receipt.series_year == ReceiptSeries.year)
        .group_by(ReceiptSeries.year)
        .order_by(ReceiptSeries.year)
    )
    series = db.session.execute(wanted).all()
    broken = [year for year, last, count, top in series if not last == count == (top or 0)]
    if broken:
        return False, _("Numbers are missing in the series of %(years)s.", years=_named(broken))
    rows = db.session.execute(sa.select(Receipt.number, Receipt.series_year, Receipt.sequence))
    odd = [number for number, year, place in rows if number != number_of(year, place)]
    if odd:
        return False, _(
            "These numbers are not those of their place: %(numbers)s.", numbers=_named(odd)
        )
    count = sum(row[2] for row in series)
    return True, ngettext(
        "%(num)d receipt, no number missing.", "%(num)d receipts, no number missing.", count
    )


def chain_unbroken() -> Verdict:
    """Each receipt is bound to the one before it: what it says, its paper and its place are as issued."""
    previous: dict[int, str] = {}
    broken = []
    wanted = sa.select(
        Receipt.number, Receipt.series_year, Receipt.amount_minor, Receipt.currency,
        Receipt.content, Receipt.sha256, Receipt.previous_hash, Receipt.chain_hash,
    ).order_by(Receipt.series_year, Receipt.sequence)  # fmt: skip
    for receipt in db.session.execute(wanted.execution_options(yield_per=500)):
        before = previous.get(receipt.series_year, "")
        if receipt.previous_hash != before or not _is_bound(receipt):
            broken.append(receipt.number)
        previous[receipt.series_year] = receipt.chain_hash
    ends = db.session.execute(sa.select(ReceiptSeries.year, ReceiptSeries.last_hash))
    broken += [str(year) for year, last in ends if last != previous.get(year, "")]
    if broken:
        return False, _("The chain breaks at %(numbers)s.", numbers=_named(broken))
    return True, _("Every receipt is bound to the one before it.")


def _is_bound(receipt: sa.Row[Any]) -> bool:
    """The row as it is stored is what was bound: the number and total in it are the register's."""
    said, total = receipt.content, {"minor": receipt.amount_minor, "currency": receipt.currency}
    if (said.get("number"), said.get("total")) != (receipt.number, total):
        return False
    bound = chain_hash_of(receipt.previous_hash, receipt.sha256, canonical_bytes(said))
    return bool(receipt.chain_hash == bound)


def gifts_on_one_receipt() -> Verdict:
    """No gift stands on two receipts that are valid; a cancelled receipt holds none."""
    standing = Receipt.state == ReceiptState.ISSUED
    doubles = (
        sa.select(ReceiptedGift.gift_id)
        .join(Receipt, Receipt.id == ReceiptedGift.receipt_id)
        .where(standing)
        .group_by(ReceiptedGift.gift_id)
        .having(sa.func.count() > 1)
    )
    twice = db.session.scalars(doubles).all()
    if twice:
        return False, _("%(count)s gifts stand on two receipts.", count=len(twice))
    confused = db.session.scalars(
        sa.select(Receipt.number)
        .join(ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id)
        .where(ReceiptedGift.live != standing)
        .distinct()
    ).all()
    if confused:
        text = _(
            "Receipts and the gifts they hold disagree: %(numbers)s.", numbers=_named(confused)
        )
        return False, text
    return True, _("No gift stands on two receipts.")


def sums_agree() -> Verdict:
    """The amount of each receipt is the sum of the gifts it certifies."""
    certified = sa.func.coalesce(sa.func.sum(ReceiptedGift.amount_minor), 0)
    differing = db.session.scalars(
        sa.select(Receipt.number)
        .outerjoin(ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id)
        .group_by(Receipt.id)
        .having(certified != Receipt.amount_minor)
        .order_by(Receipt.number)
    ).all()
    if differing:
        text = _(
            "These receipts do not state the sum of their gifts: %(numbers)s.",
            numbers=_named(differing),
        )
        return False, text
    return True, _("Every receipt states the sum of its gifts.")


def amounts_kept() -> Verdict:
    """No receipt that stands states more or less than what the house kept of its gifts."""
    wrong = [each.receipt.number for each in receipts_to_correct()]
    if wrong:
        text = _(
            "Money moved after these receipts, which must be replaced: %(numbers)s.",
            numbers=_named(wrong),
        )
        return False, text
    return True, _("Every receipt states what was kept of its gifts.")


def heads_signed() -> Verdict:
    """Each head that was signed still is what the register says, also when the whole chain was
    computed anew since; none is gone; no receipt waits for its signature for days, or is dated
    before one it should stand under. What a person accepted is said, and holds."""
    accepted = {named(row) for row in accepted_findings()}
    now = current_app.extensions["clock"].now()
    broken = [finding_sentence(each) for each in findings(now) if each not in accepted]
    if broken:
        return False, _("What was signed does not hold any more: %(heads)s", heads=_said(broken))
    late = unsigned_for_long()
    if late:
        text = _(
            "%(count)s receipts have waited for days to be signed: run portal receipts sign-register.",
            count=late,
        )
        return False, text
    return True, " ".join(filter(None, (_proved(heads_count()), _accepted(len(accepted)))))


def _said(sentences: Sequence[str]) -> str:
    return " ".join(sentences[:SHOWN]) + ("" if len(sentences) <= SHOWN else " …")


def _proved(count: int) -> str:
    if not count:
        return str(_("Nothing is signed yet: the first signature follows the first receipt."))
    return str(
        ngettext("One signature, proved again.", "%(num)s signatures, each proved again.", count)
    )


def _accepted(count: int) -> str:
    if not count:
        return ""
    return str(
        ngettext(
            "One thing found does not hold and was accepted by a person.",
            "%(num)s things found do not hold and were accepted by a person.",
            count,
        )
    )


CHECKS: tuple[tuple[str, Callable[[], Verdict], str], ...] = (
    ("receipt_numbers", numbers_without_gaps, N_("Receipts are numbered without gaps")),
    ("receipt_chain", chain_unbroken, N_("The chain of receipts is unbroken")),
    ("register_heads_signed", heads_signed, N_("The register is what was signed each night")),
    ("receipted_once", gifts_on_one_receipt, N_("No gift stands on two receipts")),
    ("receipt_sums", sums_agree, N_("Receipts state the sum of their gifts")),
    ("receipt_amounts_kept", amounts_kept, N_("Receipts state what was kept of their gifts")),
)
