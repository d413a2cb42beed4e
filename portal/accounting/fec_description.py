"""The description that goes with the FEC (LPF art. A47 A-1, XI), in French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.accounting.fec import COLUMNS, FinancialYear, fec_file_name
from portal.accounting.fec_text import fec_text

_MEANING: Final = (
    ("Alphanumérique", "Code du journal"),
    ("Alphanumérique", "Libellé du journal"),
    ("Alphanumérique", "Numéro de l'écriture, continu dans chaque journal"),
    ("Date", "Date de comptabilisation"),
    ("Alphanumérique", "Numéro de compte (plan comptable général, règlement ANC 2018-06)"),
    ("Alphanumérique", "Libellé du compte"),
    ("Alphanumérique", "Numéro de compte auxiliaire (à blanc si non utilisé)"),
    ("Alphanumérique", "Libellé du compte auxiliaire (à blanc si non utilisé)"),
    ("Alphanumérique", "Référence de la pièce justificative"),
    ("Date", "Date de la pièce justificative"),
    ("Alphanumérique", "Libellé de l'écriture ; le donateur y figure par son numéro"),
    ("Numérique", "Montant au débit, en euros"),
    ("Numérique", "Montant au crédit, en euros"),
    ("Alphanumérique", "Lettrage (non tenu dans ce journal auxiliaire : à blanc)"),
    ("Date", "Date de lettrage (à blanc)"),
    ("Date", "Date de validation de l'écriture"),
    ("Numérique", "Montant en devise (à blanc si non utilisé)"),
    ("Alphanumérique", "Code ISO 4217 de la devise (à blanc si non utilisé)"),
)


def fec_description(
    year: FinancialYear, organisation: str, journals: Mapping[str, str], accounts: Mapping[str, str]
) -> str:
    """The description of the file: format, zones, journals and accounts used, by code.

    To be written in the characters of the file (:data:`~portal.accounting.fec.CHARSET`), under
    :func:`fec_description_name`.
    """
    zones = [
        f"{place:>2}. {name} ({kind}) : {meaning}."
        for place, (name, (kind, meaning)) in enumerate(zip(COLUMNS, _MEANING, strict=True), 1)
    ]
    lines = [
        "DESCRIPTION DU FICHIER DES ÉCRITURES COMPTABLES",
        "(livre des procédures fiscales, article A47 A-1)",
        "",
        f"Organisme : {organisation}, SIREN {year.siren}",
        f"Exercice : du {year.opens_on:%d/%m/%Y} au {year.closes_on:%d/%m/%Y}",
        f"Fichier : {fec_file_name(year)}",
        "",
        "PORTÉE",
        "Ce fichier est l'extrait, au format FEC, du journal auxiliaire des dons tenu par le",
        "portail de l'association. Il ne contient ni les à-nouveaux ni les autres opérations de",
        "l'exercice et doit être intégré à la comptabilité générale, qui seule est complète.",
        "",
        "FORMAT",
        "Fichier à plat, une ligne d'en-tête puis une ligne par ligne d'écriture.",
        "Jeu de caractères : ISO 8859-15. Les caractères absents de ce jeu sont translittérés ;",
        "ce qui ne peut l'être est remplacé par un point d'interrogation.",
        "Séparateur de zones : tabulation. Fin d'enregistrement : retour chariot, saut de ligne.",
        "Dates : AAAAMMJJ. Montants : en base décimale, virgule décimale, deux décimales, sans",
        "séparateur de milliers ; le côté sans montant porte 0,00.",
        "Les écritures suivent l'ordre chronologique de leur validation. La numérotation est",
        "continue dans chaque journal : code du journal, année de clôture, rang.",
        "Une écriture validée n'est jamais modifiée : elle est contre-passée.",
        "",
        "ZONES",
        *zones,
        "",
        "JOURNAUX",
        *_codes(journals),
        "",
        "COMPTES",
        *_codes(accounts),
    ]
    return "\r\n".join(map(fec_text, lines)) + "\r\n"


def fec_description_name(year: FinancialYear) -> str:
    """The description's own file name, beside the FEC."""
    return f"{year.siren}FEC{year.closes_on:%Y%m%d}_description.txt"


def _codes(labels: Mapping[str, str]) -> list[str]:
    return [f"{code} : {label}" for code, label in sorted(labels.items())]
