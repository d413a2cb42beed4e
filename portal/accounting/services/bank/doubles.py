"""One sum of money recorded twice: made of a line, and entered or imported beside it."""

from __future__ import annotations

from portal.accounting.models import BankLine, BankMatch, BankPart
from portal.accounting.queries.bank_doubles import TWO_TRANSFERS, pair_of
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services.bank.errors import NotMatched
from portal.accounting.services.bank.matching import match_line, undo_match
from portal.accounting.services.bank.orders import GiftPart, MatchOrder
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.models import Gift


def two_transfers(part_id: int, gift_id: int, *, by: int) -> None:
    """The donor gave that sum twice: the two gifts stand, and are not asked about again."""
    with transaction() as session:
        gift = session.get_one(BankPart, part_id).gift
        other = session.get_one(Gift, gift_id)
        assert gift is not None
        audit.record(TWO_TRANSFERS, pair_of(gift.ref, other.ref), actor_id=by)


def same_money(part_id: int, gift_id: int, *, by: int) -> BankLine:
    """It is the same gift: the one made of the line never was, the line shows the one recorded.

    Only of a line that is that one gift. Raises NotMatched, MatchRefused, TakenByAnother.
    """
    with transaction() as session:
        part = session.get_one(BankPart, part_id)
        match = session.get_one(BankMatch, part.match_id)
        if not part.live or len(match.parts) != 1:
            raise NotMatched
        line = undo_match(match.id, reason=f"the same money as gift {gift_id}", by=by)
        shown = GiftPart(amount=Money(part.amount_minor), gift_id=gift_id)
        match_line(line.id, MatchOrder(kind=MatchKind.GIFT, parts=(shown,)), by=by)
        return db.session.get_one(BankLine, line.id)
