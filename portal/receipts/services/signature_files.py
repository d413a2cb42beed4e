"""What an auditor needs to prove the register without us: the signed heads, the public keys, what was hashed.

Everything in it is read by openssl and sha256sum; docs/rules/receipt-register.md says how.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

import sqlalchemy as sa

from portal.core import signing
from portal.core.db import db
from portal.receipts import prove
from portal.receipts.models import Receipt, RegisterKey, SignedHead
from portal.receipts.queries.signed_heads import (
    Series,
    head_of,
    heads_of,
    public_key_of,
    register_keys,
    series_of,
)
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.signing import cancelled_line
from portal.receipts.services import exports

README = """\
Registre des reçus fiscaux : preuve de l'intégrité, sans le portail

head.txt et head.sig   la dernière tête de série signée, telle quelle, et sa signature (64 octets)
keys/N.pem             les clés publiques (Ed25519), de la première à la dernière
heads.json             toutes les têtes signées de la série, de la plus ancienne à la plus récente
contents.jsonl         ce que dit chaque reçu, une ligne par reçu, dans l'ordre des numéros
register.csv           le registre, avec l'empreinte de chaque reçu

1. La signature :
   openssl pkeyutl -verify -pubin -inkey keys/N.pem -rawin -in head.txt -sigfile head.sig
2. La clé : son empreinte est celle que vous avez notée les années passées, et celle de {address}
3. La chaîne : l'empreinte d'un reçu est le SHA-256 de l'empreinte du reçu précédent, du SHA-256 de
   son PDF (tous deux en hexadécimal) et de sa ligne de contents.jsonl, mis bout à bout ; celle du
   reçu que nomme head.txt (last-number) est « chain-sha256 ».
4. Tout à la fois, avec les PDF : python3 prove.py DOSSIER_DES_PDF (Python et openssl seuls ; lisez-le
   d'abord, il tient en une page). Chaque écart est nommé.
5. L'e-mail d'une nuit, que vous avez gardé : ses lignes sont l'un des « statement » de heads.json, mot
   pour mot. S'il n'y est pas, le registre a été réécrit depuis.
"""
PROVE = Path(prove.__file__)


def signature_files(year: int, address: str) -> Iterator[tuple[str, bytes]]:
    """The files of a series, each with its name; the keys are published at ``address``.

    Raises NoReceipt, NotSigned.
    """
    heads = heads_of(year)
    yield "register.csv", exports.register_file(year, "csv")
    if not heads:
        raise NotSigned(year)
    yield "contents.jsonl", b"".join(_contents(year))
    yield "head.txt", head_of(heads[-1]).statement()
    yield "head.sig", base64.b64decode(heads[-1].signature)
    series = series_of(year)
    yield "heads.json", _json([_told(head, series) for head in heads])
    for key in register_keys():
        yield f"keys/{key.generation}.pem", pem_of(key).encode()
    yield "keys.json", keys_file()
    yield "prove.py", PROVE.read_bytes()
    yield "LISEZMOI.txt", README.format(address=address).encode()


class NotSigned(Exception):
    """Nothing of this series was signed yet."""


def keys_file() -> bytes:
    """Every public key with its days and the signature of the one before it, as JSON."""
    return _json(
        [
            {
                "generation": key.generation,
                "since": key.since.astimezone(UTC).isoformat(),
                "key_sha256": key.fingerprint,
                "endorsed_by_the_key_before": key.endorsement,
                "pem": pem_of(key),
            }
            for key in register_keys()
        ]
    )


def pem_of(key: RegisterKey) -> str:
    """The public key in PEM."""
    return signing.pem(public_key_of(key))


def _contents(year: int) -> Iterator[bytes]:
    wanted = sa.select(Receipt.content).where(Receipt.series_year == year)
    for content in db.session.scalars(wanted.order_by(Receipt.sequence)):
        yield ReceiptContent.from_json(content).canonical() + b"\n"


def _told(head: SignedHead, series: Series) -> dict[str, object]:
    void = [number for number in head.cancelled_now if number in series.cancelled]
    return {
        "statement": head_of(head).statement().decode(),
        "signature": head.signature,
        "key": head.key.generation,
        "cancelled_since_the_one_before": head.cancelled_now,
        "cancelled_lines": [cancelled_line(each, *series.cancelled[each]) for each in sorted(void)],
    }


def _json(document: Sequence[object]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
