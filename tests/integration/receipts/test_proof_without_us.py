"""An auditor proves the register with its files alone: no code of ours is used on them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask

from portal.core.exports import ExportRefused
from portal.receipts.commands import receipts
from portal.receipts.prove import prove
from portal.receipts.services import cancel_receipt, rotate_key, sign_register
from portal.receipts.services.signature_export import KIND
from tests.factories.receipts import NOW, make_receipt
from tests.pages import PageClient


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """The signed register of three receipts, the last one cancelled; their papers lie beside it."""
    make_receipt()
    make_receipt(amount_minor=7000)
    cancel_receipt(make_receipt(amount_minor=9000).id, reason="Wrong name", by=None, at=NOW)
    sign_register(NOW)
    folder, run = tmp_path / "proof", app.test_cli_runner()
    for command, place in (("signatures", folder), ("export", tmp_path / "export")):
        answer = run.invoke(receipts, [command, "2025", str(place)])
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
        key.verify(signature, statement.replace(b"count: 3", b"count: 1"))
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


def test_the_script_that_goes_along_needs_nothing_of_ours_and_finds_nothing(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "prove.py", "../export"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "everything holds")
    assert "portal" not in re.findall(
        r"^(?:import|from) (\w+)", (folder / "prove.py").read_text(), re.MULTILINE
    )


TAMPERED = [
    ("register.csv", r"R2025-000002;.*\r?\n", "", "R2025-000002: not in register.csv"),
    ("register.csv", r"(R2025-000001;.*\r?\n)(R2025-000002;.*\r?\n)", r"\2\1", "R2025-000002: the chain breaks here"),
    ("register.csv", r";50,00;", ";5000,00;", "R2025-000001: the register says another Montant"),
    ("register.csv", r";annulé;", ";émis;", "R2025-000003: cancelled under signature, valid in the register"),
    ("contents.jsonl", r"Versailles", "Marseille", "R2025-000001: the chain breaks here"),
    ("heads.json", r"count: 3", "count: 2", "head R2025-000003: the signature does not hold"),
    ("heads.json", r"Wrong name", "Refund", "head R2025-000003: the cancelled receipts are others"),
    ("head.txt", r"count: 3", "count: 2", "head.txt: not the last of heads.json"),
    ("../export/R2025-000002.pdf", r"\Z", "x", "R2025-000002.pdf: altered"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "put", "fault"), TAMPERED)
def test_each_thing_that_was_tampered_with_is_named(
    folder: Path, name: str, found: str, put: str, fault: str
) -> None:
    path = folder / name
    text = path.read_bytes().decode("utf-8")
    changed = re.sub(found, put, text, count=1)
    assert changed != text
    path.write_bytes(changed.encode("utf-8"))
    assert fault in prove(folder, folder.parent / "export")


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
