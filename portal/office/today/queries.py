"""What needs somebody today: counters that lead to the work, for the roles that do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.accounting.queries.bank import lines_waiting
from portal.accounting.queries.closing import reopenings_waiting
from portal.accounting.queries.recorded import checks_failed
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.core.mail import MailState, OutboxMail
from portal.core.roles import Role
from portal.donations.ledger_queries import open_findings
from portal.donations.models import EventState, Gift, Plan, PlanCall, PlanState, WebhookEvent
from portal.donations.money_back import gifts_to_see_to
from portal.donations.rules.gift import GiftState
from portal.newsletters.models import Issue, IssueState
from portal.office.imports.models import DeliveryState, FieldDelivery
from portal.programmes.codes import ChildStatus
from portal.programmes.models import Child, Fact, FactState
from portal.receipts.models import Channel
from portal.receipts.queries.blocked import blocked_donors
from portal.receipts.queries.declaration import declarations_due
from portal.receipts.queries.deliveries import undelivered
from portal.receipts.queries.findings import open_alarms
from portal.receipts.queries.receiptable import plan_of
from portal.receipts.queries.register import how_many_to_correct
from portal.sponsorships.models import (
    Hold,
    HoldState,
    Sponsorship,
    SponsorshipState,
    Wish,
    WishState,
)

SOON = timedelta(hours=48)
Count = Callable[[datetime], "sa.Select[int] | int"]
"""What to ask the database, or the number itself where a feature counts on its own."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: its words (English msgids), where it is done, by whom, how much there is."""

    label: str
    text: str
    endpoint: str
    icon: str
    roles: frozenset[Role]
    count: Count
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A task with its number of today."""

    task: Task
    number: int


def _rows(model: type, *where: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(model).where(*where)


def _last_year(now: datetime) -> int:
    return paris_date(now).year - 1


MATCHING, NEWS = frozenset({Role.MATCHER}), frozenset({Role.EDITOR, Role.FIELD_OFFICER})
MONEY, RECORDS = frozenset({Role.ACCOUNTANT}), frozenset({Role.FIELD_OFFICER, Role.MATCHER})

TASKS = (
    Task(
        N_("Holds that end within two days"), N_("Accept them, extend them or let them go."),
        "matching.board", "clock", MATCHING,
        lambda now: _rows(Hold, Hold.state == HoldState.HELD, Hold.expires_at < now + SOON), True,
    ),
    Task(
        N_("Sponsors who wait for a child"), N_("See the proposed pairs."),
        "matching.board", "users", MATCHING,
        lambda _now: _rows(Wish, Wish.state == WishState.WAITING),
    ),
    Task(
        N_("Sponsored children who left the programmes"), N_("Tell the sponsor, propose what comes next."),
        "matching.board", "heart", MATCHING,
        lambda _now: sa.select(sa.func.count())
        .select_from(Sponsorship)
        .join(Child, Child.id == Sponsorship.child_id)
        .where(Sponsorship.state == SponsorshipState.ACTIVE, Child.status != ChildStatus.IN_CARE),
        True,
    ),
    Task(
        N_("News to approve"), N_("Nothing reaches a sponsor before you have read it."),
        "facts.index", "newspaper", NEWS,
        lambda _now: _rows(Fact, Fact.state == FactState.PROPOSED),
    ),
    Task(
        N_("Newsletters in preparation"), N_("Finish them and send them."),
        "newsletter_office.index", "mail", frozenset({Role.EDITOR}),
        lambda _now: _rows(Issue, Issue.state == IssueState.DRAFT),
    ),
    Task(
        N_("Deliveries that wait for a decision"), N_("They were tried; import them or drop them."),
        "imports.index", "upload", RECORDS,
        lambda _now: _rows(FieldDelivery, FieldDelivery.state == DeliveryState.CHECKED),
    ),
    Task(
        N_("Gifts whose money is on its way"), N_("Direct debits take days; nothing to do."),
        "gifts_office.gifts", "hand-coins", MONEY,
        lambda _now: _rows(Gift, Gift.state == GiftState.PROCESSING),
    ),
    Task(
        N_("Plans with a failed debit"), N_("The sponsor was written to; call if it lasts."),
        "plans_office.plans", "triangle-alert", MONEY,
        lambda _now: _rows(Plan, Plan.state == PlanState.PAST_DUE), True,
    ),
    Task(
        N_("Sponsorships at risk: call"), N_("Speak with the sponsor before the last try."),
        "plan_calls.plan_calls", "phone", MATCHING | MONEY,
        lambda _now: _rows(PlanCall, PlanCall.closed_at.is_(None)), True,
    ),
    Task(
        N_("Refunds that failed"), N_("The money is here again: ask the donor how to send it."),
        "gifts_office.money_that_goes_back", "undo-2", MONEY,
        lambda _now: gifts_to_see_to("refund_failed"), True,
    ),
    Task(
        N_("Gifts a bank questions"), N_("Answer in Stripe's dashboard before the day it names."),
        "gifts_office.money_that_goes_back", "circle-question-mark", MONEY,
        lambda _now: gifts_to_see_to("disputed"), True,
    ),
    Task(
        N_("Gifts believed to be fraudulent"), N_("Give back before a dispute costs, or keep."),
        "gifts_office.money_that_goes_back", "triangle-alert", MONEY,
        lambda _now: gifts_to_see_to("warned"), True,
    ),
    Task(
        N_("Messages of Stripe that could not be processed"), N_("Read why, then process them again."),
        "gifts_office.stripe_events", "circle-alert", MONEY,
        lambda _now: _rows(WebhookEvent, WebhookEvent.state == EventState.FAILED), True,
    ),
    Task(
        N_("Checks of the books that failed"), N_("Something does not agree: read what, before anything is closed."),
        "accounting.overview", "scale", MONEY,
        lambda _now: checks_failed(), True,
    ),
    Task(
        N_("Alarm of the signed register of receipts"), N_("What was signed does not hold any more: look before anything is signed on."),
        "office_receipts.signatures", "fingerprint", MONEY,
        lambda _now: len(open_alarms()), True,
    ),
    Task(
        N_("Payouts and amounts that differ from Stripe's"), N_("Compare, then explain or correct."),
        "gifts_office.reconciliation", "circle-alert", MONEY,
        lambda _now: open_findings(), True,
    ),
    Task(
        N_("Lines of the bank without a match"), N_("Say what each of them is."),
        "bank.index", "banknote", MONEY,
        lambda _now: lines_waiting(),
    ),
    Task(
        N_("Receipts to correct"), N_("Money moved after they were issued: replace or cancel them."),
        "office_receipts.to_correct", "receipt-euro", MONEY,
        lambda _now: how_many_to_correct(), True,
    ),
    Task(
        N_("Donors whose receipt is blocked"), N_("Something is missing: complete it, then issue."),
        "office_receipts.waiting", "circle-alert", MONEY,
        lambda now: sum(not each.confirmed_at for each in blocked_donors(_last_year(now), paris_date(now))),
    ),
    Task(
        N_("Receipts of last year to issue"), N_("These donors have all it takes: their gifts wait for their receipt."),
        "office_receipts.index", "receipt-euro", MONEY,
        lambda now: len(plan_of(_last_year(now), paris_date(now)).ready),
    ),
    Task(
        N_("Receipts of last year to deliver"), N_("They are issued: send the links, print the letters."),
        "office_receipts.delivery_of_last_year", "send", MONEY,
        lambda now: len(undelivered(_last_year(now), *Channel)),
    ),
    Task(
        N_("Reopenings that wait for a second person"), N_("Somebody asked to reopen a closed period: agree, or refuse."),
        "accounting.closing", "lock", MONEY,
        lambda now: len(reopenings_waiting(now)), True,
    ),
    Task(
        N_("Declarations of gifts to file"), N_("The sum and the number of last year's receipts, for the tax office."),
        "office_receipts.declaration_of_last_year", "flag", MONEY,
        lambda now: declarations_due(paris_date(now)), True,
    ),
    Task(
        N_("Letters that could not be sent"), N_("Look at the mail server."),
        "office.today", "circle-alert", frozenset({Role.ADMINISTRATOR}),
        lambda _now: _rows(OutboxMail, OutboxMail.state == MailState.FAILED), True,
    ),
)  # fmt: skip


def _counted(told: sa.Select[int] | int) -> int:
    return told if isinstance(told, int) else int(db.session.scalar(told) or 0)


def due(now: datetime, roles: frozenset[Role]) -> list[Due]:
    """The tasks of these roles with something to do, the urgent first."""
    mine = [t for t in TASKS if Role.ADMINISTRATOR in roles or t.roles & roles]
    found = [Due(task, _counted(task.count(now))) for task in mine]
    return sorted((d for d in found if d.number), key=lambda d: not d.task.urgent)
