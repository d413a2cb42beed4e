"""What can be said of a signed head that somebody kept, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.receipts.services.head_proof import HeadFault, HeadProof

_FAULTS = {
    HeadFault.UNREADABLE: N_("It cannot be read any more: lines are missing or were changed."),
    HeadFault.SIGNATURE: N_(
        "The signature is not over these words: the text was changed, or it never came from here."
    ),
    HeadFault.KEY_UNKNOWN: N_(
        "The key that signed is none of ours: the e-mail is forged, or the keys were replaced."
    ),
    HeadFault.RECEIPTS_GONE: N_("The register has fewer receipts now than it had then."),
    HeadFault.CHAIN: N_("What stands at that place of the register now is not what was signed."),
    HeadFault.SUM: N_("The receipts up to that place come to another sum now."),
    HeadFault.CANCELLED: N_(
        "The receipts that were cancelled then, or the reasons, are others now."
    ),
    HeadFault.HEAD_GONE: N_("The portal does not hold this signature any more: it was taken out."),
}


def fault_sentence(fault: HeadFault) -> str:
    """Why a head does not hold."""
    return str(_(_FAULTS[fault]))


def head_sentence(proof: HeadProof) -> str:
    """Which head it is, and whether it holds."""
    head = proof.head
    if head is None:
        return str(_("A signed head that is damaged:"))
    told = {
        "number": head.number,
        "day": i18n.day(head.signed_at),
        "count": i18n.number(head.count),
    }
    if proof.holds:
        return str(
            _(
                "%(number)s, signed on %(day)s: it holds. The signature is right, and the register still has these %(count)s receipts.",
                **told,
            )
        )
    return str(_("%(number)s, signed on %(day)s: it does NOT hold.", **told))
