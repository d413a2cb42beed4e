"""What donors are written about gifts the office entered; donors without an address get no mail."""

from __future__ import annotations

from portal.accounts.queries import account_of_donor
from portal.accounts.services import claim_link
from portal.core import i18n, mail
from portal.donations.models import ChequeReturn, Gift
from portal.donations.services.provider import now, settings
from portal.donations.wording import purpose_words


def say_thanks(gift: Gift, words: str = "") -> None:
    """Thank once for what was handed over; ``words`` describe what is no money."""
    donor = gift.donor
    if not donor.email:
        return
    language = str(gift.language)
    with i18n.in_language(language):
        purpose = purpose_words(gift.purpose, gift.programme)
    has_account = account_of_donor(donor.id) is not None
    own = f"{settings().public_url}/me/gifts" if has_account else claim_link(donor, now())
    mail.post(
        "donations/mail/thanks_handed_over",
        to=donor.email,
        language=language,
        key=f"gift:{gift.id}:thanks",
        donor=donor,
        gift=gift,
        words=words,
        purpose=purpose,
        own_url=own,
        claims=not has_account,
    )


def say_cheque_returned(gift: Gift, back: ChequeReturn) -> None:
    """The bank did not pay the cheque; nobody is blamed."""
    if not gift.donor.email:
        return
    mail.post(
        "donations/mail/cheque_returned",
        to=gift.donor.email,
        language=str(gift.language),
        key=f"cheque_return:{back.id}",
        donor=gift.donor,
        gift=gift,
        back=back,
        give_url=f"{settings().public_url}/{gift.language}/give",
    )
