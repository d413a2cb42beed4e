"""The doors of the demonstration: one-click sign-in and the mailbox. Only in demo mode on loopback."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.models import Account
from portal.accounts.sign_in import open_session
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.mail import OutboxMail
from portal.core.web.audience import demo_only
from portal.core.web.lists import ListColumn, ListSpec, list_page
from portal.demo.personas import PERSONAS, persona

demo = Blueprint("demo", __name__, url_prefix="/demo")
AS_A_LETTER = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@demo.get("")
@demo_only
def index() -> ResponseReturnValue:
    return render_template("demo/index.html", personas=PERSONAS)


@demo.post("/enter/<code>")
@demo_only
def enter(code: str) -> ResponseReturnValue:
    who = persona(code) or abort(404)
    with transaction() as session:
        account = session.scalar(sa.select(Account).where(Account.email == who.email))
        open_session(account or abort(404), current_app.extensions["clock"].now())
    return redirect(url_for(who.start))


@demo.get("/mailbox")
@demo_only
def mailbox() -> ResponseReturnValue:
    letters = ListSpec(
        "mailbox",
        (
            ListColumn(
                "created_at",
                N_("Written"),
                lambda m: m.created_at,
                "datetime",
                OutboxMail.created_at,
            ),
            ListColumn("recipient", N_("To"), lambda m: m.recipient, sort=OutboxMail.recipient),
            ListColumn("subject", N_("Subject"), lambda m: m.subject, sort=OutboxMail.subject),
        ),
        search=(OutboxMail.recipient, OutboxMail.subject),
        default_sort="created_at",
        default_descending=True,
        tie=OutboxMail.id.desc(),
    )
    return render_template("demo/mailbox.html", page=list_page(letters, sa.select(OutboxMail)))


def _letter(public_id: UUID) -> OutboxMail:
    found = db.session.scalar(sa.select(OutboxMail).where(OutboxMail.public_id == public_id))
    return found or abort(404)


@demo.get("/mailbox/<uuid:mail>")
@demo_only
def letter(mail: UUID) -> ResponseReturnValue:
    return render_template("demo/letter.html", mail=_letter(mail))


@demo.get("/mailbox/<uuid:mail>/body")
@demo_only
def letter_body(mail: UUID) -> ResponseReturnValue:
    answer = Response(_letter(mail).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = AS_A_LETTER
    return answer
