"""What accountants fill in about the signed register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import validators

from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required


class KeptHeadForm(Form):
    """An e-mail of a night: its text, or the file a mail program saved."""

    text = wtforms.TextAreaField(
        lazy_gettext("The text of the e-mail"),
        [validators.Optional(), validators.Length(max=100_000)],
    )
    file = FileField(
        lazy_gettext("Or the e-mail as a file"),
        [validators.Optional()],
        description=lazy_gettext("As your mail program saves it (.eml), or a text file."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two must be there."""
        valid = bool(super().validate(extra_validators))
        if valid and not (self.text.data or "").strip() and not self.file.data:
            self.text.errors = [_("Paste the text, or choose the file.")]
            return False
        return valid

    def kept(self, most: int) -> bytes:
        """What was handed in, up to that many bytes."""
        if not self.file.data:
            return (self.text.data or "").encode()
        with self.file.data.stream as stream:
            return bytes(stream.read(most))


class AcceptFindingsForm(Form):
    """Why the register may be signed although something does not hold; ``shown``: what she saw."""

    shown = wtforms.HiddenField()
    reason = wtforms.TextAreaField(
        lazy_gettext("What did you find out?"),
        [required(N_("Write what you found out.")), validators.Length(max=1000)],
        description=lazy_gettext("Whoever keeps the signatures reads it; it stays for ever."),
        filters=[lambda said: (said or "").strip()],
    )

    def __init__(self, shown: Sequence[int], **kw: Any) -> None:
        super().__init__(data={"shown": ",".join(str(each) for each in shown)}, **kw)

    @property
    def ids(self) -> frozenset[int]:
        """The rows that stood on the page."""
        told = (self.shown.data or "").split(",")
        return frozenset(int(each) for each in told if each.isascii() and each.isdigit())
