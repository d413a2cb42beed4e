"""An auditor proves the register with its files alone: no code of ours is used on them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask

from portal.core.exports import ExportRefused
from portal.receipts.commands import receipts
from portal.receipts.services import rotate_key, sign_register
from portal.receipts.services.signature_export import KIND
from tests.factories.receipts import NOW, make_receipt
from tests.pages import PageClient


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    make_receipt()
    make_receipt(amount_minor=7000)
    sign_register(NOW)
    folder = tmp_path / "proof"
    answer = app.test_cli_runner().invoke(receipts, ["signatures", "2025", str(folder)])
    assert answer.exit_code == 0, answer.output
    return folder


def _told(folder: Path) -> dict[str, str]:
    lines = (folder / "head.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines[1:])


def _public_key(folder: Path) -> Ed25519PublicKey:
    key = load_pem_public_key((folder / "keys" / "1.pem").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    return key


def test_the_signature_holds_under_the_published_key(folder: Path) -> None:
    statement, signature = (folder / "head.txt").read_bytes(), (folder / "head.sig").read_bytes()
    key = _public_key(folder)
    key.verify(signature, statement)
    with pytest.raises(InvalidSignature):
        key.verify(signature, statement.replace(b"count: 2", b"count: 1"))
    raw = hashlib.sha256(key.public_bytes_raw()).hexdigest()
    assert _told(folder)["key-sha256"] == raw


def test_the_chain_leads_from_the_first_receipt_to_the_signed_head(folder: Path) -> None:
    text = (folder / "register.csv").read_text(encoding="utf-8-sig")
    register = list(csv.DictReader(text.splitlines(), delimiter=";"))
    contents = (folder / "contents.jsonl").read_bytes().splitlines()
    chain = ""
    for row, content in zip(register, contents, strict=True):
        chain = hashlib.sha256((chain + row["SHA-256 du PDF"]).encode() + content).hexdigest()
        assert chain == row["Empreinte de la chaîne"]
        assert json.loads(content)["number"] == row["Numéro"]
    told = _told(folder)
    assert (told["chain-sha256"], told["count"]) == (chain, str(len(register)))
    cents = sum(round(float(row["Montant"].replace(",", ".")) * 100) for row in register)
    assert told["sum-cents-eur"] == str(cents)


def test_the_keys_are_public_old_ones_too(visitor: PageClient) -> None:
    assert visitor.get("/en/verify/keys").has("No key yet")
    make_receipt()
    sign_register(NOW)
    rotate_key(NOW)
    page = visitor.get("/en/verify/keys")
    assert page.has("Key 1")
    assert page.has("Key 2")
    newest, oldest = json.loads(visitor.get("/en/verify/keys.json").response.data)
    assert newest["key_sha256"] in page.text
    assert oldest["pem"].startswith("-----BEGIN PUBLIC KEY-----")


def test_the_command_signs_and_says_so(app: Flask) -> None:
    receipt = make_receipt()
    run = app.test_cli_runner()
    assert receipt.number in run.invoke(receipts, ["sign-register"]).output
    assert "Nothing happened" in run.invoke(receipts, ["sign-register"]).output
    assert "key 2" in run.invoke(receipts, ["sign-register", "--new-key"]).output


def test_what_is_not_signed_yet_is_no_proof(app: Flask, tmp_path: Path) -> None:
    make_receipt()
    run = app.test_cli_runner()
    told = run.invoke(receipts, ["signatures", "2025", str(tmp_path)])
    assert (told.exit_code, "sign-register" in told.output) == (1, True)
    told = run.invoke(receipts, ["signatures", "2019", str(tmp_path)])
    assert (told.exit_code, "No receipt" in told.output) == (1, True)


def test_the_signed_register_is_among_the_exports(app: Flask) -> None:
    make_receipt()
    with pytest.raises(ExportRefused):
        KIND.sheets(2025)
    sign_register(NOW)
    archive = io.BytesIO()
    assert KIND.write is not None
    KIND.write(2025, "zip", archive, lambda _done, _total: None)
    with zipfile.ZipFile(archive) as bundle:
        assert {"register.csv", "head.txt", "head.sig", "keys/1.pem"} <= set(bundle.namelist())
    (sheet,) = KIND.sheets(2025)
    assert len(list(sheet.rows())) == sheet.sums().rows == 1
