"""What of a gift's way cannot be shown, and why; in French, for the auditor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.accounting.rules.booking import BOOKS_BEGIN_ON

UNEXPLAINED: Final = "Aucune écriture : à examiner."
_NO_MONEY: Final = ("in_kind", "waived_expenses")
_NOT_WANTED: Final = {
    "anonymous": "Don anonyme : aucun reçu ne peut être émis.",
    "not_wanted": "Le donateur ne souhaite pas de reçu.",
    "counterpart": "Une contrepartie a été donnée : le don n'ouvre pas droit à réduction.",
}
_GONE: Final = {
    "refunded": "Le don a été remboursé.",
    "disputed": "La banque du donateur conteste le paiement.",
}


def missing_links(row: Any) -> list[str]:
    """A sentence for each link that is not there; empty when the way is whole."""
    return [sentence for sentence in (_of_the_money(row), _of_the_entry(row)) if sentence]


def _of_the_money(row: Any) -> str:
    if row.mode in _NO_MONEY or row.bank_line or row.statement_line_ref:
        return ""
    if row.stripe_charge_id or row.stripe_payment_intent_id:
        return _of_stripe(row)
    if row.mode == "cash":
        return "Espèces : les dépôts en banque sont globaux, voir le journal de caisse."
    if row.mode == "cheque":
        return _of_a_cheque(row)
    if row.message_id:
        return "Prélèvement remis à la banque, pas encore crédité au relevé."
    return _not_imported(row)


def _of_stripe(row: Any) -> str:
    if not row.provider_line:
        return "Le relevé de Stripe n'a pas encore été relu pour ce paiement."
    if not row.payout_id:
        return "Stripe n'a pas encore viré ce paiement, ou l'a fait par un virement manuel."
    return "Le virement de Stripe n'est pas encore rapproché du relevé bancaire."


def _of_a_cheque(row: Any) -> str:
    if row.slip:
        return "Remise de chèques pas encore rapprochée du relevé bancaire."
    if row.deposit_ref:
        return "Remise faite avant la reprise dans le portail : voir le bordereau indiqué."
    if row.origin == "import":
        return _not_imported(row)
    return "Chèque pas encore remis en banque."


def _not_imported(row: Any) -> str:
    if row.origin == "import":
        return "Don repris d'un fichier : le relevé bancaire de ce jour n'est pas dans le portail."
    return "Aucune ligne du relevé bancaire n'est encore rapprochée de ce don."


def _of_the_entry(row: Any) -> str:
    if row.entry:
        return ""
    if row.tax_on and row.tax_on < BOOKS_BEGIN_ON:
        return "Don antérieur au 1er janvier 2020 : il est dans l'ancienne comptabilité."
    if row.euro_minor is None:
        return "Don en devise dont le cours n'est pas encore connu : pas encore d'écriture."
    return UNEXPLAINED


def no_receipt_because(row: Any, blocked: Mapping[str, str]) -> str:
    """Why a gift whose money came stands on no valid receipt; ``blocked``: the donor's reasons by
    reference."""
    if row.no_receipt:
        return _NOT_WANTED[row.no_receipt]
    if row.state in _GONE:
        return _GONE[row.state]
    if row.euro_minor is None:
        return "Le cours de la devise n'est pas encore connu."
    return blocked.get(row.donor_ref) or "Reçu pas encore émis."
