"""The front page: what this is and how to move it, for whoever opens the address in a browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import deliveries
from portal.stripe_simulator.account import API_VERSION, Account
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.pay_page import policy
from portal.stripe_simulator.words import EN, FR, WORDS, language_of

index_page = Blueprint("index_page", __name__)

_COMMANDS = (
    (
        'POST /_sim/clock {"days": 31}',
        "Avance l’horloge : échéances, prélèvements, virements.",
        "Moves the clock forward: renewals, direct debits, payouts.",
    ),
    (
        'POST /_sim/webhooks {"mode": "hold"}',
        "Retient les notifications (hold), les perd (drop), les envoie (on).",
        "Holds webhooks back (hold), loses them (drop), sends them (on).",
    ),
    (
        'POST /_sim/events/<id>/send {"copies": 2}',
        "Renvoie un événement, une ou plusieurs fois.",
        "Sends an event again, once or several times.",
    ),
    (
        "GET /_sim/deliveries",
        "Montre chaque notification et la réponse reçue.",
        "Shows every delivery and the answer it got.",
    ),
    (
        'POST /_sim/payment_intents/<id>/settle {"outcome": "sepa"}',
        "Règle ou rejette un prélèvement en cours.",
        "Settles or returns a direct debit under way.",
    ),
    (
        'POST /_sim/subscriptions/<id>/next_payments {"outcome": "declined"}',
        "Décide comment finiront les prochaines échéances.",
        "Decides how the next debits of a plan end.",
    ),
    (
        "POST /_sim/charges/<id>/dispute",
        "Fait contester un paiement ; /_sim/disputes/<id>/close le clôt.",
        "Has a payment disputed; /_sim/disputes/<id>/close ends it.",
    ),
    (
        "POST /_sim/payouts",
        "Vire à la banque ce qui est disponible.",
        "Pays out what is available.",
    ),
    (
        'POST /_sim/faults {"status": 500, "times": 2}',
        "Fait échouer les prochains appels.",
        "Fails the next calls.",
    ),
    ("POST /_sim/reset", "Oublie tout.", "Forgets everything."),
)
_SAYS = {
    "heading": {FR: "Simulateur de Stripe", EN: "Stripe simulator"},
    "explanation": {
        FR: "Ce serveur remplace Stripe sur cette machine : le portail lui parle avec la "
        "bibliothèque de Stripe, sans rien y changer.",
        EN: "This server stands in for Stripe on this machine: the portal talks to it with "
        "Stripe’s own library, unchanged.",
    },
    "control_heading": {FR: "Le piloter", EN: "Moving it"},
    "control_explanation": {
        FR: "En JSON, depuis cette machine seulement ; GET /_sim/ montre l’horloge et l’agenda.",
        EN: "In JSON, from this machine only; GET /_sim/ shows the clock and the agenda.",
    },
    "control_caption": {FR: "Commandes", EN: "Commands"},
}


@index_page.get("/")
def index() -> ResponseReturnValue:
    """What this is, what time it is here, and the commands."""
    account = this_account()
    language = language_of(None, request.accept_languages.best_match(["fr", "en"]))
    page = render_template(
        "index.html",
        language=language,
        say=lambda name: WORDS[name][language],
        facts=_facts(account, language),
        columns=("Commande", "Effet") if language == FR else ("Command", "Effect"),
        commands=[(address, fr if language == FR else en) for address, fr, en in _COMMANDS],
        **{name: said[language] for name, said in _SAYS.items()},
    )
    return page, {"Content-Security-Policy": policy(None)}


def _facts(account: Account, language: str) -> list[tuple[str, Any]]:
    french = language == FR
    now = datetime.fromtimestamp(account.now(), UTC)
    row = account.store.row("select count(*) as n from objects where kind <> 'event'")
    return [
        ("Version de l’API" if french else "API version", API_VERSION),
        ("Heure simulée (UTC)" if french else "Simulated time (UTC)", f"{now:%Y-%m-%d %H:%M}"),
        ("Objets" if french else "Objects", row["n"] if row else 0),
        (
            "Notifications en attente" if french else "Webhooks waiting",
            deliveries.undelivered(account),
        ),
    ]
