"""In memory or in honour of somebody, and the card that tells another person of the gift."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from portal.accounts.forms.donor import at_most
from portal.core.clock import paris_date
from portal.core.web.forms import clock_now
from portal.donations import services
from portal.donations.models import Tribute
from portal.donations.rules.amounts import Rhythm
from portal.donations.services import CardOrder, TributeOrder

TRIBUTE = (
    "tribute", "tribute_name", "card", "card_name", "card_email", "card_message", "card_on",
)  # fmt: skip
LONGEST_MESSAGE = 500
_LINK = re.compile(
    r"https?://|www\.|\b[\w-]+\.(?:com|net|org|fr|info|ru|xyz|top|link)\b", re.IGNORECASE
)
_A_YEAR = timedelta(days=366)


class TributeFields:
    """The questions of a gift in memory or in honour; all of them may be left alone."""

    tribute = RadioField(
        lazy_gettext("Dedicate this gift"),
        choices=[
            SelectChoice("", lazy_gettext("No dedication")),
            SelectChoice(Tribute.MEMORY.value, lazy_gettext("In memory of")),
            SelectChoice(Tribute.HONOUR.value, lazy_gettext("In honour of")),
        ],
        default="",
    )
    tribute_name = StringField(lazy_gettext("Their name"), [at_most(120)])
    card = BooleanField(lazy_gettext("Tell somebody of this gift by a card sent by e-mail"))
    card_name = StringField(lazy_gettext("Name of who receives the card"), [at_most(120)])
    card_email = EmailField(lazy_gettext("Their e-mail address"), [at_most(254)])
    card_message = TextAreaField(
        lazy_gettext("Your message"),
        [
            validators.Length(
                max=LONGEST_MESSAGE,
                message=lazy_gettext(
                    "This is longer than %(max)d characters.", max=LONGEST_MESSAGE
                ),
            )
        ],
        description=lazy_gettext("Up to 500 characters, in plain words."),
    )
    card_on = DateField(
        lazy_gettext("Send it on"),
        [validators.Optional()],
        description=lazy_gettext("Left empty, it leaves once your gift has arrived."),
    )

    def validate_tribute(self, field: Any) -> None:
        if field.data and self.rhythm_chosen is not Rhythm.ONCE:  # type: ignore[attr-defined]
            raise validators.ValidationError(
                _("Only a gift made once can be dedicated: choose “Once”, or no dedication.")
            )

    def validate_tribute_name(self, field: Any) -> None:
        if self.tribute.data and not field.data:
            raise validators.ValidationError(_("Write the name of the person."))

    def validate_card_name(self, field: Any) -> None:
        if self.sends_card and not field.data:
            raise validators.ValidationError(_("Write the name of who receives the card."))

    def validate_card_email(self, field: Any) -> None:
        if not self.sends_card:
            return
        validators.Email(_("Write an e-mail address such as name@example.org."))(self, field)
        giver = self.email.data if "email" in self else ""  # type: ignore[attr-defined, operator]
        try:
            services.check_cards(field.data, giver or "")
        except services.TooManyCards as error:
            raise validators.ValidationError(
                _("This person received several cards this week. Please wait a few days.")
            ) from error

    def validate_card_message(self, field: Any) -> None:
        if self.sends_card and _LINK.search(field.data or ""):
            raise validators.ValidationError(
                _("Please write without web addresses: links are not sent.")
            )

    def validate_card_on(self, field: Any) -> None:
        today = paris_date(clock_now())
        if self.sends_card and field.data and not today <= field.data <= today + _A_YEAR:
            raise validators.ValidationError(_("Choose a day within the next twelve months."))

    @property
    def sends_card(self) -> bool:
        """Whether a card goes with the dedication."""
        return bool(self.tribute.data and self.card.data)

    @property
    def tribute_chosen(self) -> TributeOrder | None:
        """The dedication, once the form was found good."""
        if not self.tribute.data:
            return None
        card = CardOrder(
            recipient_name=self.card_name.data or "",
            recipient_email=self.card_email.data or "",
            message=(self.card_message.data or "").strip(),
            send_on=self.card_on.data,
        )
        name = self.tribute_name.data or ""
        return TributeOrder(Tribute(self.tribute.data), name, card if self.sends_card else None)
