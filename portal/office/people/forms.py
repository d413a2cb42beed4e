"""Inviting a colleague, and their roles."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import EmailField, SelectMultipleField, StringField, widgets
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most, language_field
from portal.accounts.forms.entering import well_written
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.forms import Form, required

ROLE_NAMES = {
    Role.FIELD_OFFICER: lazy_gettext("Field team"),
    Role.MATCHER: lazy_gettext("Matching"),
    Role.EDITOR: lazy_gettext("Newsletters"),
    Role.ACCOUNTANT: lazy_gettext("Accounting"),
    Role.ADMINISTRATOR: lazy_gettext("Administration"),
}
ROLE_HINTS = {
    Role.FIELD_OFFICER: lazy_gettext("brings in the records of the programmes"),
    Role.MATCHER: lazy_gettext("brings sponsors and children together"),
    Role.EDITOR: lazy_gettext("writes and sends the newsletters"),
    Role.ACCOUNTANT: lazy_gettext("sees gifts, issues receipts, keeps the books"),
    Role.ADMINISTRATOR: lazy_gettext("may do everything and invites colleagues"),
}


def role_choices() -> list[SelectChoice]:
    """Each role by its name and what it allows."""
    return [SelectChoice(role.value, f"{ROLE_NAMES[role]} — {ROLE_HINTS[role]}") for role in Role]


class RolesForm(Form):
    """What a colleague may do."""

    roles = SelectMultipleField(
        lazy_gettext("What they may do"),
        [required(N_("Choose at least one role."))],
        choices=role_choices,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )


class InviteForm(RolesForm):
    """A new colleague."""

    name = StringField(lazy_gettext("Name"), [required(N_("Write their name.")), at_most(120)])
    email = EmailField(
        lazy_gettext("E-mail address"), [required(N_("Write their e-mail address.")), well_written]
    )
    language = language_field()
