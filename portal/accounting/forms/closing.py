"""What is asked when a period is closed, or opened again."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, TextAreaField, validators

from portal.accounts.forms.donor import at_most
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required


class CloseForm(Form):
    """``seen`` is the mark of the list of what is open that stood on the page."""

    seen = HiddenField()
    looked = BooleanField(
        lazy_gettext("I have looked at what stays open"),
        [required(N_("Look at the list above, then tick this."))],
    )
    note = TextAreaField(
        lazy_gettext("Note for the file"),
        [validators.Optional(), at_most(1000)],
        description=lazy_gettext(
            "For example why something stays open. It is kept with the closing."
        ),
    )


class ReopenForm(Form):
    """Why a closed period must be opened."""

    reason = TextAreaField(
        lazy_gettext("Why it must be opened"),
        [required(N_("Write why the period must be opened.")), at_most(1000)],
    )
