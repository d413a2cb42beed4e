"""Rules and their versions in the reader's words, ready for the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.core import i18n
from portal.core.dated_rules import NothingHolds, Period, RuleField, RuleKind, Shape, Version
from portal.core.dated_rules.book import rule_book
from portal.core.dated_rules.timeline import on_day, periods
from portal.core.money import Money

NEVER = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class SaidField:
    """A field of a version: its name, what it says, and what the version before said if it differs."""

    label: str
    said: str
    before: str | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version with its days, its source, who wrote it and why."""

    version: Version
    state: str
    days: str
    fields: tuple[SaidField, ...]
    who: str
    withdrawn_by: str

    @property
    def title(self) -> str:
        """When it holds; of one that never does, when it would have."""
        if self.state in ("replaced", "withdrawn"):
            return str(_("Meant from %(day)s on", day=i18n.day(self.version.since)))
        return self.days[0].upper() + self.days[1:]


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule on a day: what holds, what is planned, how many versions there are."""

    code: str
    name: str
    now: Period | None
    planned: tuple[Period, ...]
    said: str
    versions: int


def rule_name(kind: RuleKind, code: str) -> str:
    """What the rule is called; an account by its number and its label."""
    known = kind.names().get(code)
    return str(_(known)) if known else code


def rules_of(kind: RuleKind, today: dt.date) -> list[ShownRule]:
    """Every rule of the kind, as it stands on that day."""
    codes = [*dict.fromkeys([*kind.names(), *rule_book().versions(kind.name)])]
    if kind.addable:
        codes.sort()
    return [_rule(kind, code, today) for code in codes]


def _rule(kind: RuleKind, code: str, today: dt.date) -> ShownRule:
    of_rule = rule_book().periods(kind.name, code)
    now = next((period for period in of_rule if period.holds_on(today)), None)
    return ShownRule(
        code=code,
        name=rule_name(kind, code),
        now=now,
        planned=tuple(period for period in of_rule if period.since > today),
        said=summary(kind, now.version.value) if now else "",
        versions=len(rule_book().versions(kind.name).get(code, ())),
    )


def summary(kind: RuleKind, value: Mapping[str, Any]) -> str:
    """What a rule says first, on one line."""
    said = [field_words(kind.field_named(name), value.get(name)) for name in kind.short]
    return " · ".join(words for words in said if words)


def field_words(field: RuleField, value: Any) -> str:
    """What a field says, in the reader's language; nothing for nothing."""
    if value is None or value == "":
        return ""
    if field.shape is Shape.CHOICE:
        return str(_(field.choices[value])) if value in field.choices else str(value)
    told = _WORDS[field.shape](value) if field.shape in _WORDS else str(value)
    return f"{told}\u00a0{field.unit}" if field.unit else told


def _decimal(value: Decimal) -> str:
    """The number with the decimals it has, and no more."""
    told = f"{value.normalize():f}"
    return told.replace(".", ",") if i18n.language() == "fr" else told


_WORDS: dict[Shape, Callable[[Any], str]] = {
    Shape.PERCENT: lambda rate: str(_("%(number)s%%", number=_decimal(Decimal(rate) * 100))),
    Shape.EUROS: lambda minor: i18n.money(Money(int(minor)), whole=True),
    Shape.DECIMAL: lambda number: _decimal(Decimal(number)),
    Shape.WHOLE: lambda number: i18n.number(int(number)),
    Shape.YES_NO: lambda yes: str(_("yes") if yes else _("no, to be confirmed")),
    Shape.IMAGE: lambda _public_id: str(_("an image")),
}


def said_fields(
    kind: RuleKind, value: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[SaidField, ...]:
    """Each field of a version, beside what it says the version before."""
    return tuple(_said(each, value, before) for each in kind.fields)


def _said(
    field: RuleField, value: Mapping[str, Any], before: Mapping[str, Any] | None
) -> SaidField:
    new, old = value.get(field.name), None if before is None else before.get(field.name)
    differs = before is not None and new != old
    return SaidField(
        label=str(_(field.label)),
        said=field_words(field, new) or _("nothing"),
        before=(field_words(field, old) or _("nothing")) if differs else None,
        image=str(new or "") if field.shape is Shape.IMAGE else "",
    )


def held_before(kind: RuleKind, code: str, number: int, since: dt.date) -> Version | None:
    """The version that held on that day when version ``number`` was written."""
    older = [each for each in _versions(kind, code) if each.number < number]
    if number == 0:
        older = [each for each in _versions(kind, code) if each.shipped and each.since < since]
    try:
        return on_day(periods(older), since).version
    except NothingHolds:
        return None


def _versions(kind: RuleKind, code: str) -> Sequence[Version]:
    return rule_book().versions(kind.name).get(code, ())


def history(kind: RuleKind, code: str, today: dt.date) -> list[ShownVersion]:
    """Every version of a rule, the last to begin first; the ones nobody reads any more, too."""
    holding = {id(each.version): each for each in rule_book().periods(kind.name, code)}
    versions = sorted(_versions(kind, code), key=lambda v: (v.since, v.number), reverse=True)
    wanted = {by for each in versions for by in (each.made_by, each.withdrawn_by) if by}
    names = accounts.names_of_accounts(wanted)
    return [
        _shown(kind, each, holding.get(id(each)), today, names)
        for each in versions
    ]  # fmt: skip


def _shown(
    kind: RuleKind, version: Version, period: Period | None, today: dt.date, names: dict[int, str]
) -> ShownVersion:
    before = held_before(kind, version.code, version.number, version.since)
    return ShownVersion(
        version=version,
        state=_state(version, period, today),
        days=days_words(version.since, period.last_day if period else None),
        fields=said_fields(kind, version.value, before.value if before else None),
        who=names.get(version.made_by or 0, _("The portal")),
        withdrawn_by=names.get(version.withdrawn_by or 0, ""),
    )


def _state(version: Version, period: Period | None, today: dt.date) -> str:
    """``now``, ``past``, ``planned``, ``withdrawn`` or ``replaced`` (by one from the same day)."""
    if version.withdrawn_at is not None:
        return "withdrawn"
    if period is None:
        return "replaced"
    if period.holds_on(today):
        return "now"
    return "planned" if period.since > today else "past"


def days_words(since: dt.date, last_day: dt.date | None) -> str:
    """From when until when, in words."""
    if since <= NEVER:
        return (
            str(_("until %(day)s", day=i18n.day(last_day)))
            if last_day
            else str(_("from the beginning"))
        )
    if last_day is None:
        return str(_("from %(day)s on", day=i18n.day(since)))
    return str(_("from %(since)s to %(last)s", since=i18n.day(since), last=i18n.day(last_day)))
