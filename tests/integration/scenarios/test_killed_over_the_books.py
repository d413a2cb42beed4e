"""Killed while the balance is read, while the bank's file is made or credited: one effect."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Account
from portal.core.db import db
from portal.donations.models import Instalment
from portal.donations.services import direct_debits
from tests.factories.handed_over import make_accountant
from tests.integration.donations.test_direct_debits import make_mandate
from tests.integration.scenarios.house import Given, House, judged, nothing_is_wrong

OF_THE_BALANCE = sa.text("""select
  (select count(*) from provider_line), (select sum(net_minor) from provider_line),
  (select array_agg(status || ':' || amount_minor order by id) from payout),
  (select count(*) from payout_line),
  (select count(*) from payout where lines_read_at is not null),
  (select array_agg(account || ':' || balance order by account)
   from (select account, sum(debit_minor - credit_minor) as balance
         from entry_line group by account) a),
  (select count(*) from entry)""")
"""The lines and payouts that were read, which lines each payout pays out, and what was booked."""
OF_A_FILE = sa.text("""select i.state, c.state, c.debits, c.total_minor, a.state, g.state, g.amount_minor,
  (select count(*) from entry e where e.gift_id = g.id),
  (select count(*) from collection_attempt x where x.instalment_id = i.id),
  (select count(*) from document d where d.id = c.document_id)
  from instalment i join collection_attempt a on a.instalment_id = i.id
  join collection c on c.id = a.collection_id left join gift g on g.id = i.gift_id
  where i.plan_id = :plan and i.announced_for is not null""")


def test_lines_and_payouts_are_read_and_booked_once(house: House) -> None:
    for _ in range(3):
        house.gift()
    house.hand.lets_pass(8)
    undisturbed, steps = read(house)
    assert undisturbed[2], "no payout was made"
    assert "after commit 3" in steps
    for step in steps:
        disturbed, _steps = read(house, dies_at=step)
        assert disturbed == undisturbed, f"killed {step}"
    house.does("reconcile")
    assert db.session.scalar(sa.text("select count(*) from reconciliation_finding")) == 0


def read(house: House, dies_at: str | None = None) -> tuple[Any, tuple[str, ...]]:
    """How the books stand once the balance was read, by a process that died first or by none."""
    with house.rewound():
        if dies_at:
            house.dies("read_balance", dies_at)
        steps = house.does("read_balance").steps
        nothing_is_wrong(house)
        return tuple(db.session.execute(OF_THE_BALANCE).one()), steps


def test_a_debit_stands_in_one_file_of_the_bank(house: House) -> None:
    by = make_accountant()
    judged(
        house,
        "make_bank_file",
        prepare=lambda: announced(house, by),
        told=lambda plan: db.session.execute(OF_A_FILE, {"plan": plan}).all(),
        passes={"before commit", "after commit"},
        sent_again=True,
    )


def test_a_credited_file_makes_one_gift_of_each_debit(house: House) -> None:
    by = make_accountant()

    def prepare() -> tuple[int, Given]:
        plan, given = announced(house, by)
        made = direct_debits.make_collection(given["on"], by=by.id, form_token=given["form"])
        direct_debits.collection_sent(made.id, by=by.id)
        told = {"collection": made.id, "on": given["on"], "line": f"line-{made.id}", "by": by.id}
        db.session.rollback()
        return plan, told

    judged(
        house,
        "credit_bank_file",
        prepare=prepare,
        told=lambda plan: db.session.execute(OF_A_FILE, {"plan": plan}).all(),
        passes={"before commit", "after commit"},
        sent_again=True,
    )


def announced(house: House, by: Account) -> tuple[int, Given]:
    """A debit of ours its donor was told of; its plan, and what the file's form says."""
    on = house.now().date() + dt.timedelta(days=3)
    plan = make_mandate(first_due_on=on, email=f"{house.new_form()}@example.org").plan_id
    direct_debits.plan_and_announce()
    due = sa.select(Instalment.announced_for).where(Instalment.plan_id == plan)
    day = db.session.scalar(due.order_by(Instalment.due_on))
    db.session.rollback()
    return plan, {"on": day, "form": house.new_form(), "by": by.id}
