"""Whoever may agree hears that a closed period is asked to be opened."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.accounting.closing_wording import period_words
from portal.accounting.models import Reopening
from portal.accounts.models import Account
from portal.accounts.queries import names_of_accounts, people_of_the_office
from portal.core import mail
from portal.core.i18n import day, in_language
from portal.core.roles import Role

MAY_AGREE = frozenset({Role.ACCOUNTANT, Role.ADMINISTRATOR})


def tell_who_may_agree(request: Reopening) -> None:
    """One mail to each other accountant and administrator, with the page that decides (in the open
    transaction)."""
    asker = names_of_accounts({request.asked_by}).get(request.asked_by, "—")
    for account in _others(request.asked_by):
        with in_language(account.language):
            period, until = period_words(request.period), day(request.expires_at)
        mail.post(
            "accounting/mail/reopening_asked",
            to=account.email,
            language=account.language,
            key=f"reopening:{request.id}:{account.id}",
            period=period,
            asker=asker,
            reason=request.reason,
            until=until,
            page=_address("accounting.reopening", public_id=request.public_id),
        )


def _others(asked_by: int) -> list[Account]:
    return [
        account
        for account in people_of_the_office()
        if account.disabled_at is None and account.id != asked_by and MAY_AGREE & set(account.roles)
    ]


def _address(endpoint: str, **values: Any) -> str:
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.extensions['settings'].public_url}{path}"
