"""The forms of a new version, of an added rule and of taking a planned version back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.widgets import HiddenInput

from portal.accounts.forms.donor import at_most
from portal.core import i18n
from portal.core.dated_rules import RuleKind, Shape
from portal.core.dated_rules.writing import (
    DayOutOfReach,
    NothingChanges,
    Proposal,
    RuleRefused,
    SaidAlready,
    WrittenMeanwhile,
    WrongValue,
)
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.web.forms import Form, required
from portal.office.rules.fields import form_field, kept_image
from portal.receipts.signature_image import NoImage, SignatureRefused, TooHeavy, TooSmall

KEPT = "_kept"
IMAGE_FAULTS: dict[type[SignatureRefused], str] = {
    TooHeavy: N_("The file is too heavy: 300 kB at most."),
    TooSmall: N_("The image is too small to be printed: 120 × 40 pixels at least."),
    NoImage: N_("This is no PNG or JPEG image we can read."),
}


def on_one_line(typed: str | None) -> str:
    """Without the line breaks and doubled spaces of a large field."""
    return " ".join((typed or "").split())


class VersionForm(Form):
    """When a new version begins, where it comes from and why; the rule's own fields are added."""

    since = DateField(
        lazy_gettext("From this day on"), [required(N_("Write the day the version begins."))]
    )
    source = StringField(
        lazy_gettext("Source"),
        [required(N_("Write the law, order or decision it comes from.")), at_most(200)],
        description=lazy_gettext("The law, order or decision of the board it comes from."),
    )
    reason = TextAreaField(
        lazy_gettext("Why it changes"),
        [required(N_("Write why it changes: the history keeps it.")), at_most(500)],
        filters=[on_one_line],
        render_kw={"rows": 3},
    )
    after = IntegerField(default=0, widget=HiddenInput())
    step = HiddenField(default="preview")

    kind: RuleKind

    def rule_fields(self) -> list[Any]:
        """The questions of the rule itself, in its order."""
        return [self[each.name] for each in self.kind.fields]

    @property
    def value(self) -> dict[str, Any]:
        """What was written, as it is kept."""
        return {each.name: self._kept(each.name, each.shape) for each in self.kind.fields}

    def _kept(self, name: str, shape: Shape) -> Any:
        if shape is Shape.IMAGE:
            return self[name + KEPT].data or ""
        data = self[name].data
        if shape is Shape.EUROS:
            return data.minor if isinstance(data, Money) else None
        if shape is Shape.YES_NO:
            return bool(data)
        if shape is Shape.TEXT:
            return "\n".join(" ".join(line.split()) for line in (data or "").strip().splitlines())
        return str(data or "") if shape is Shape.LINE else data

    def proposal(self, code: str) -> Proposal:
        """The version that was written."""
        return Proposal(
            code=code,
            since=cast(dt.date, self.since.data),
            value=self.value,
            source=self.source.data or "",
            reason=self.reason.data or "",
            after=int(self.after.data or 0),
        )

    def tell(self, refusal: RuleRefused) -> None:
        """Say at the field why the version cannot be."""
        if isinstance(refusal, WrongValue):
            for name, fault in refusal.faults.items():
                self[name].errors = [_(fault)]
            return
        self.since.errors = [self._at_the_day(refusal)]

    def _at_the_day(self, refusal: RuleRefused) -> str:
        if isinstance(refusal, SaidAlready):
            first = refusal.until + dt.timedelta(days=1)
            choose = _("Choose %(day)s or a later day.", day=i18n.day(first))
            return f"{_(self.kind.said_by)} {choose}"
        if isinstance(refusal, DayOutOfReach):
            return str(_("Choose a day from 2000 on, and no more than five years ahead."))
        if isinstance(refusal, NothingChanges):
            return str(_("On that day the rule says exactly this already."))
        if isinstance(refusal, WrittenMeanwhile):
            return str(
                _(
                    "Somebody wrote another version while you were writing. Look at it and begin anew."
                )
            )
        return str(refusal)


def version_form(kind: RuleKind, held: Mapping[str, Any] | None, after: int) -> VersionForm:
    """The form for a new version of a rule of that kind, filled with what holds."""
    fields: dict[str, Any] = {each.name: form_field(each) for each in kind.fields}
    images = [each.name for each in kind.fields if each.shape is Shape.IMAGE]
    fields |= {name + KEPT: kept_image() for name in images}
    made = type("WrittenVersionForm", (VersionForm,), {**fields, "kind": kind})
    return cast(VersionForm, made(data={**_filled(kind, held or {}), "after": after}))


def _filled(kind: RuleKind, held: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(held)
    for each in kind.fields:
        if each.shape is Shape.EUROS and told.get(each.name) is not None:
            told[each.name] = Money(int(told[each.name]))
        elif each.shape is Shape.IMAGE:
            told[each.name + KEPT] = told.pop(each.name, "")
    return told


class AddForm(Form):
    """The code of a rule to add: an account's number."""

    code = StringField(
        lazy_gettext("Account number"),
        [required(N_("Write the number.")), at_most(6)],
        description=lazy_gettext("Six digits, the first of which is the class: 754115."),
    )

    def check(self, kind: RuleKind, taken: bool) -> bool:
        """Whether a rule may be added under this code; says at the field why not."""
        if not re.fullmatch(kind.addable, self.code.data or ""):
            self.code.errors = [_("Write six digits, beginning with the class from 1 to 8.")]
        elif taken:
            self.code.errors = [_("This account is in the chart already.")]
        return not self.code.errors


class WithdrawForm(Form):
    """Why a planned version is taken back."""

    reason = TextAreaField(
        lazy_gettext("Why"),
        [required(N_("Write why it is taken back.")), at_most(500)],
        filters=[on_one_line],
        render_kw={"rows": 3},
    )
