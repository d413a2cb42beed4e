"""The file that asks our bank to collect direct debits: pain.008.001.08, checked against its schema.

Made by `sepaxml`; its random identifiers and its look at the clock are replaced by ours, so that the
same collection gives the same bytes. The debtor's address is left out: it is not asked for inside
the European Economic Area, and unstructured ones are refused since November 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal
from xml.etree import ElementTree as ET

from sepaxml import SepaDD
from sepaxml.validation import try_valid_xml

SCHEMA: Final = "pain.008.001.08"
_NS: Final = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
SequenceType = Literal["FRST", "RCUR", "OOFF", "FNAL"]


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who collects: the association as its bank knows it."""

    name: str
    creditor_id: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Debit:
    """One debit; ``amount_minor`` in cents of euro, ``end_to_end`` our own id of this attempt."""

    end_to_end: str
    amount_minor: int
    rum: str
    signed_on: date
    holder: str
    iban: str
    bic: str
    sequence: SequenceType
    text: str


def write_collection(
    message_id: str,
    made_at: datetime,
    collect_on: date,
    creditor: Creditor,
    debits: Sequence[Debit],
) -> bytes:
    """The file for one collection day; the same arguments give the same bytes.

    :raises ValueError: when there is nothing to collect or the schema finds a fault.
    """
    if not debits:
        raise ValueError("a collection has at least one debit")
    file = SepaDD(_config(creditor), schema=SCHEMA, clean=True)
    for debit in debits:
        file.add_payment(_payment(debit, collect_on))
    document = ET.fromstring(file.export(validate=False))  # noqa: S314 - made right here
    _name(document, message_id, made_at)
    ET.register_namespace("", _NS)
    written: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    try:
        try_valid_xml(written, SCHEMA)
    except Exception as error:
        raise ValueError(f"the collection file is not valid: {error}") from error
    return written


def _config(creditor: Creditor) -> dict[str, object]:
    bic = {"BIC": creditor.bic} if creditor.bic else {}
    return {
        "name": creditor.name,
        "IBAN": creditor.iban,
        "batch": True,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
        **bic,
    }


def _payment(debit: Debit, collect_on: date) -> dict[str, object]:
    bic = {"BIC": debit.bic} if debit.bic else {}
    return {
        "name": debit.holder,
        "IBAN": debit.iban,
        "amount": debit.amount_minor,
        "type": debit.sequence,
        "collection_date": collect_on,
        "mandate_id": debit.rum,
        "mandate_date": debit.signed_on,
        "description": debit.text,
        "endtoend_id": debit.end_to_end,
        **bic,
    }


def _name(document: ET.Element, message_id: str, made_at: datetime) -> None:
    """Our identifiers and our clock, in the places where the library put its own."""
    instant = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for tag, text in (("MsgId", message_id), ("CreDtTm", instant)):
        for node in document.iter(f"{{{_NS}}}{tag}"):
            node.text = text
    for block in document.iter(f"{{{_NS}}}PmtInf"):
        sequence = next(block.iter(f"{{{_NS}}}SeqTp")).text
        next(block.iter(f"{{{_NS}}}PmtInfId")).text = f"{message_id}-{sequence}"
