"""The mails about gifts and plans, each written once, in the transaction of what it tells."""

from __future__ import annotations

from typing import Any

from portal.accounts.queries import account_of_donor
from portal.accounts.services import claim_link
from portal.core import i18n, mail
from portal.donations.models import Gift, Plan, Refund
from portal.donations.services.addresses import plan_url
from portal.donations.services.correspondents import correspondent_of
from portal.donations.services.provider import now, settings
from portal.donations.wording import every_words, purpose_words


def say_thanks(gift: Gift) -> None:
    """Thank for a gift; of a monthly plan for the first one only."""
    plan = gift.plan
    if plan is None:
        _write("thanks", gift, key=f"gift:{gift.id}:thanks", gift=gift, **_own_pages(gift))
    elif plan.started_on is None:
        _write(
            "thanks_monthly",
            gift,
            key=f"plan:{plan.id}:thanks",
            gift=gift,
            plan=plan,
            plan_url=plan_url(plan),
            every=_every(plan),
            correspondent=correspondent_of(plan.id),
            **_own_pages(gift),
        )


def say_refunded(gift: Gift, refund: Refund) -> None:
    """Money goes back."""
    _write("refunded", gift, key=f"refund:{refund.id}", gift=gift, refund=refund)


def _write(name: str, about: Gift | Plan, *, key: str, **context: Any) -> None:
    donor = about.donor
    if not donor.email:
        return
    language = str(about.language)
    with i18n.in_language(language):
        purpose = purpose_words(about.purpose, about.programme)
    mail.post(
        f"donations/mail/{name}",
        to=donor.email,
        language=language,
        key=key,
        donor=donor,
        purpose=purpose,
        **context,
    )


def _every(plan: Plan) -> str:
    with i18n.in_language(str(plan.language)):
        return every_words(plan.interval)


def _own_pages(gift: Gift) -> dict[str, Any]:
    """The way to the donor's own pages: a link to claim them, or the pages when they have one."""
    if not gift.donor.email:
        return {}
    if account_of_donor(gift.donor_id):
        return {"own_url": f"{settings().public_url}/me/gifts", "claims": False}
    return {"own_url": claim_link(gift.donor, now()), "claims": True}
