"""Sentences that are not yet in a language: an English msgid and what is put into it.

A fact keeps codes and numbers only; its sentence is made when it is read, so that it is said in
the reader's language and can hold nothing but what is listed here and in ``labels``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.core.i18n_markers import N_
from portal.programmes.codes import Outcome, Programme, Site
from portal.programmes.rules.labels import SITES, told_activity


@dataclass(frozen=True, slots=True)
class Sentence:
    """``msgid`` with ``values`` put in; a value that is a Sentence is translated first.

    ``inside`` another sentence it begins with a small letter.
    """

    msgid: str
    values: Mapping[str, str | int | Sentence] = field(default_factory=dict)
    inside: bool = False


STARTED = N_("Began: %(what)s.")
ENDED = N_("Finished: %(what)s.")
OUTCOMES: dict[Outcome, str] = {
    Outcome.PASSED: N_("Passed the year: %(what)s."),
    Outcome.REPEATED: N_("Will take the year once more: %(what)s."),
    Outcome.DROPPED_OUT: N_("Stopped: %(what)s."),
    Outcome.TRANSFERRED: N_("Changed class: %(what)s."),
    Outcome.GRADUATED: N_("Graduated: %(what)s."),
    Outcome.EMPLOYED: N_("Finished and found work: %(what)s."),
}


class NothingToTell(ValueError):
    """The record holds something that is never told; no sentence exists for it."""


def class_label(programme: Programme, activity: str, grade: str) -> Sentence | None:
    """``Public school, grade 4`` as a sentence to translate, or None when it is not told."""
    told = told_activity(programme, activity, grade)
    if told is None:
        return None
    msgid, shown_grade = told
    return Sentence(msgid, {"grade": shown_grade} if shown_grade else {})


def sentence_of(kind: str, details: Mapping[str, Any]) -> Sentence:
    """What a fact says. Raises NothingToTell when its details are not on the lists."""
    try:
        return _SAYINGS[kind](details)
    except (KeyError, ValueError, TypeError) as error:
        raise NothingToTell(str(kind)) from error


def _admitted(details: Mapping[str, Any]) -> Sentence:
    return Sentence(N_("Joined PSE in %(site)s."), {"site": Sentence(SITES[Site(details["site"])])})


def _what(details: Mapping[str, Any]) -> dict[str, str | int | Sentence]:
    label = class_label(
        Programme(details["programme"]), str(details["activity"]), str(details.get("grade", ""))
    )
    if label is None:
        raise NothingToTell("activity")
    return {"what": replace(label, inside=True)}


def _started(details: Mapping[str, Any]) -> Sentence:
    return Sentence(STARTED, _what(details))


def _finished(details: Mapping[str, Any]) -> Sentence:
    outcome = details.get("outcome")
    return Sentence(OUTCOMES[Outcome(outcome)] if outcome else ENDED, _what(details))


def _attended(details: Mapping[str, Any]) -> Sentence:
    year = int(details["year"])
    return Sentence(
        N_("Was in class %(present)s days out of %(expected)s in the school year %(years)s."),
        {
            "present": int(details["present"]),
            "expected": int(details["expected"]),
            "years": f"{year}–{year + 1}",
        },
    )


def _received(details: Mapping[str, Any]) -> Sentence:
    year, count = int(details["year"]), int(details["quantity"])
    if details["service"] != "meals":
        raise NothingToTell("service")
    return Sentence(
        N_("Meals at PSE in the school year %(years)s: %(num)s."),
        {"years": f"{year}–{year + 1}", "num": count},
    )


def _employed(_details: Mapping[str, Any]) -> Sentence:
    return Sentence(N_("Has a job: the goal is reached."))


_SAYINGS: dict[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "admitted": _admitted,
    "started": _started,
    "finished": _finished,
    "attended": _attended,
    "received": _received,
    "employed": _employed,
}
