"""Money that may stand recorded twice: made of a line, and entered or imported beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.core.db import db

TWO_TRANSFERS = "bank.two_transfers"
"""What the trail says when a person answered that both were given."""

_DOUBLES = """
select p.id as part_id, l.public_id as line, l.booked_on, p.amount_minor,
  g.id as gift_id, g.ref as gift_ref, o.id as other_id, o.ref as other_ref, o.tax_on as other_on,
  o.public_id as other
from bank_part p
join bank_match m on m.id = p.match_id join bank_line l on l.id = m.line_id
join gift g on g.id = p.gift_id
join gift o on o.donor_id = g.donor_id and o.id <> g.id and o.amount_minor = g.amount_minor
  and o.currency = g.currency and o.mode = 'transfer' and o.state = 'settled'
  and o.origin <> 'statement' and o.stripe_payment_intent_id is null
  and o.tax_on between l.booked_on - 10 and l.booked_on + 10
where p.live and p.settled_here and g.state = 'settled'
  and not exists (select from bank_part q where q.gift_id = o.id and q.live)
  and not exists (select from audit_entry a
    where a.action = :answered and a.subject = 'transfers:' || g.ref || ':' || o.ref)
order by l.booked_on, p.id, o.id"""


def doubles() -> Sequence[Any]:
    """Each gift made of a line beside a recorded transfer of that donor, sum and time no line shows,
    unless a person answered that they are two."""
    return db.session.execute(sa.text(_DOUBLES), {"answered": TWO_TRANSFERS}).all()


def pair_of(made: str, recorded: str) -> str:
    """How the trail names a gift made of a line and the one recorded beside it."""
    return f"transfers:{made}:{recorded}"
