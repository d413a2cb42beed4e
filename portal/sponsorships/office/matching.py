"""The matching board: who waits, who may be promised, which pairs go together."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.programmes.models import Child
from portal.programmes.queries.children import first_name_of
from portal.sponsorships.forms import PairForm
from portal.sponsorships.models import Hold, Sponsorship, Wish, WishState
from portal.sponsorships.office.deciding import decide, id_of
from portal.sponsorships.office.narrowing import SEX_CHOICES, SITE_CHOICES, narrowed
from portal.sponsorships.queries.availability import available_children
from portal.sponsorships.queries.board import (
    ON_THE_BOARD,
    count_of,
    pair_shown,
    propose,
    ranked_for,
    shown_children,
)
from portal.sponsorships.queries.promises import concerns, live_holds
from portal.sponsorships.queries.waiting import place_in_queue, waiting_wishes
from portal.sponsorships.queries.wording import CONCERNS, words_of_wish
from portal.sponsorships.rules.holds import MOST_EXTENSIONS
from portal.sponsorships.services import holds, starting, wishes

FIRST = 8  # of each list on the board; the rest is one click away
PER_PAGE = 20
MOST_COMPARED = 3

blueprint = Blueprint("matching", __name__, url_prefix="/office/matching")


@blueprint.get("")
@needs(Role.MATCHER)
def board() -> ResponseReturnValue:
    """Proposed pairs, holds, and the heads of the two lists."""
    now = clock_now()
    queue, children = waiting_wishes(now), available_children(now)
    longest = db.session.scalars(queue.limit(FIRST)).all()
    first = db.session.scalars(children.order_by(Child.admitted_on, Child.id).limit(FIRST)).all()
    return render_template(
        "sponsorships/matching/board.html",
        board=propose(now, ON_THE_BOARD),
        proposed_for=ON_THE_BOARD,
        holds=live_holds(now),
        most_extensions=MOST_EXTENSIONS,
        concerns=concerns(paris_date(now)),
        concern_words=CONCERNS,
        waiting=[(wish, words_of_wish(wish)) for wish in longest],
        waiting_count=count_of(queue),
        children=list(shown_children(first, paris_date(now)).values()),
        children_count=count_of(children),
        name_of=first_name_of,
    )


@blueprint.get("/<uuid:wish>")
@needs(Role.MATCHER)
def wish(wish: uuid.UUID) -> ResponseReturnValue:
    """The children who may be promised, ranked for one sponsor, with reasons."""
    now = clock_now()
    row = db.session.get_one(Wish, id_of(Wish, wish))
    ranked = ranked_for(row, now, narrowed()) if row.state is WishState.WAITING else []
    page = min(max(request.args.get("page", 1, int), 1), max(1, -(-len(ranked) // PER_PAGE)))
    start = (page - 1) * PER_PAGE
    return render_template(
        "sponsorships/matching/wish.html",
        wish=row,
        wished=words_of_wish(row),
        place=place_in_queue(row),
        held=[hold for hold in live_holds(now) if hold.wish_id == row.id],
        most_extensions=MOST_EXTENSIONS,
        pairs=_pairs(row, ranked[start : start + PER_PAGE]),
        compared=_pairs(row, _compared(ranked)),
        total=len(ranked),
        page=page,
        pages=max(1, -(-len(ranked) // PER_PAGE)),
        sexes=SEX_CHOICES,
        sites=SITE_CHOICES,
        name_of=first_name_of,
    )


def _compared(ranked: list[tuple[Child, Any]]) -> list[tuple[Child, Any]]:
    chosen = request.args.getlist("compare")
    return [pair for pair in ranked if str(pair[0].public_id) in chosen][:MOST_COMPARED]


def _pairs(wish: Wish, ranked: list[tuple[Child, Any]]) -> list[Any]:
    shown = shown_children([child for child, _match in ranked], paris_date(clock_now()))
    return [pair_shown(wish, shown[child.id], match) for child, match in ranked]


def _pair_sent() -> tuple[int, int]:
    form = PairForm()
    if not form.validate_on_submit():
        abort(404)
    return id_of(Child, form.child.data), id_of(Wish, form.wish.data)


@blueprint.post("/hold")
@needs(Role.MATCHER)
def hold() -> ResponseReturnValue:
    """Hold a child for a sponsor."""
    child_id, wish_id = _pair_sent()
    return decide(
        lambda: holds.hold(child_id, wish_id, current_user.id, clock_now()), _said_of_hold
    )


@blueprint.post("/accept")
@needs(Role.MATCHER)
def accept() -> ResponseReturnValue:
    """Accept a proposed pair: the sponsorship begins."""
    child_id, wish_id = _pair_sent()
    return decide(
        lambda: starting.accept_pair(child_id, wish_id, current_user.id, clock_now()),
        _said_of_start,
    )


@blueprint.post("/holds/<uuid:hold>/accept")
@needs(Role.MATCHER)
def accept_hold(hold: uuid.UUID) -> ResponseReturnValue:
    """The held child becomes the sponsor's."""
    hold_id = id_of(Hold, hold)
    return decide(lambda: starting.accept(hold_id, current_user.id, clock_now()), _said_of_start)


@blueprint.post("/holds/<uuid:hold>/extend")
@needs(Role.MATCHER)
def extend_hold(hold: uuid.UUID) -> ResponseReturnValue:
    """Hold on for two weeks more."""
    hold_id = id_of(Hold, hold)
    return decide(lambda: holds.extend(hold_id, current_user.id, clock_now()), _said_of_hold)


@blueprint.post("/holds/<uuid:hold>/release")
@needs(Role.MATCHER)
def release_hold(hold: uuid.UUID) -> ResponseReturnValue:
    """Let the child go."""
    hold_id = id_of(Hold, hold)
    return decide(
        lambda: holds.release(hold_id, current_user.id, clock_now()),
        lambda held: _("%(child)s is free again.", child=first_name_of(held.child)),
    )


@blueprint.post("/<uuid:wish>/withdraw")
@needs(Role.MATCHER)
def withdraw(wish: uuid.UUID) -> ResponseReturnValue:
    """The sponsor said that she no longer waits."""
    wish_id = id_of(Wish, wish)
    return decide(
        lambda: wishes.withdraw_wish(wish_id, current_user.id),
        lambda row: _("%(sponsor)s no longer waits.", sponsor=row.donor.name),
    )


def _said_of_hold(held: Hold) -> str:
    return str(
        _(
            "%(child)s is held for %(sponsor)s until %(until)s.",
            child=first_name_of(held.child),
            sponsor=held.wish.donor.name,
            until=i18n.day(held.expires_at),
        )
    )


def _said_of_start(row: Sponsorship) -> str:
    names = {"child": first_name_of(row.child), "sponsor": row.donor.name}
    if row.donor.email:
        return str(_("%(sponsor)s now sponsors %(child)s. She is told by mail.", **names))
    return str(
        _(
            "%(sponsor)s now sponsors %(child)s. There is no e-mail address: please write by post.",
            **names,
        )
    )
