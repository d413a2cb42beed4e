"""How events leave: at once, late, several times, in disorder, held back or never."""

from __future__ import annotations

import json
import random
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

if TYPE_CHECKING:
    from portal.stripe_simulator.account import Account

MODES = ("on", "hold", "drop")
ORDERS = ("as made", "backwards", "shuffled")
_STATES = {"on": "queued", "hold": "held", "drop": "dropped"}
_MOST_COPIES = 1000
_MOST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to each new event; other types than those named leave at once, once.

    `delay` and `jitter` are real seconds: an event leaves `delay` to `delay + jitter` after it was
    made, so that jitter shuffles what is made together.
    """

    mode: str = "on"
    delay: float = 0.0
    jitter: float = 0.0
    copies: int = 1
    types: tuple[str, ...] = ()

    def concerns(self, event_type: str) -> bool:
        """Whether it applies; ``invoice.*`` names everything that begins so."""
        return not self.types or any(
            event_type == each or (each.endswith("*") and event_type.startswith(each[:-1]))
            for each in self.types
        )


def rule(account: Account) -> Rule:
    """What happens to events now."""
    kept = json.loads(account.store.setting("webhooks", "{}"))
    return Rule(**{**kept, "types": tuple(kept.get("types", ()))})


def set_rule(account: Account, wanted: Rule, order: str = "as made", seed: int = 0) -> int:
    """Send, hold or drop from now on; with ``on`` what was held leaves, in that order."""
    if wanted.mode not in MODES:
        raise Refusal(f"mode must be one of {', '.join(MODES)}", param="mode")
    if not (0 <= wanted.delay <= _MOST_SECONDS and 0 <= wanted.jitter <= _MOST_SECONDS):
        raise Refusal(f"delay and jitter are 0 to {_MOST_SECONDS:g} seconds", param="delay")
    _check_copies(wanted.copies)
    account.store.set("webhooks", json.dumps(asdict(wanted)))
    if wanted.mode != "on":
        return 0
    held = account.store.rows("select seq from deliveries where state = 'held' order by seq")
    return _release(account, [row["seq"] for row in held], order, seed)


def queue(account: Account, event: Body) -> None:
    """A new event leaves as the rule says."""
    now = rule(account)
    if not now.concerns(event["type"]):
        now = Rule()
    for _ in range(now.copies):
        late = now.delay + random.uniform(0, now.jitter)  # noqa: S311 - disorder, no secret
        account.store.write(
            "insert into deliveries (event, state, due_at) values (?, ?, ?)",
            (event["id"], _STATES[now.mode], time.time() + late if late else 0.0),
        )


def send_again(account: Account, event_id: str, copies: int) -> int:
    """Queue an event once more, or several times; no rule applies."""
    account.get("event", event_id)
    _check_copies(copies)
    for _ in range(copies):
        account.store.write(
            "insert into deliveries (event, state) values (?, 'queued')", (event_id,)
        )
    return copies


def replay(
    account: Account, *, since: int, types: tuple[str, ...], states: tuple[str, ...], order: str
) -> int:
    """Send what was made since then once more; `states` are those of its latest delivery."""
    rows = account.store.rows(
        "select o.id, json_extract(o.body, '$.type') as type, "
        "(select state from deliveries d where d.event = o.id order by seq desc limit 1) as state "
        "from objects o where kind = 'event' and created >= ? order by seq",
        (since,),
    )
    chosen = Rule(types=types)
    made = []
    for row in rows:
        if chosen.concerns(row["type"]) and (not states or row["state"] in states):
            account.store.write(
                "insert into deliveries (event, state) values (?, 'held')", (row["id"],)
            )
            made.append(_last_seq(account))
    return _release(account, made, order, 0)


def listed(account: Account) -> list[Body]:
    """Every delivery, in the order of the events."""
    rows = account.store.rows(
        "select d.*, json_extract(o.body, '$.type') as type from deliveries d"
        " join objects o on o.id = d.event order by d.seq"
    )
    return [dict(row) for row in rows]


def undelivered(account: Account) -> int:
    """How many deliveries are still queued."""
    return counted(account).get("queued", 0)


def counted(account: Account) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = account.store.rows("select state, count(*) as n from deliveries group by state")
    return {row["state"]: row["n"] for row in rows}


def _release(account: Account, places: list[int], order: str, seed: int) -> int:
    if order not in ORDERS:
        raise Refusal(f"order must be one of {', '.join(ORDERS)}", param="order")
    if order == "backwards":
        places.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(places)  # noqa: S311 - the same disorder for the same seed
    for turn, seq in enumerate(places):
        account.store.write(
            "update deliveries set state = 'queued', due_at = ? where seq = ?", (turn / 1000, seq)
        )
    return len(places)


def _check_copies(copies: Any) -> None:
    if not 1 <= copies <= _MOST_COPIES:
        raise Refusal(f"copies must be 1 to {_MOST_COPIES}", param="copies")


def _last_seq(account: Account) -> int:
    row = account.store.row("select max(seq) as seq from deliveries")
    return int(row["seq"]) if row is not None else 0
