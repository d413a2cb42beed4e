"""What is asked about money at Stripe that nobody here knows."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField

from portal.accounts.forms.donor import at_most
from portal.core.web.forms import Form, required


class StrayForm(Form):
    """Why the money waits on 471."""

    reason = StringField(
        lazy_gettext("What is known of it"),
        [required("Write what is known: it stays in the history."), at_most(400)],
        description=lazy_gettext("A sale of the shop, a payment of another account… No names."),
    )


class StrayGiftForm(Form):
    """Which gift it is."""

    gift_ref = StringField(
        lazy_gettext("Number of the gift"),
        [required("Write the number of the gift."), at_most(40)],
        filters=[lambda told: (told or "").strip().upper()],
    )
