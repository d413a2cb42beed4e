"""How well a child answers a sponsor's wish, with the reasons in words.

100 points: 60 for the wishes met (all of them when nothing was asked), 25 for the child's need,
15 for how long the child has waited. A wish that is not met is always said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.core.i18n_markers import N_
from portal.programmes.codes import Programme, Sex, Site
from portal.programmes.rules.ages import age_on
from portal.programmes.rules.labels import PROGRAMMES, SITES
from portal.programmes.rules.sentences import Sentence

FOR_WISHES, FOR_NEED, FOR_WAITING = 60, 25, 15
UNKNOWN_NEED, GREATEST_NEED = 3, 5
LONGEST_WAIT_DAYS = 3 * 365


@dataclass(frozen=True, slots=True)
class WishCard:
    """A sponsor who waits, as the rule sees her; empty criteria mean any child."""

    id: int
    since: date
    sex: Sex | None = None
    age_min: int | None = None
    age_max: int | None = None
    programme: Programme | None = None
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class ChildCard:
    """A child who may be promised today (queries.availability makes cards for no other)."""

    id: int
    sex: Sex
    born_on: date
    site: Site
    waiting_since: date
    need: int | None = None
    programmes: frozenset[Programme] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pair is proposed, or (``met`` false) in what it is not what was wished."""

    sentence: Sentence
    met: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """How well a pair goes together: 0 to 100, and why."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def fits(self) -> bool:
        """Whether every wish is met."""
        return all(reason.met for reason in self.reasons)


def score(wish: WishCard, child: ChildCard, on: date) -> Match:
    """How well this child answers this wish on that day."""
    asked = tuple(_wishes(wish, child, on))
    met = sum(reason.met for reason in asked)
    need = UNKNOWN_NEED if child.need is None else child.need
    waited = min(max((on - child.waiting_since).days, 0), LONGEST_WAIT_DAYS)
    points = (
        (FOR_WISHES * met // len(asked) if asked else FOR_WISHES)
        + FOR_NEED * need // GREATEST_NEED
        + FOR_WAITING * waited // LONGEST_WAIT_DAYS
    )
    if not asked:
        asked = (Reason(Sentence(N_("No particular wish: any child is welcome"))),)
    return Match(points, (*asked, *_about_the_child(child, waited)))


def _wishes(wish: WishCard, child: ChildCard, on: date) -> Iterator[Reason]:
    if wish.sex is not None:
        yield _sex(wish.sex, child.sex)
    if wish.age_min is not None or wish.age_max is not None:
        yield _age(wish, age_on(child.born_on, on))
    if wish.programme is not None:
        yield _programme(wish.programme, child)
    if wish.site is not None:
        yield _site(wish.site, child.site)


def _sex(wished: Sex, sex: Sex) -> Reason:
    if wished is sex:
        return Reason(Sentence(N_("A girl, as wished") if sex is Sex.F else N_("A boy, as wished")))
    girl = N_("Not what was wished: a girl, not a boy")
    boy = N_("Not what was wished: a boy, not a girl")
    return Reason(Sentence(girl if sex is Sex.F else boy), met=False)


def _age(wish: WishCard, age: int) -> Reason:
    least, most = wish.age_min or 0, 200 if wish.age_max is None else wish.age_max
    if least <= age <= most:
        return Reason(Sentence(N_("Age as wished: %(age)s"), {"age": age}))
    if wish.age_min is None:
        msgid = N_("Not what was wished: %(age)s years old, wished %(most)s at most")
    elif wish.age_max is None:
        msgid = N_("Not what was wished: %(age)s years old, wished %(least)s at least")
    else:
        msgid = N_("Not what was wished: %(age)s years old, wished %(least)s to %(most)s")
    return Reason(Sentence(msgid, {"age": age, "least": least, "most": most}), met=False)


def _programme(wished: Programme, child: ChildCard) -> Reason:
    label = Sentence(PROGRAMMES[wished])
    if wished in child.programmes:
        return Reason(Sentence(N_("In the programme wished: %(programme)s"), {"programme": label}))
    msgid = N_("Not what was wished: not in the programme %(programme)s")
    return Reason(Sentence(msgid, {"programme": label}), met=False)


def _site(wished: Site, site: Site) -> Reason:
    if wished is site:
        return Reason(Sentence(N_("Lives where wished: %(site)s"), {"site": Sentence(SITES[site])}))
    values = {"site": Sentence(SITES[site]), "wished": Sentence(SITES[wished])}
    return Reason(
        Sentence(N_("Not what was wished: in %(site)s, wished %(wished)s"), values), met=False
    )


def _about_the_child(child: ChildCard, waited: int) -> Iterator[Reason]:
    if child.need is not None:
        great = child.need >= GREATEST_NEED - 1
        msgid = N_("Great need: %(need)s out of 5") if great else N_("Need: %(need)s out of 5")
        yield Reason(Sentence(msgid, {"need": child.need}))
    months = waited * 12 // 365
    if months > 1:
        yield Reason(Sentence(N_("Has waited for %(num)s months"), {"num": months}))
