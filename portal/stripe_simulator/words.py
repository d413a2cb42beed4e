"""What the payment page says, in French and in English, and how it writes amounts."""

from __future__ import annotations

from portal.stripe_simulator.currencies import decimals

FR, EN = "fr", "en"
_SIGNS = {"eur": "€", "usd": "$", "gbp": "£"}

WORDS: dict[str, dict[str, str]] = {
    "simulated": {
        FR: "Simulation : aucun argent ne circule.",
        EN: "Simulation: no money moves.",
    },
    "simulated_more": {
        FR: "Cette page remplace celle de Stripe. N’y saisissez jamais un vrai numéro de carte : il n’y a d’ailleurs aucun champ pour cela.",
        EN: "This page stands in for Stripe’s. Never type a real card number: there is no field for one.",
    },
    "title": {FR: "Paiement simulé", EN: "Simulated payment"},
    "error_title": {FR: "Erreur", EN: "Error"},
    "pay_to": {FR: "Paiement à", EN: "Pay to"},
    "setup_to": {FR: "Enregistrer un moyen de paiement pour", EN: "Save a payment method for"},
    "choose": {FR: "Comment ce paiement se termine-t-il ?", EN: "How does this payment end?"},
    "card": {FR: "Par carte", EN: "By card"},
    "debit": {FR: "Par prélèvement SEPA", EN: "By SEPA direct debit"},
    "paid": {FR: "Carte acceptée", EN: "Card accepted"},
    "paid_more": {FR: "Le paiement aboutit tout de suite.", EN: "The payment succeeds at once."},
    "declined": {FR: "Carte refusée", EN: "Card declined"},
    "declined_more": {
        FR: "La banque refuse ; on peut recommencer.",
        EN: "The bank refuses; one can try again.",
    },
    "insufficient_funds": {FR: "Provision insuffisante", EN: "Insufficient funds"},
    "insufficient_funds_more": {
        FR: "La banque refuse : le compte n’est pas assez approvisionné.",
        EN: "The bank refuses: there is not enough on the account.",
    },
    "expired_card": {FR: "Carte expirée", EN: "Expired card"},
    "expired_card_more": {
        FR: "La banque refuse : la carte n’est plus valable.",
        EN: "The bank refuses: the card is no longer valid.",
    },
    "three_d_secure": {FR: "Authentification 3-D Secure", EN: "3-D Secure authentication"},
    "three_d_secure_more": {
        FR: "La banque demande d’abord une confirmation sur une autre page.",
        EN: "The bank first asks for a confirmation on another page.",
    },
    "disputed": {FR: "Carte acceptée, puis contestée", EN: "Card accepted, disputed later"},
    "disputed_more": {
        FR: "Le titulaire conteste le paiement après 10 jours.",
        EN: "The cardholder disputes the payment after 10 days.",
    },
    "sepa": {FR: "Prélèvement honoré", EN: "Debit honoured"},
    "sepa_more": {
        FR: "En cours, puis encaissé après 5 jours de l’horloge simulée.",
        EN: "Processing, then paid after 5 days of the simulated clock.",
    },
    "sepa_fails": {FR: "Prélèvement rejeté", EN: "Debit returned"},
    "sepa_fails_more": {
        FR: "En cours, puis rejeté après 14 jours de l’horloge simulée.",
        EN: "Processing, then returned after 14 days of the simulated clock.",
    },
    "apple_pay": {FR: "Apple Pay", EN: "Apple Pay"},
    "apple_pay_more": {
        FR: "Carte acceptée, présentée par un portefeuille électronique.",
        EN: "Card accepted, presented by a wallet.",
    },
    "google_pay": {FR: "Google Pay", EN: "Google Pay"},
    "google_pay_more": {
        FR: "Carte acceptée, présentée par un portefeuille électronique.",
        EN: "Card accepted, presented by a wallet.",
    },
    "fraud_warning": {FR: "Carte acceptée, puis signalée", EN: "Card accepted, suspected later"},
    "fraud_warning_more": {
        FR: "Après 3 jours, la banque émettrice soupçonne une fraude.",
        EN: "After 3 days the issuing bank suspects fraud.",
    },
    "sepa_returned": {
        FR: "Prélèvement honoré, puis repris",
        EN: "Debit honoured, taken back later",
    },
    "sepa_returned_more": {
        FR: "Encaissé, puis contesté par le débiteur sept semaines plus tard.",
        EN: "Paid, then disowned by the account holder seven weeks later.",
    },
    "email": {FR: "Adresse électronique", EN: "E-mail address"},
    "email_hint": {
        FR: "Une adresse inventée convient, par exemple camille@example.org.",
        EN: "An invented one will do, for example camille@example.org.",
    },
    "email_wrong": {
        FR: "Saisissez une adresse électronique, par exemple camille@example.org.",
        EN: "Enter an e-mail address, for example camille@example.org.",
    },
    "choose_one": {FR: "Choisissez une issue.", EN: "Choose an outcome."},
    "donate": {FR: "Donner {amount}", EN: "Donate {amount}"},
    "pay": {FR: "Payer {amount}", EN: "Pay {amount}"},
    "subscribe": {FR: "Donner {amount} {frequency}", EN: "Give {amount} {frequency}"},
    "save": {FR: "Enregistrer", EN: "Save"},
    "cancel": {FR: "Annuler et revenir à {merchant}", EN: "Cancel and go back to {merchant}"},
    "back": {FR: "Revenir à {merchant}", EN: "Go back to {merchant}"},
    "refused_declined": {
        FR: "Votre carte a été refusée. Choisissez une autre issue pour réessayer.",
        EN: "Your card was declined. Choose another outcome to try again.",
    },
    "refused_insufficient_funds": {
        FR: "Votre carte a été refusée : provision insuffisante. Choisissez une autre issue pour réessayer.",
        EN: "Your card was declined: insufficient funds. Choose another outcome to try again.",
    },
    "refused_expired_card": {
        FR: "Votre carte a expiré. Choisissez une autre issue pour réessayer.",
        EN: "Your card has expired. Choose another outcome to try again.",
    },
    "refused_authentication": {
        FR: "Votre banque n’a pas pu vous authentifier. Choisissez une autre issue pour réessayer.",
        EN: "Your bank could not authenticate you. Choose another outcome to try again.",
    },
    "bank_title": {FR: "Authentification par la banque", EN: "Your bank asks you to confirm"},
    "bank_asks": {
        FR: "Cette page remplace celle de la banque du titulaire de la carte. Confirmez-vous ce paiement ?",
        EN: "This page stands in for the cardholder’s bank. Do you confirm this payment?",
    },
    "authenticate": {FR: "Oui, m’authentifier", EN: "Yes, authenticate"},
    "fail": {FR: "Échouer à l’authentification", EN: "Fail the authentication"},
    "complete_title": {FR: "C’est déjà fait", EN: "This is already done"},
    "complete": {
        FR: "Ce paiement a déjà été effectué sur cette page. Il n’est pas fait une seconde fois.",
        EN: "This payment was already made on this page. It is not made a second time.",
    },
    "expired_title": {FR: "Cette page a expiré", EN: "This page has expired"},
    "expired": {
        FR: "Rien n’a été payé. Recommencez depuis le site.",
        EN: "Nothing was paid. Start again from the site.",
    },
    "invoice_paid_title": {FR: "Prélèvement réglé", EN: "Debit paid"},
    "invoice_paid": {
        FR: "Merci : ce prélèvement est réglé. Vous pouvez fermer cette page.",
        EN: "Thank you: this debit is paid. You may close this page.",
    },
    "invoice_processing_title": {FR: "Prélèvement en cours", EN: "Debit under way"},
    "invoice_processing": {
        FR: "La banque n’a pas encore répondu. Il n’y a rien d’autre à faire.",
        EN: "The bank has not answered yet. There is nothing else to do.",
    },
    "invoice_void_title": {FR: "Prélèvement annulé", EN: "Debit cancelled"},
    "invoice_void": {
        FR: "Ce prélèvement a été annulé : rien n’est demandé.",
        EN: "This debit was cancelled: nothing is asked for.",
    },
    "invoice_uncollectible_title": {FR: "Prélèvement abandonné", EN: "Debit given up"},
    "invoice_uncollectible": {
        FR: "Ce prélèvement n’est plus demandé.",
        EN: "This debit is no longer asked for.",
    },
    "missing_title": {FR: "Page introuvable", EN: "No such page"},
    "missing": {
        FR: "Il n’y a pas de paiement à cette adresse.",
        EN: "There is no payment at this address.",
    },
}
_EVERY = {
    FR: {
        ("day", 1): "chaque jour",
        ("week", 1): "chaque semaine",
        ("month", 1): "chaque mois",
        ("month", 3): "chaque trimestre",
        ("year", 1): "chaque année",
    },
    EN: {
        ("day", 1): "every day",
        ("week", 1): "every week",
        ("month", 1): "every month",
        ("month", 3): "every quarter",
        ("year", 1): "every year",
    },
}
_UNITS = {
    FR: {"day": "jours", "week": "semaines", "month": "mois", "year": "ans"},
    EN: {"day": "days", "week": "weeks", "month": "months", "year": "years"},
}


def language_of(locale: str | None, accepted: str | None) -> str:
    """French or English: the session's own choice, else the browser's."""
    wanted = locale if locale not in (None, "auto") else accepted
    return FR if (wanted or "").lower().startswith(FR) else EN


def amount_in_words(minor: int, currency: str, language: str) -> str:
    """``1 234,50 €`` or ``€1,234.50``, from minor units."""
    places = decimals(currency)
    whole, rest = divmod(minor, 10**places)
    english = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    sign = _SIGNS.get(currency, currency.upper() + "\u00a0")
    if language == EN:
        return f"{sign}{english}"
    french = english.translate({ord(","): "\u202f", ord("."): ","})
    return f"{french}\u00a0{sign.strip()}"


def frequency_in_words(recurring: dict[str, object], language: str) -> str:
    """``every month``, ``chaque trimestre`` …"""
    interval, count = str(recurring["interval"]), int(str(recurring["interval_count"]))
    known = _EVERY[language].get((interval, count))
    if known:
        return known
    unit = _UNITS[language][interval]
    return f"tous les {count} {unit}" if language == FR else f"every {count} {unit}"
