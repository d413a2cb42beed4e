"""A file handed in on the page: tried at once, kept while a person looks, then imported or dropped."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankUpload
from portal.accounting.rules.statements import ColumnPlan, MappingNeeded, StatementRefused
from portal.accounting.services.bank.errors import UnknownAccountOfOurs
from portal.accounting.services.bank.importing import Imported, import_statements
from portal.core import audit
from portal.core.db import transaction
from portal.core.money import Money


def hand_in(data: bytes, name: str, *, account: str = "", by: int) -> uuid.UUID:
    """Keep the file until it is imported, dropped or a day old; tried already. Gives its public id."""
    with transaction() as session:
        upload = BankUpload(
            name=name[-120:] or "statement", content=data, account_iban=account, handed_in_by=by
        )
        session.add(upload)
        session.flush()
        upload_id, public_id = upload.id, upload.public_id
    _try(upload_id)
    return public_id


def say_more(upload_id: int, *, plan: ColumnPlan | None = None, account: str = "") -> None:
    """Which column of a table is what, of which account it is; then it is tried again."""
    with transaction() as session:
        upload = session.get_one(BankUpload, upload_id)
        if plan is not None:
            upload.plan = plan.as_dict()
        if account:
            upload.account_iban = account
    _try(upload_id)


def _try(upload_id: int) -> None:
    """The dry run: everything is done, told, and undone."""
    with transaction() as session:
        upload = session.get_one(BankUpload, upload_id)
        asked = (upload.content, upload.name, upload.plan, upload.account_iban, upload.handed_in_by)
    data, name, plan, account, by = asked
    report = tried(data, name, plan, account, by)
    with transaction() as session:
        session.get_one(BankUpload, upload_id).report = report


def tried(
    data: bytes, name: str, plan: dict[str, Any] | None, account: str, by: int | None
) -> dict[str, Any]:
    """What importing the file would do, or why it cannot be: ``problem`` with its ``line``, and what
    a person must say first (``needs``: columns or account)."""
    columns = ColumnPlan.from_dict(plan) if plan else None
    try:
        told = import_statements(data, name, by=by, dry_run=True, plan=columns, account=account)
    except MappingNeeded as refusal:
        return _refused(refusal.problem.msgid, _params(refusal), "columns")
    except StatementRefused as refusal:
        return _refused(refusal.problem.msgid, _params(refusal), "", refusal.line)
    except UnknownAccountOfOurs as refusal:
        return _refused(refusal.reason, {}, "account")
    return told_of(told)


def _params(refusal: StatementRefused) -> dict[str, Any]:
    """What fills the sentence, as data: a sum stays one, for its reader's language is not known yet."""
    return {
        name: asdict(value) if isinstance(value, Money) else _shown(value)
        for name, value in refusal.problem.params.items()
    }


def _shown(value: object) -> str:
    """What a file says, as far as the database and a page can hold it."""
    return "".join(letter for letter in str(value) if letter.isprintable())


def _refused(msgid: str, params: dict[str, Any], needs: str, line: int = 0) -> dict[str, Any]:
    return {"ok": False, "problem": msgid, "params": params, "line": line, "needs": needs}


def told_of(told: Imported) -> dict[str, Any]:
    """An import as data: sums in cents, days as ISO dates."""
    return {
        "ok": True,
        "format": told.format.value,
        "again": told.again,
        "new": told.new,
        "known": told.known,
        "matched": told.matched,
        "waiting": told.waiting,
        "statements": [_plain(asdict(each)) for each in told.statements],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"minor", "currency"}:
            return value["minor"]
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Money):
        return value.minor
    return value if isinstance(value, str | int | bool | None) else value.isoformat()


def confirm_upload(upload_id: int, *, by: int) -> Imported | None:
    """Import it and forget the upload; None when it is no longer there. Raises as `import_statements`."""
    with transaction() as session:
        upload = session.scalar(
            sa.select(BankUpload).where(BankUpload.id == upload_id).with_for_update()
        )
        if upload is None:
            return None
        told = import_statements(
            upload.content,
            upload.name,
            by=by,
            plan=ColumnPlan.from_dict(upload.plan) if upload.plan else None,
            account=upload.account_iban,
        )
        session.delete(upload)
        return told


def drop_upload(upload_id: int) -> None:
    """Forget the file; nothing was imported."""
    with transaction() as session:
        session.execute(sa.delete(BankUpload).where(BankUpload.id == upload_id))


def change_account(account_id: int, *, name: str, accepts_certain: bool, by: int) -> None:
    """What people call an account, and whether what is certain is matched without asking."""
    with transaction() as session:
        account = session.get_one(BankAccount, account_id, with_for_update={"of": BankAccount})
        before = {"name": account.name, "accepts_certain": account.accepts_certain}
        after = {"name": name, "accepts_certain": accepts_certain}
        if before == after:
            return
        account.name, account.accepts_certain = name, accepts_certain
        subject = f"bank_account:{account.id}"
        audit.record("bank.account_changed", subject, before=before, after=after, actor_id=by)
