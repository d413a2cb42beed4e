"""What was found in the signed register, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.core.i18n_markers import N_
from portal.receipts.rules.findings import Finding, FindingKind

_SENTENCES = {
    FindingKind.SIGNATURE: N_("%(what)s: the signature is not over these words."),
    FindingKind.MISSING: N_("%(what)s: a head that was signed up to there, or before it, is missing."),
    FindingKind.CHAIN: N_("%(what)s: the chain is not the one that was signed."),
    FindingKind.CANCELLED: N_(
        "%(what)s: the cancelled receipts, or the reasons, are not those that were signed."
    ),
    FindingKind.LATE_RECEIPTS: N_(
        "%(what)s: dated days before the last signature, and not under it."
    ),
    FindingKind.LATE_CANCELLINGS: N_(
        "%(what)s: cancelled days before the last signature, and not under it."
    ),
    FindingKind.KEY: N_("Key %(what)s is not the one it says, or the key before it did not sign it."),
}  # fmt: skip


def finding_sentence(finding: Finding) -> str:
    """What is wrong, and where."""
    return str(_(_SENTENCES[finding.kind], what=finding.subject))
