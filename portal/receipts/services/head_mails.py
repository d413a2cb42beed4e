"""The signed heads leave the house: a mailbox nobody of the portal can write to is the anchor.

Whoever holds the database and SECRET_KEY can write the whole register anew and sign it; the mail of
a night before says what stood there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from portal.core import mail
from portal.core.clock import paris_date
from portal.core.i18n import in_language
from portal.core.web.forms import clock_now
from portal.receipts.models import RegisterFinding, SignedHead
from portal.receipts.queries.findings import named
from portal.receipts.queries.head_readers import head_readers
from portal.receipts.queries.signed_heads import head_of, public_key_of
from portal.receipts.register_words import finding_sentence
from portal.receipts.rules.head_text import lines_of
from portal.receipts.services.addresses import address_of


def proof_lines(row: SignedHead) -> list[str]:
    """The lines that prove a head without the portal."""
    return lines_of(head_of(row), public_key_of(row.key), base64.b64decode(row.signature))


def tell_heads(heads: Sequence[SignedHead], accepted: Sequence[RegisterFinding]) -> None:
    """One mail to each reader with the heads of a night (in the open transaction)."""
    if not heads:
        return
    occasion = hashlib.sha256("".join(head.signature for head in heads).encode()).hexdigest()
    for address, language in head_readers(paris_date(heads[0].signed_at)):
        with in_language(language):
            despite = [(finding_sentence(named(row)), row.reason) for row in accepted]
        mail.post(
            "receipts/mail/register_signed",
            to=address,
            language=language,
            key=f"register-head:{occasion}:{address}",
            heads=[(head, proof_lines(head)) for head in heads],
            new_key=_unvouched(heads),
            despite=despite,
            keys_page=address_of("receipts.keys", lang_code=language.value),
        )


def _unvouched(heads: Sequence[SignedHead]) -> bool:
    """The key that signed follows another and nobody vouches for it: it is to be asked about."""
    key = heads[-1].key
    return key.generation > 1 and not key.endorsement


def tell_findings(rows: Sequence[RegisterFinding]) -> None:
    """One mail to each reader about what was found, once (in the open transaction)."""
    for row in dict.fromkeys(rows):
        for address, language in head_readers(paris_date(clock_now())):
            with in_language(language):
                sentence = finding_sentence(named(row))
            mail.post(
                "receipts/mail/register_refused",
                to=address,
                language=language,
                key=f"register-finding:{row.id}:{address}",
                sentence=sentence,
                page=address_of("office_receipts.signatures"),
            )
