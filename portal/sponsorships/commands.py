"""``portal match``: the best matching for those who wait, written down, then applied."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any, TextIO

import click
from flask import current_app

from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.console import in_portal
from portal.sponsorships.queries.board import Board, PairShown, propose
from portal.sponsorships.queries.wording import words_of_refusal
from portal.sponsorships.services.proposals import Applied, apply_proposal


@click.group()
def match() -> None:
    """Sponsors who wait and children who may be promised."""


@match.command("propose")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, for match apply.")
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default="fr", show_default=True)
def propose_command(as_json: bool, language: str) -> None:
    """The best matching for all who wait. Nothing is changed."""
    with in_portal(), i18n.in_language(language):
        now = _now()
        board = propose(now)
        click.echo(_as_json(board, now) if as_json else _as_text(board))


@match.command("apply")
@click.argument("proposal", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default="fr", show_default=True)
def apply_command(proposal: TextIO, as_json: bool, language: str) -> None:
    """Accept the "pairs" of a PROPOSAL made by ``match propose --json`` (- reads standard input).

    Its "compromises" are left to the matching page. Exit status 1 when a pair was refused.
    """
    pairs = _pairs_of(proposal)
    with in_portal(), i18n.in_language(language):
        outcome = apply_proposal(pairs, None, _now())
        click.echo(_outcome_json(outcome) if as_json else _outcome_text(outcome))
        sys.exit(1 if outcome.refused else 0)


def _now() -> datetime:
    return current_app.extensions["clock"].now()  # type: ignore[no-any-return]


def _pair(pair: PairShown) -> dict[str, Any]:
    return {
        "wish": str(pair.wish.public_id),
        "donor_ref": pair.wish.donor.ref,
        "child_ref": pair.child.ref,
        "score": pair.score,
        "fits": pair.fits,
        "reasons": [words for words, _met in pair.reasons],
    }


def _as_json(board: Board, now: datetime) -> str:
    shape = {
        "on": paris_date(now).isoformat(),
        "pairs": [_pair(pair) for pair in board.pairs],
        "compromises": [_pair(pair) for pair in board.compromises],
        "without_child": [
            {"wish": str(wish.public_id), "donor_ref": wish.donor.ref}
            for wish in board.without_child
        ],
    }
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _line(pair: PairShown) -> str:
    reasons = "; ".join(words for words, _met in pair.reasons)
    return f"{pair.wish.donor.ref}  {pair.child.ref}  {pair.score:3}  {reasons}"


def _as_text(board: Board) -> str:
    lines = [_line(pair) for pair in board.pairs]
    lines += [f"? {_line(pair)}" for pair in board.compromises]
    lines += [f"- {wish.donor.ref}" for wish in board.without_child]
    lines.append(
        f"{len(board.pairs)} pairs, {len(board.compromises)} compromises (?),"
        f" {len(board.without_child)} without a child (-)"
    )
    return "\n".join(lines)


def _pairs_of(proposal: TextIO) -> list[dict[str, Any]]:
    try:
        pairs = json.load(proposal)["pairs"]
    except (ValueError, KeyError, TypeError) as error:
        raise click.UsageError("this is no proposal: make one with match propose --json") from error
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) for pair in pairs):
        raise click.UsageError('"pairs" must be a list of wish, donor_ref and child_ref')
    return pairs


def _refusals(outcome: Applied) -> list[dict[str, str]]:
    return [
        {
            "donor_ref": str(pair.get("donor_ref", "")),
            "child_ref": str(pair.get("child_ref", "")),
            "reason": words_of_refusal(error),
        }
        for pair, error in outcome.refused
    ]


def _outcome_json(outcome: Applied) -> str:
    accepted = [
        {"donor_ref": row.donor.ref, "child_ref": row.child.ref, "sponsorship": str(row.public_id)}
        for row in outcome.accepted
    ]
    shape = {"accepted": accepted, "refused": _refusals(outcome)}
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _outcome_text(outcome: Applied) -> str:
    lines = [f"{r['donor_ref']}  {r['child_ref']}  {r['reason']}" for r in _refusals(outcome)]
    lines.append(f"{len(outcome.accepted)} accepted, {len(outcome.refused)} refused")
    return "\n".join(lines)


COMMANDS = [match]
