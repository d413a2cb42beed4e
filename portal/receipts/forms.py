"""What accountants and visitors fill in about receipts."""

from __future__ import annotations

import wtforms
from flask_babel import lazy_gettext
from wtforms import validators

from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required


class RunForm(Form):
    """Issue the receipts of a year; a year that is not over needs to be confirmed."""

    confirmed = wtforms.BooleanField(
        lazy_gettext("The year is not over, and I want its receipts issued now all the same")
    )


class ConfirmForm(Form):
    """A yes, with its token."""


class ReasonForm(Form):
    """Why a receipt is cancelled or replaced; kept in the register, and told to the donor."""

    reason = wtforms.TextAreaField(
        lazy_gettext("Reason"),
        [
            required(N_("Say why: the donor and the register are told.")),
            validators.Length(max=500),
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
        description=lazy_gettext("The donor reads this in the mail that tells of it."),
    )


class VerifyForm(Form):
    """The code printed on a receipt."""

    class Meta(Form.Meta):
        csrf = False  # asks a question by GET and changes nothing

    code = wtforms.StringField(
        lazy_gettext("Code of the receipt"),
        [required(N_("Type the twelve letters and digits printed under the square."))],
        description=lazy_gettext("Twelve letters and digits, for example ABCD-EFGH-2345."),
    )
