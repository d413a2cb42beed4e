"""What the portal's process is told to do: by plain values, with an answer in plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.accounts.rules import DonorDetails
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services, tasks
from portal.donations.codes import PurposeKind
from portal.donations.models import Gift, OrderKind, Plan, ProviderOrder
from portal.donations.services import GivingOrder, direct_debits
from portal.donations.services.orders import THE_PORTAL
from portal.donations.services.provider import now
from portal.receipts import services as receipts
from tests.factories.receipts import plain_papers
from tests.jobs import run_due_jobs


def give(form: str) -> str:
    """A donor sends the form of a gift of 40 €; gives the address of the payment page."""
    return services.begin_checkout(services.open_gift(_order(form, 4_000), now()))


def sponsor(form: str) -> str:
    """A donor sends the form of 30 € a month; gives the address of the payment page."""
    return services.begin_checkout(services.open_plan(_order(form, 3_000), None, now()))


def _order(form: str, minor: int) -> GivingOrder:
    details = DonorDetails(
        email=f"{form}@example.org", first_name="Camille", last_name="Durand", city="Versailles"
    )
    return GivingOrder(Money(minor), details, details.language, form, PurposeKind.GENERAL)


def hear(raw: bytes, signature: str) -> int:
    """The provider knocks at the door; gives the status of the answer."""
    headers = {"Stripe-Signature": signature}
    client = current_app.test_client()
    return client.post("/webhooks/stripe", data=raw, headers=headers).status_code


def hear_and_work(raw: bytes, signature: str) -> int:
    """The provider knocks, and a worker works the message off; gives how many it did."""
    assert hear(raw, signature) == 200
    return len(run_due_jobs(only="donations.process_event"))


def confirm_gift(gift: int) -> None:
    """The donor's page asks the provider how the payment stands."""
    services.refresh_commitment(db.session.get_one(Gift, gift))


def confirm_plan(plan: int) -> None:
    """The sponsor's page asks the provider how the first debit stands."""
    services.refresh_commitment(db.session.get_one(Plan, plan))


def come_back() -> None:
    """After the death: the worker's rounds, and everything they queue."""
    services.resend_orders()
    services.watch_plans()
    tasks.sweep(0)
    _take_up_what_was_left()
    run_due_jobs()


def come_back_with_other_keys() -> None:
    """The same, with a gateway that lost the keys of our rows: to see what they are good for."""
    watched = current_app.extensions["payments"]
    current_app.extensions["payments"] = OtherKeys(watched)
    come_back()


@dataclass
class OtherKeys:
    """A gateway that gives back under a key of its own each time."""

    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def refund(self, intent: str, amount: Money, _key: str, reference: str) -> Any:
        return self.real.refund(intent, amount, uuid.uuid4().hex, reference)


def _take_up_what_was_left() -> None:
    """Jobs of a dead worker go to a living one, as `core.retry_stalled` does each five minutes."""
    stalled = "update procrastinate_jobs set status = 'todo' where status = 'doing'"
    db.session.execute(sa.text(stalled))
    db.session.commit()


def refund(gift: int, form: str, by: int) -> str:
    """Staff give back 10 €; gives the refund's state."""
    back = services.refund_gift(gift, Money(1_000), reason="asked", by=by, form_token=form)
    return back.state


def change_amount(plan: int, form: str) -> str:
    return services.change_plan_amount(plan, Money(5_000), form_token=form).state


def change_day(plan: int, form: str) -> str:
    """To a day the plan is not debited on yet."""
    planned = db.session.get_one(Plan, plan).next_debit_on
    day = 10 if planned is None or planned.day != 10 else 20
    return services.change_debit_day(plan, day, form_token=form).state


def pause(plan: int, form: str) -> str:
    return services.pause_plan(plan, 2, form_token=form).state


def stop(plan: int, form: str) -> str:
    return services.stop_plan(plan, form_token=form).state


def pay(plan: int, form: str) -> str:
    """Try an open debit again now."""
    return services.pay_open_debit(plan, form_token=form).state


def open_method_page(plan: int, form: str) -> str:
    """Gives the address of the page for another card."""
    page = services.begin_method_update(
        plan,
        collect=False,
        form_token=form,
        by=THE_PORTAL,
        language="en",
    )
    return str(page.after["url"])


def use_new_card(plan: int) -> str:
    """The donor comes back from the page; gives what became of it."""
    (page,) = services.orders_of(plan, OrderKind.METHOD_PAGE)
    assert isinstance(page, ProviderOrder)
    return services.finish_method_update(page.id)


def read_balance() -> None:
    services.read_new_lines()


def reconcile() -> None:
    services.reconcile()


def make_bank_file(on: dt.date, form: str, by: int) -> str:
    """The file of our own direct debits for that day; gives its name."""
    return direct_debits.make_collection(on, by=by, form_token=form).message_id


def credit_bank_file(collection: int, on: dt.date, line: str, by: int) -> str:
    """The bank's statement shows the file's sum."""
    done = direct_debits.collection_credited(collection, on, by=by, statement_line_ref=line)
    return done.state


def issue_year(year: int) -> str:
    """The receipts of a year, two donors at a time: begun, or taken up where they stand."""
    run = receipts.start_run(year, at=now(), confirmed=True, chunk=2)
    return receipts.continue_run(run.id, printer=plain_papers).state.value


ACTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        act.__name__: act
        for act in (
            give,
            sponsor,
            hear,
            hear_and_work,
            confirm_gift,
            confirm_plan,
            come_back,
            come_back_with_other_keys,
            refund,
            change_amount,
            change_day,
            pause,
            stop,
            pay,
            open_method_page,
            use_new_card,
            read_balance,
            reconcile,
            make_bank_file,
            credit_bank_file,
            issue_year,
        )
    }
)
