"""What goes with the auditor's export and explains it, in French."""

from __future__ import annotations

from flask import current_app

_TEXT = """\
CONTRÔLE DES REÇUS FISCAUX — ANNÉE {year}
{name}, SIREN {siren}

À QUOI SERT CE FICHIER
Il permet d'établir et de relier, comme le demande l'article L14 A du livre des procédures fiscales, la liste
des reçus émis (date et montant) et les sommes reçues. Une ligne = un fait ; chaque fait porte la référence qui
permet de retrouver la pièce.

LES TABLEAUX
Contrôles : chaque total de ce fichier, à côté du même total relu autrement en base. « Concorde » doit dire oui.
Reçus : tous les reçus de l'année fiscale, annulés compris, dans l'ordre de leurs numéros.
Liens : une ligne par don et par reçu. On lit de gauche à droite : le reçu, le don, la ligne de Stripe ou de la
banque, l'écriture comptable.
Dons sans reçu : les dons encaissés de l'année qui ne figurent sur aucun reçu valide, et pourquoi.

COMMENT LIRE LES COLONNES
Donateur : tel qu'imprimé sur le reçu (copie figée au jour de l'émission).
Date du don : celle qui décide de l'année fiscale (BOI-IR-RICI-250-20, nos 20 et 30) : réception d'un chèque,
crédit d'un virement, d'un prélèvement ou d'un paiement par carte, remise d'espèces.
Montant certifié : part du don portée sur ce reçu, en euros. Un don en devise porte son montant en euros au cours
du jour de son encaissement.
Paiement Stripe, Ligne Stripe, Virement Stripe : identifiants chez le prestataire de paiement (charge, balance
transaction, payout).
Chèque, Bordereau : numéro du chèque et de la remise en banque.
Prélèvement : message du fichier remis à la banque, puis référence de bout en bout.
Compte bancaire, Relevé, Ligne du relevé : les quatre derniers chiffres du compte, le relevé et la ligne qui montre
l'argent (directement, par la remise, ou par le virement de Stripe).
Écriture : EcritureNum du fichier des écritures comptables (FEC) de l'exercice de sa date.
Produit de l'écriture : ce qu'elle porte au crédit des comptes 754, 756 (et 870 pour un don en nature).
Contre-passée par : l'écriture qui annule celle-ci (impayé, correction).
Ce qui manque et pourquoi : la raison de chaque lien absent. Un don en nature ou un abandon de frais n'a pas de
ligne de banque : sa pièce est au dossier du don.

CE QUI NE CHANGE PAS
Un reçu n'est jamais modifié ni son numéro réutilisé : une erreur est annulée et remplacée. Le PDF conservé porte
l'empreinte SHA-256 indiquée ; chaque reçu est chaîné au précédent par la dernière colonne. Une écriture validée
n'est jamais modifiée. Ce fichier a lui-même un identifiant et une empreinte dans la liste des exports du portail.

FORMAT
CSV : UTF-8, point-virgule, virgule décimale, dates AAAA-MM-JJ. Une apostrophe en tête protège un texte qu'un
tableur prendrait pour une formule. XLSX : cellules typées. Montants en euros sauf devise indiquée.
Durée de conservation des reçus et de ces liens : six ans à compter de l'émission (LPF, art. L102 E).
"""


def read_me(year: int) -> str:
    """The explanation of the year's export; the same text gives the same file."""
    organisation = current_app.extensions["settings"].organisation
    return _TEXT.format(year=year, name=organisation.name, siren=organisation.siren)
