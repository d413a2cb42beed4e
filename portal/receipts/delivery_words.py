"""How receipts reach donors, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.receipts.models import Channel, DeliveryState, ReceiptDelivery, ReceiptTiming

_CHANNELS = {
    Channel.MAIL: N_("by e-mail"),
    Channel.POST: N_("by post"),
    Channel.ACCOUNT: N_("in the account only"),
}
_ICONS = {Channel.MAIL: "mail", Channel.POST: "printer", Channel.ACCOUNT: "user-round"}


def channel_word(channel: Channel) -> str:
    """``by mail``, ``by post`` or ``in the account only``."""
    return str(_(_CHANNELS[channel]))


def channel_icon(channel: Channel) -> str:
    """The drawing that goes with the word."""
    return _ICONS[channel]


def delivery_sentence(delivery: ReceiptDelivery) -> str:
    """What happened to a receipt on its way, as one sentence; ``""`` when there is nothing to say."""
    day = i18n.day(delivery.at)
    if delivery.state is DeliveryState.BOUNCED:
        return str(_("Sent by e-mail on %(day)s; it came back.", day=day))
    if delivery.state is DeliveryState.SENT:
        return str(_("Sent by e-mail on %(day)s.", day=day))
    if delivery.state is DeliveryState.PRINTED:
        return str(_("Printed on %(day)s to be posted.", day=day))
    if delivery.state is DeliveryState.WAITING:
        return str(_("Being printed, to be posted."))
    return str(_("In the account since %(day)s.", day=day))


def timing_word(timing: ReceiptTiming) -> str:
    """``one receipt for the whole year`` or ``a receipt after each gift``."""
    return str(_(_TIMINGS[timing]))


_TIMINGS = {
    ReceiptTiming.ANNUAL: N_("one receipt for the whole year"),
    ReceiptTiming.EACH: N_("a receipt after each gift"),
}
