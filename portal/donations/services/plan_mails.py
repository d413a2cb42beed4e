"""The mails about a plan that runs: what was changed, what failed, what ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account
from portal.core import i18n, mail
from portal.core.db import db
from portal.donations.care_wording import care_words
from portal.donations.followed import child_of_plan
from portal.donations.method_wording import from_method_words, method_words
from portal.donations.models import (
    DebitFailure,
    OrderChannel,
    Plan,
    PlanMethod,
    PlanNotice,
    ProviderOrder,
)
from portal.donations.plan_wording import change_words, plan_price
from portal.donations.rules.plan_ladder import NoticeKind
from portal.donations.services.addresses import plan_url
from portal.donations.services.plan_links import plan_link
from portal.donations.services.provider import now
from portal.donations.wording import purpose_words

_LADDER = {
    NoticeKind.DEBIT_FAILED: "debit_failed",
    NoticeKind.AUTHENTICATION: "debit_to_confirm",
    NoticeKind.FAILED_AGAIN: "debit_failed_again",
    NoticeKind.LAST_NOTICE: "debit_last_notice",
}


def first_time(plan: Plan, kind: NoticeKind, about: str) -> bool:
    """Whether this was not written about yet; it counts as written from now on."""
    new = (
        insert(PlanNotice)
        .values(plan_id=plan.id, kind=kind, about=about, sent_at=now())
        .on_conflict_do_nothing(index_elements=["plan_id", "kind", "about"])
        .returning(PlanNotice.id)
    )
    return db.session.scalar(new) is not None


def say_step(plan: Plan, failure: DebitFailure, kind: NoticeKind) -> None:
    """A step of the ladder, once for each debit."""
    if plan.donor.email and first_time(plan, kind, failure.invoice_id):
        _write(
            _LADDER[kind],
            plan,
            f"{kind}:{failure.invoice_id}",
            failure=failure,
            link=plan_link(plan),
        )


def say_recovered(plan: Plan, failure: DebitFailure) -> None:
    """The debit came through after all, and what was written about it is over."""
    if plan.donor.email and first_time(plan, NoticeKind.RECOVERED, failure.invoice_id):
        _write("debit_recovered", plan, f"recovered:{failure.invoice_id}", failure=failure)


def say_plan_ended(plan: Plan, *, unpaid: bool) -> None:
    """No further debit will be taken: it was stopped, or no try came through."""
    if plan.donor.email and first_time(plan, NoticeKind.ENDED, str(plan.ended_on)):
        _write("plan_ended", plan, f"ended:{plan.ended_on}", unpaid=unpaid)


def say_changed(order: ProviderOrder, plan: Plan) -> None:
    """What was changed, by whom: the sponsor herself, a link of ours, somebody of the office."""
    with i18n.in_language(str(plan.language)):
        words = change_words(order, plan)
    if words is None:
        return
    _write(
        "plan_changed",
        plan,
        f"order:{order.id}",
        words=words,
        by=_staff_name(order),
        by_link=order.channel is OrderChannel.LINK,
    )


def say_method_replaced(
    plan: Plan, method: PlanMethod, *, by: str = "", itself: bool = False
) -> None:
    """Debits come from another card or IBAN from now on; ``itself``: the bank renewed the card."""
    about = f"{method.method_id}:{method.last4}:{method.expires_on or ''}"
    if plan.donor.email and first_time(plan, NoticeKind.METHOD_REPLACED, about):
        with i18n.in_language(str(plan.language)):
            words = from_method_words(method)
        _write("method_replaced", plan, f"method:{about}", method=words, by=by, itself=itself)


def say_card_expiring(plan: Plan, method: PlanMethod) -> None:
    """The card ends soon: a link to give another one."""
    about = str(method.expires_on)
    if plan.donor.email and first_time(
        plan, NoticeKind.CARD_EXPIRING, f"{method.method_id}:{about}"
    ):
        with i18n.in_language(str(plan.language)):
            words = method_words(method)
        _write(
            "card_expiring",
            plan,
            f"card:{method.method_id}:{about}",
            method=words,
            expires_on=method.expires_on,
            link=plan_link(plan),
        )


def say_upcoming(plan: Plan, method: PlanMethod, about: str) -> None:
    """A direct debit will be taken: how much, when, by which mandate."""
    if plan.donor.email and first_time(plan, NoticeKind.UPCOMING, about):
        with i18n.in_language(str(plan.language)):
            words = method_words(method)
        _write("debit_upcoming", plan, f"upcoming:{about}", method=words, mandate=method)


def say_debit_returned(plan: Plan, about: str) -> None:
    """The bank took a direct debit back: nothing more is taken until the sponsor decides."""
    if plan.donor.email and first_time(plan, NoticeKind.DEBIT_RETURNED, about):
        _write("debit_returned", plan, f"returned:{about}", link=plan_link(plan))


def staff_name(account_id: int | None) -> str:
    """The name of a person of the head office, as donors may read it."""
    account = db.session.get(Account, account_id) if account_id is not None else None
    return account.display_name if account is not None else ""


def _staff_name(order: ProviderOrder) -> str:
    return staff_name(order.asked_by) if order.channel is OrderChannel.OFFICE else ""


def _write(name: str, plan: Plan, occasion: str, **context: Any) -> None:
    donor = plan.donor
    if not donor.email:
        return
    language = str(plan.language)
    with i18n.in_language(language):
        purpose, price = purpose_words(plan.purpose, plan.programme), plan_price(plan)
        care = care_words(plan)
    mail.post(
        f"donations/mail/{name}",
        to=donor.email,
        language=language,
        key=f"plan:{plan.id}:{occasion}",
        donor=donor,
        plan=plan,
        price=price,
        purpose=purpose,
        care=care,
        child_found=child_of_plan(plan.id).found,
        plan_url=plan_url(plan),
        **context,
    )


def say_link_wanted(plan: Plan, by: str) -> None:
    """Somebody of the office sends a link to give another card or IBAN, after a call perhaps."""
    link = plan_link(plan)
    _write("plan_link", plan, f"link:{now().isoformat()}", link=link, by=by)
