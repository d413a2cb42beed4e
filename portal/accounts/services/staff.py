"""People of the head office: inviting them, their roles, closing their account."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts import queries
from portal.accounts.codes import Language
from portal.accounts.models import Account, TokenPurpose
from portal.accounts.rules import normalised_email
from portal.accounts.services.links import INVITATION_FOR, forget_links, new_link
from portal.accounts.sign_in import close_all_sessions
from portal.core import audit, mail
from portal.core.db import db, transaction
from portal.core.roles import Role


class AccountIsClosed(Exception):
    """The address belongs to an account that was closed; open it again first."""


class LastAdministrator(Exception):
    """Nobody could give roles any more."""


class NotOneself(Exception):
    """Nobody closes their own account or takes their own roles away."""


class NoRoleLeft(Exception):
    """A person of the head office has at least one role; close the account instead."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person of the head office and the link with which they choose their password."""

    account: Account
    link: str
    created: bool


def create_staff(
    email: str, roles: Iterable[Role], now: datetime, *, name: str = "", language: str = "fr",
    by: int | None = None, send_mail: bool = False,
) -> Invitation:  # fmt: skip
    """Make sure that the address has an account with (at least) these roles.

    Gives a link to choose a password that works once, for three days; earlier ones stop working.
    Raises AccountIsClosed.
    """
    with transaction():
        account = queries.account_by_email(email)
        created = account is None
        if account is None:
            account = Account(email=normalised_email(email), language=Language(language), roles=[])
            db.session.add(account)
        if account.disabled_at:
            raise AccountIsClosed
        account.display_name = name or account.display_name
        _give_roles(account, {*map(Role, account.roles), *roles}, by)
        return Invitation(account, _invite(account, now, send_mail=send_mail), created)


def _invite(account: Account, now: datetime, *, send_mail: bool) -> str:
    language = str(account.language)
    link = new_link(
        TokenPurpose.RESET_PASSWORD, now, language=language, account=account,
        valid_for=INVITATION_FOR,
    )  # fmt: skip
    if send_mail:
        mail.post(
            "accounts/mail/invitation",
            to=account.email,
            language=language,
            key=f"accounts:invitation:{secrets.token_hex(16)}",
            link=link,
            name=account.display_name,
        )
    return link


def invite_again(account_id: int, now: datetime) -> None:
    """Send a colleague another link to choose a password."""
    with transaction():
        _invite(db.session.get_one(Account, account_id), now, send_mail=True)


def _give_roles(account: Account, roles: set[Role], by: int | None) -> None:
    """Write the roles; a browser that is signed in has to sign in again with the new ones."""
    before, after = sorted(account.roles), sorted(roles)
    if before == after:
        db.session.flush()
        return
    account.roles = list(after)
    db.session.flush()
    close_all_sessions(account.id)
    audit.record(
        "account.roles",
        f"account:{account.public_id}",
        before={"roles": before},
        after={"roles": list(after)},
        actor_id=by,
    )


def change_roles(account_id: int, roles: Iterable[Role], *, by: int) -> None:
    """Give exactly these roles. Raises NotOneself, NoRoleLeft or LastAdministrator."""
    wanted = set(roles)
    if not wanted:
        raise NoRoleLeft
    with transaction():
        account = _colleague(account_id, by)
        if Role.ADMINISTRATOR not in wanted:
            _keep_an_administrator(account)
        _give_roles(account, wanted, by)


def close_account(account_id: int, *, by: int, now: datetime) -> None:
    """The person may not enter any more. Raises NotOneself or LastAdministrator."""
    with transaction():
        account = _colleague(account_id, by)
        if account.disabled_at:
            return
        _keep_an_administrator(account)
        account.disabled_at = now
        close_all_sessions(account.id)
        forget_links(account.id, TokenPurpose.RESET_PASSWORD, now)
        audit.record("account.closed", f"account:{account.public_id}", actor_id=by)


def open_account_again(account_id: int, *, by: int) -> None:
    """The person may enter again, with the password they had."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        account.disabled_at = None
        audit.record("account.opened_again", f"account:{account.public_id}", actor_id=by)


def _colleague(account_id: int, by: int) -> Account:
    if account_id == by:
        raise NotOneself
    return db.session.get_one(Account, account_id, with_for_update=True)


def _keep_an_administrator(leaving: Account) -> None:
    """Lock the administrators, so that two of them can not remove each other at once."""
    if Role.ADMINISTRATOR not in leaving.roles:
        return
    others = db.session.scalars(
        sa.select(Account.id)
        .where(Account.roles.contains([Role.ADMINISTRATOR.value]), Account.disabled_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    ).all()
    if not [found for found in others if found != leaving.id]:
        raise LastAdministrator
