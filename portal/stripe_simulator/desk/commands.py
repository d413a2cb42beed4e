"""The orders programs can give, as the desk lists them."""

from __future__ import annotations

from portal.stripe_simulator.words import EN, FR


def _both(french: str, english: str) -> dict[str, str]:
    return {FR: french, EN: english}


COMMANDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GET /_sim/", _both("Horloge, agenda, réglages.", "Clock, agenda, settings.")),
    (
        'POST /_sim/clock {"days": 31} · {"to": 1893456000} · {"next": "debit"}',
        _both("Avance l’horloge.", "Moves the clock forward."),
    ),
    (
        'POST /_sim/settings {"retry_days": [3, 5, 7], "after_last_retry": "unpaid"}',
        _both(
            "Relances, virements, délais, brouillons, remboursements en attente.",
            "Retries, payouts, delays, drafts, pending refunds.",
        ),
    ),
    (
        'POST /_sim/rates {"usd": "0.92"}',
        _both("Fixe les cours de change.", "Sets exchange rates."),
    ),
    (
        'POST /_sim/faults {"status": 500, "times": 2, "after": true, "path": "/v1/refunds"}',
        _both(
            "Fait échouer des appels ; 0 coupe la connexion, seconds fait attendre.",
            "Fails calls; 0 cuts the connection, seconds makes wait.",
        ),
    ),
    ("POST /_sim/faults/clear", _both("Plus de pannes.", "No more failures.")),
    (
        'POST /_sim/webhooks {"mode": "on", "copies": 2, "jitter": 1.5, "types": ["invoice.*"]}',
        _both(
            "Envoie, retient (hold), perd (drop), double, retarde ou mélange.",
            "Sends, holds, drops, doubles, delays or shuffles.",
        ),
    ),
    ("GET /_sim/deliveries", _both("Chaque envoi et sa réponse.", "Each delivery and its answer.")),
    (
        'POST /_sim/events/<id>/send {"copies": 2}',
        _both("Renvoie un événement.", "Sends an event again."),
    ),
    (
        'POST /_sim/events/replay {"since": 0, "states": ["dropped"], "order": "shuffled"}',
        _both("Renvoie ce qui a été perdu.", "Sends again what was lost."),
    ),
    (
        'POST /_sim/payment_intents/<id>/settle {"outcome": "sepa_fails"}',
        _both("La banque répond à un prélèvement.", "The bank answers about a debit."),
    ),
    (
        'POST /_sim/charges/<id>/refund {"amount": 500}',
        _both("Rembourse depuis Stripe.", "Refunds in Stripe’s dashboard."),
    ),
    (
        "POST /_sim/refunds/<id>/succeed · /fail",
        _both("Fait aboutir ou échouer un remboursement.", "Ends or fails a refund."),
    ),
    (
        'POST /_sim/charges/<id>/dispute {"status": "warning_needs_response", "amount": 500}',
        _both("Fait contester un paiement.", "Has a payment disputed."),
    ),
    (
        'POST /_sim/disputes/<id>/move {"status": "under_review"} · /close {"won": true}',
        _both("Mène une contestation à son terme.", "Takes a dispute to its end."),
    ),
    (
        "POST /_sim/charges/<id>/fraud_warning",
        _both("Signale une fraude.", "Raises an early fraud warning."),
    ),
    (
        'POST /_sim/subscriptions/<id>/next_payments {"outcome": "authentication_required"}',
        _both("Décide des prochaines échéances.", "Decides how the next debits end."),
    ),
    (
        "POST /_sim/subscriptions/<id>/cancel",
        _both("Arrête un don régulier depuis Stripe.", "Ends a plan in Stripe’s dashboard."),
    ),
    (
        "POST /_sim/payment_methods/<id>/replaced · /expires",
        _both("Carte remplacée ou périmée.", "Card replaced, or out of date."),
    ),
    ("POST /_sim/mandates/<id>/revoke", _both("Révoque un mandat.", "Revokes a mandate.")),
    (
        'POST /_sim/payouts {"by_hand": true, "amount": 500} · /<id>/fail · /<id>/cancel',
        _both("Vire, rejette ou annule un virement.", "Pays out, fails or cancels a payout."),
    ),
    (
        'POST /_sim/ledger/fee {"amount": 1200}',
        _both("Stripe prélève des frais.", "Stripe takes a fee of its own."),
    ),
    (
        'POST /_sim/ledger/fill {"lines": 100000, "payouts": 365}',
        _both("Remplit le solde pour les mesures.", "Fills the balance for measuring."),
    ),
    ("POST /_sim/reset", _both("Oublie tout.", "Forgets everything.")),
)
