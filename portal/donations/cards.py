"""What gifts show on shared pages: the sponsor's home, the head office's page of a donor."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.web.cards import Card
from portal.donations import queries
from portal.donations.models import Plan, PlanState
from portal.donations.plan_wording import plan_price


def home_card(donor_id: int) -> Card | None:
    """The next debit and the last gift, on the sponsor's home."""
    plans = [plan for plan in queries.plans_of(donor_id) if plan.state is not PlanState.ENDED]
    gifts = queries.gifts_of(donor_id)
    lines = [_next_debit(plan) for plan in plans]
    for gift in [gift for gift in gifts if gift.tax_on][:1]:  # the newest may still be on its way
        amount, day = i18n.money(gift.amount, whole=True), i18n.day(gift.tax_on)
        lines.append(_("Last gift: %(amount)s on %(day)s.", amount=amount, day=day))
    if not lines and not gifts:
        return None
    return Card(
        title=_("My gifts"),
        lines=tuple(lines),
        url=url_for("my_gifts.index"),
        link=_("See all my gifts"),
        icon="hand-heart",
    )


def _next_debit(plan: Plan) -> str:
    price = plan_price(plan)
    if plan.state is PlanState.PAST_DUE:
        return str(_("%(price)s: the last debit did not come through.", price=price))
    if plan.cancels_on is not None:
        day = i18n.day(plan.cancels_on)
        return str(_("%(price)s: no further debit, ends on %(day)s.", price=price, day=day))
    if plan.state is PlanState.PAUSED and plan.paused_until is not None:
        day = i18n.day(plan.paused_until)
        return str(_("%(price)s: paused until %(day)s.", price=price, day=day))
    if plan.next_debit_on is None:
        return price
    day = i18n.day(plan.next_debit_on)
    return str(_("%(price)s, next on %(day)s.", price=price, day=day))


def donor_section(donor_id: int) -> Card | None:
    """A donor's gifts and plans, for accountants."""
    gifts, plans = queries.gifts_of(donor_id), queries.plans_of(donor_id)
    if not gifts and not plans:
        return None
    return Card(
        title=_("Gifts"),
        template="donations/office/donor_section.html",
        context={
            "gifts": gifts[:10],
            "more": max(0, len(gifts) - 10),
            "plans": plans,
            "total": queries.total_given(donor_id=donor_id),
        },
        icon="hand-coins",
    )
