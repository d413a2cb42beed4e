"""The head office's pages of our own direct debits: what comes back, what is due, files, mandates."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core import documents, i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import download
from portal.donations import debit_queries as queries
from portal.donations import debit_wording
from portal.donations.forms.direct_debits import (
    CollectForm,
    CreditedForm,
    LettersForm,
    ReasonForm,
)
from portal.donations.forms.plans import OnceForm
from portal.donations.models import Collection
from portal.donations.rules.direct_debit import reason_of
from portal.donations.services import direct_debits as services
from portal.donations.services.provider import today
from portal.donations.wording import every_words

bp = Blueprint("direct_debits", __name__, url_prefix="/office/direct-debits")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "mandate_standing": debit_wording.mandate_standing,
        "instalment_standing": debit_wording.instalment_standing,
        "attempt_standing": debit_wording.attempt_standing,
        "file_standing": debit_wording.file_standing,
        "every_words": every_words,
    }


@bp.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """What needs somebody, what can be collected, the files so far."""
    day = _day_asked()
    ready = services.to_collect(day) if day else []
    return render_template(
        "donations/direct_debits/index.html",
        came_back=queries.came_back(),
        letters=services.waiting_for_a_letter(),
        letters_form=LettersForm(formdata=None, on=today()),
        collect_form=CollectForm(formdata=None, on=day),
        deciding=OnceForm(formdata=None),
        day=day,
        ready=ready,
        total=services.amount_of_due(ready),
        files=queries.collections(),
        reason_of=reason_of,
        able=_able(),
    )


def _day_asked() -> dt.date | None:
    """The day in the address, else the first one something is announced for."""
    try:
        return dt.date.fromisoformat(request.args["on"])
    except (KeyError, ValueError):
        return queries.next_announced()


def _able() -> bool:
    try:
        services.creditor()
    except services.NoCreditor:
        return False
    return True


@bp.post("/files")
@needs(Role.ACCOUNTANT, fresh=True)
def make() -> ResponseReturnValue:
    """Make the bank's file for a day."""
    form = CollectForm()
    if not form.validate_on_submit() or form.on.data is None:
        flash(_("Write the day of the debits."), "danger")
        return redirect(url_for(".index"), 303)
    try:
        made = services.make_collection(
            form.on.data, by=current_user.id, form_token=str(form.form_token.data)
        )
    except services.TooSoon as error:
        flash(
            _("The bank needs the file earlier: %(day)s is the first day possible.",
              day=i18n.day(error.earliest)),
            "danger",
        )  # fmt: skip
        return redirect(url_for(".index"), 303)
    except services.NothingToCollect:
        flash(_("Nothing is announced for that day."), "danger")
        return redirect(url_for(".index"), 303)
    except services.NoCreditor:
        flash(
            _("The settings do not name the association's creditor identifier and account."),
            "danger",
        )
        return redirect(url_for(".index"), 303)
    flash(_("The file is made. Download it, hand it to the bank, then say so here."), "success")
    return redirect(url_for(".file", public_id=made.public_id), 303)


@bp.get("/files/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def file(public_id: uuid.UUID) -> ResponseReturnValue:
    """One file, its debits, and what is to be done with it."""
    found = _collection(public_id)
    return render_template(
        "donations/direct_debits/file.html",
        file=found,
        standing=services.standing_total(found),
        reason_of=reason_of,
        sent_form=OnceForm(formdata=None),
        credited_form=CreditedForm(formdata=None, on=found.collect_on),
        debited=found.collect_on <= today(),
        withdraw_form=ReasonForm(formdata=None),
    )


@bp.get("/files/<uuid:public_id>/pain008.xml")
@needs(Role.ACCOUNTANT, fresh=True)
def pain008(public_id: uuid.UUID) -> ResponseReturnValue:
    """The file for the bank: it holds whole IBANs."""
    document = _collection(public_id).document
    return download(documents.read(document), document.filename, document.media_type)


@bp.post("/files/<uuid:public_id>/sent")
@needs(Role.ACCOUNTANT, fresh=True)
def sent(public_id: uuid.UUID) -> ResponseReturnValue:
    """The file is with the bank."""
    found = _collection(public_id)
    return _done(
        found,
        OnceForm(),
        lambda _form: services.collection_sent(found.id, by=current_user.id),
        _("Noted: the bank has the file."),
    )


@bp.post("/files/<uuid:public_id>/credited")
@needs(Role.ACCOUNTANT, fresh=True)
def credited(public_id: uuid.UUID) -> ResponseReturnValue:
    """The account shows the money: never before the day of the debits, which may be of another tax year."""
    found = _collection(public_id)
    return _done(
        found,
        CreditedForm(),
        lambda form: services.collection_credited(found.id, form.on.data, by=current_user.id),
        _("Each debit that was not refused is a gift now."),
    )


@bp.post("/files/<uuid:public_id>/withdraw")
@needs(Role.ACCOUNTANT, fresh=True)
def withdraw(public_id: uuid.UUID) -> ResponseReturnValue:
    """A file that never went to the bank."""
    found = _collection(public_id)
    return _done(
        found,
        ReasonForm(),
        lambda form: services.withdraw_collection(
            found.id, reason=form.reason.data or "", by=current_user.id
        ),
        _("The file is withdrawn. Its debits can stand in another one."),
    )


def _done(
    found: Collection, form: Any, act: Callable[[Any], object], said: str
) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            act(form)
        except services.NotYetDebited:
            flash(
                _(
                    "The bank debits on %(day)s: the account is credited that day or later.",
                    day=i18n.day(found.collect_on),
                ),
                "danger",
            )
        except services.NotInThatState:
            flash(_("Somebody was faster: look at the file again."), "warning")
        else:
            flash(said, "success")
    else:
        flash(" ".join(str(each) for errors in form.errors.values() for each in errors), "danger")
    return redirect(url_for(".file", public_id=found.public_id), 303)


@bp.post("/letters")
@needs(Role.ACCOUNTANT)
def letters() -> ResponseReturnValue:
    """The letters of announcement went out."""
    form = LettersForm()
    if form.validate_on_submit() and form.on.data is not None:
        waiting = [instalment.id for instalment, _mandate in services.waiting_for_a_letter()]
        told = services.announced_by_post(waiting, form.on.data, by=current_user.id)
        flash(
            ngettext("%(num)s debit is announced.", "%(num)s debits are announced.", told),
            "success",
        )
    else:
        flash(_("Write the day the letters went out."), "danger")
    return redirect(url_for(".index"), 303)


def _collection(public_id: uuid.UUID) -> Collection:
    return queries.collection_by_public_id(public_id) or abort(404)


from portal.donations.office import debits_back, mandate_file, mandates  # noqa: E402, F401
