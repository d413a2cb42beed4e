"""The queue of lines: what each may be, accepted with one click, decided by hand, undone with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounting import bank_wording as words
from portal.accounting.forms.bank import GiverForm, OtherForm, UndoForm
from portal.accounting.models import BankLine, BankMatch, Entry
from portal.accounting.office.bank import bank
from portal.accounting.queries import bank as reads
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.bank import MatchKind
from portal.accounting.rules.matching import Proposal
from portal.accounting.services import bank as services
from portal.accounts.models import Donor
from portal.accounts.queries import names_of_accounts
from portal.core.db import db
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations.models import Collection, Deposit, Payout

STATES = ("waiting", "matched", "")
FLOWS = ("", "in", "out")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: what it is, or what it may be."""

    line: BankLine
    match: BankMatch | None
    best: words.Suggestion | None


def _lines() -> ListSpec:
    return ListSpec(
        name="bank-lines",
        columns=(
            ListColumn("ref", _("Line"), lambda x: x.ref, sort=BankLine.id),
            ListColumn("day", _("Date"), lambda x: x.booked_on, "date", BankLine.booked_on),
            ListColumn("account", _("Account"), lambda x: x.account.shown),
            ListColumn("who", _("Who"), lambda x: x.counterparty, sort=BankLine.counterparty),
            ListColumn("text", _("Text"), lambda x: x.text),
            ListColumn("reference", _("Reference"), lambda x: x.structured or x.reference),
            ListColumn("iban", _("IBAN ends with"), lambda x: x.iban_last4),
            ListColumn("amount", _("Amount"), lambda x: x.amount, "amount", BankLine.amount_minor),
        ),
        search=(BankLine.counterparty, BankLine.text, BankLine.reference, BankLine.structured, BankLine.iban_last4),
        default_sort="day",
        default_descending=True,
        tie=BankLine.id.desc(),
    )  # fmt: skip


@bank.get("/lines")
@needs(Role.ACCOUNTANT)
def lines() -> ResponseReturnValue:
    """Lines that wait, or all of them, with the best proposal of each."""
    state = _known(request.args.get("state", "waiting"), STATES)
    flow = _known(request.args.get("flow", ""), FLOWS)
    account = _account(request.args.get("account", ""))
    page = list_page(_lines(), reads.lines(state, account, flow))
    return export(page) or render_template(
        "accounting/bank/lines.html",
        page=page,
        rows=_rows(page.rows),
        state=state,
        flow=flow,
        account=request.args.get("account", ""),
        accounts=reads.accounts(),
        other=OtherForm(),
        match_words=words.match_words,
    )


def _known(asked: str, offered: Sequence[str]) -> str:
    return asked if asked in offered else ""


def _account(told: str) -> int | None:
    found = next((each for each in reads.accounts() if str(each.public_id) == told), None)
    return found.id if found else None


def _rows(shown: Sequence[BankLine]) -> list[Row]:
    matches = reads.live_matches([line.id for line in shown])
    waiting = [line for line in shown if line.id not in matches]
    proposed = proposals_for(waiting)
    best = {line_id: found[0] for line_id, found in proposed.items() if found}
    said = dict(zip(best, _in_words(list(best.values())), strict=True))
    return [Row(line, matches.get(line.id), said.get(line.id)) for line in shown]


def _in_words(proposals: Sequence[Proposal]) -> list[words.Suggestion]:
    """Each proposal in words, in their order: donors and papers are looked up once.

    Two lines may propose the same donor for different reasons, so each keeps its own.
    """
    ids = {each.donor_id for each in proposals if each.donor_id}
    donors = {d.id: d for d in db.session.scalars(sa.select(Donor).where(Donor.id.in_(ids)))}
    papers = _papers(proposals)
    return [words.suggestion(each, donors, papers) for each in proposals]


def _papers(proposals: Sequence[Proposal]) -> dict[str, str]:
    """The names of slips, entries, payouts and files of debits that are proposed."""
    named: dict[str, str] = {}
    for each in proposals:
        told = f"{each.kind.value}:{each.target}"
        if each.kind is MatchKind.DEPOSIT:
            named[told] = db.session.get_one(Deposit, int(each.target)).ref
        elif each.kind is MatchKind.ENTRY:
            entry = db.session.get_one(Entry, int(each.target))
            named[told] = f"{entry.number} · {entry.label}"
        elif each.kind is MatchKind.PAYOUT:
            named[told] = db.session.get_one(Payout, each.target).id
        elif each.target.startswith("collection:"):
            collection = db.session.get_one(Collection, int(each.target.partition(":")[2]))
            named[told] = collection.message_id
    return named


@bank.get("/lines/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def line(public_id: uuid.UUID) -> ResponseReturnValue:
    """One line: what it is, or what it may be and the ways to say so."""
    return line_page(line_of(public_id))


def line_of(public_id: uuid.UUID) -> BankLine:
    """That line, or 404."""
    return reads.line_by_public_id(public_id) or abort(404)


def line_page(found: BankLine, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """The page of a line, with the form that came back if one did."""
    told = reads.matches_of(found.id)
    live = next((match for match in told if match.live), None)
    shown: dict[str, Any] = {"line": found, "live": live, "undone": [m for m in told if not m.live]}
    if live is None:
        proposals = proposals_for([found])[found.id]
        shown["suggestions"] = _in_words(proposals)
        shown |= {
            "giver": forms.get("giver") or GiverForm(data={"learn": found.iban_fingerprint is not None}),
            "other": forms.get("other") or OtherForm(),
            "split": forms.get("split"),
            "form": next(iter(forms.values()), None),
        }  # fmt: skip
    else:
        shown["undo"] = forms.get("undo") or UndoForm()
        shown["form"] = forms.get("undo")
    people = [m.made_by for m in told] + [m.undone_by for m in told]
    page = render_template(
        "accounting/bank/line.html",
        names=names_of_accounts({each for each in people if each}),
        part_words=words.part_words,
        kinds=words.KINDS,
        who=words.WHO,
        **shown,
    )
    return page, status


def done(found: BankLine, text: str) -> ResponseReturnValue:
    """Back to the list, with good news."""
    flash(text, "success")
    return redirect(url_for(".lines", **where()) + f"#after-{found.id}", 303)


def where() -> dict[str, Any]:
    """Back to the list as it was narrowed."""
    kept = {name: request.args.get(name, "") for name in ("state", "flow", "account", "q", "page")}
    return {name: value for name, value in kept.items() if value}


def refused(found: BankLine, refusal: services.BankError) -> ResponseReturnValue:
    """Back to the line, with the reason."""
    kind = "info" if isinstance(refusal, services.AlreadyMatched) else "danger"
    flash(_(refusal.reason), kind)
    return redirect(url_for(".line", public_id=found.public_id), 303)
