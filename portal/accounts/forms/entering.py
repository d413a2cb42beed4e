"""Signing up, signing in, passwords and codes."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import EmailField, HiddenField, PasswordField, StringField, validators

from portal.accounts.rules import password_faults
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required

LONGEST_TYPED = 1000


def well_written(_form: Any, field: Any) -> None:
    """An address of mail that may exist (whether it does is not asked)."""
    try:
        validate_email(field.data or "", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        message = _("Write an e-mail address such as claire@example.org.")
        raise validators.ValidationError(message) from error


def good_password(email: str) -> Any:
    """A validator: refused with the reason, before anything is hashed."""

    def check(_form: Any, field: Any) -> None:
        if faults := password_faults(field.data or "", email):
            raise validators.ValidationError(" ".join(_(fault) for fault in faults))

    return check


class EmailForm(Form):
    """One address."""

    email = EmailField(
        lazy_gettext("E-mail address"), [required(N_("Write your e-mail address.")), well_written]
    )


class SignUpForm(EmailForm):
    """A new account."""

    name = StringField(
        lazy_gettext("Your name"),
        [
            required(N_("Write your name.")),
            validators.Length(max=120, message=lazy_gettext("This is longer than 120 characters.")),
        ],
    )


class SignInForm(Form):
    """An address and its password; where to go afterwards."""

    email = EmailField(lazy_gettext("E-mail address"), [required(N_("Write your e-mail address."))])
    password = PasswordField(lazy_gettext("Password"), [required(N_("Write your password."))])
    next = HiddenField()


class NewPasswordForm(Form):
    """A password for an account whose address is known; give ``email`` when making the form."""

    password = PasswordField(lazy_gettext("New password"), [required(N_("Choose a password."))])

    def __init__(self, *args: Any, email: str = "", **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._email = email

    def validate_password(self, field: Any) -> None:
        good_password(self._email)(self, field)


class ChangePasswordForm(NewPasswordForm):
    """The password before, and the new one."""

    old = PasswordField(
        lazy_gettext("Present password"), [required(N_("Write your present password."))]
    )


class ConfirmForm(Form):
    """A button; nothing to fill in."""


class CodeForm(Form):
    """A code of the phone, or one of the recovery codes."""

    code = StringField(lazy_gettext("Code"), [required(N_("Write the code."))])


class IdentityForm(Form):
    """The password again, and the code for those who have a second factor."""

    password = PasswordField(lazy_gettext("Password"))
    code = StringField(lazy_gettext("Code of your phone"))
    next = HiddenField()
