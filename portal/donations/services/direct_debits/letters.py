"""The mails about direct debits we collect ourselves, each written once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.core import i18n, mail
from portal.donations.models import CollectionAttempt, Instalment, Mandate, Plan
from portal.donations.rules.direct_debit import ReturnReason
from portal.donations.services.addresses import plan_url
from portal.donations.services.provider import now
from portal.donations.wording import purpose_words


def say_debit_to_come(instalment: Instalment, mandate: Mandate) -> None:
    """What will be taken and when (EPC016-06: at least 14 days before, or as the mandate says)."""
    _write(
        "debit_to_come",
        mandate,
        # Announced anew (another amount) for the same day, it is another letter.
        key=f"instalment:{instalment.id}:{instalment.announced_for}:{instalment.amount_minor}:{now():%Y%m%d%H%M%S}",
        instalment=instalment,
        mandate=mandate,
        plan_url=plan_url(mandate.plan),
    )


def say_debit_came_back(
    attempt: CollectionAttempt, reason: ReturnReason, on: dt.date, *, collected: bool
) -> None:
    """A debit was refused or taken back by the donor's bank; nothing need be done at once."""
    _write(
        "debit_came_back",
        attempt.mandate,
        key=f"attempt:{attempt.id}:back",
        attempt=attempt,
        reason=reason,
        on=on,
        collected=collected,
        plan_url=plan_url(attempt.mandate.plan),
    )


def _write(name: str, about: Mandate, *, key: str, **context: Any) -> None:
    donor, plan = about.donor, about.plan
    if not donor.email:
        return
    language = str(plan.language)
    mail.post(
        f"donations/mail/{name}",
        to=donor.email,
        language=language,
        key=key,
        donor=donor,
        plan=plan,
        purpose=_purpose(plan, language),
        **context,
    )


def _purpose(plan: Plan, language: str) -> str:
    with i18n.in_language(language):
        return purpose_words(plan.purpose, plan.programme)
