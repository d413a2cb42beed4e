"""Somebody else follows the child: a grandparent pays, a grandchild writes."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, EmailField, StringField, validators

from portal.accounts.forms.donor import at_most
from portal.accounts.rules import normalised_email
from portal.core.web.forms import Form, required
from portal.donations.services import CorrespondentOrder

CORRESPONDENT = (
    "for_another", "other_first_name", "other_last_name", "other_email", "other_relation",
)  # fmt: skip
_ADDRESS = lazy_gettext("Write an e-mail address such as name@example.org.")


class CorrespondentFields:
    """Who will follow the child, when that is not who pays."""

    for_another = BooleanField(
        lazy_gettext("I pay for somebody else, who will follow the child"),
        description=lazy_gettext(
            "The receipts are yours; the news and letters are theirs, once they accept."
        ),
    )
    other_first_name = StringField(lazy_gettext("Their first name"), [at_most(80)])
    other_last_name = StringField(lazy_gettext("Their last name"), [at_most(80)])
    other_email = EmailField(
        lazy_gettext("Their e-mail address"),
        [at_most(254)],
        description=lazy_gettext("We write to them once your first payment has arrived."),
    )
    other_relation = StringField(
        lazy_gettext("Who they are to you"),
        [validators.Optional(), at_most(80)],
        description=lazy_gettext("For example: my granddaughter."),
    )

    def validate_other_first_name(self, field: Any) -> None:
        if self.for_another.data and not field.data:
            raise validators.ValidationError(_("Write their first name."))

    def validate_other_last_name(self, field: Any) -> None:
        if self.for_another.data and not field.data:
            raise validators.ValidationError(_("Write their last name."))

    def validate_other_email(self, field: Any) -> None:
        if not self.for_another.data:
            return
        validators.Email(_ADDRESS)(self, field)
        mine = self.email.data if "email" in self else ""  # type: ignore[attr-defined, operator]
        if normalised_email(field.data) == normalised_email(mine or ""):
            raise validators.ValidationError(
                _("This is your own address. Theirs must be another one.")
            )

    @property
    def correspondent_chosen(self) -> CorrespondentOrder | None:
        """Who is to follow the child, once the form was found good."""
        if not self.for_another.data:
            return None
        return CorrespondentOrder(
            first_name=self.other_first_name.data or "",
            last_name=self.other_last_name.data or "",
            email=normalised_email(self.other_email.data or ""),
            relation=self.other_relation.data or "",
        )


class InviteAgainForm(Form):
    """The payer has the invitation sent once more, perhaps to another address."""

    email = EmailField(
        lazy_gettext("Their e-mail address"),
        [
            required("Write an e-mail address such as name@example.org."),
            validators.Email(_ADDRESS),
            at_most(254),
        ],
    )
