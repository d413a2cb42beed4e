"""Proves a signed register without the portal: Python's standard library and openssl (3 or newer), nothing else.

    python3 prove.py [FOLDER OF THE PDFS]

in the folder of the signed register. Every fault is named on a line of its own; exit status 0 when
there is none. What is proved is written in docs/rules/receipt-register.md; read this file before you
trust it, and compare the fingerprint of the keys with the one in an e-mail you kept.
"""

import base64
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

Faults = list[str]


def say(line: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{line}\n")


def sha256(content: bytes) -> str:
    """The hash, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def lines_of(statement: str) -> dict[str, str]:
    """The lines of a statement that was signed, without its title."""
    return dict(line.split(": ", 1) for line in statement.splitlines()[1:])


def known_keys(folder: Path) -> dict[str, bytes]:
    """The public keys (PEM) by the SHA-256 of their 32 bytes."""
    found = {}
    for path in sorted((folder / "keys").glob("*.pem")):
        pem = path.read_bytes()
        found[sha256(base64.b64decode(b"".join(pem.splitlines()[1:-1]))[-32:])] = pem
    return found


def signature_holds(statement: bytes, signature: bytes, pem: bytes) -> bool:
    """What openssl says of it."""
    with tempfile.TemporaryDirectory() as place:
        for name, content in (("key", pem), ("head", statement), ("sig", signature)):
            Path(place, name).write_bytes(content)
        told = "openssl pkeyutl -verify -pubin -inkey key -rawin -in head -sigfile sig"
        done = subprocess.run(told.split(), cwd=place, capture_output=True, check=False)
    return done.returncode == 0


def prove_heads(heads: list[dict[str, Any]], keys: dict[str, bytes]) -> Faults:
    """Each signature; that each head names the one before it, and binds what was cancelled."""
    faults, before, void = [], "none", ""
    for head in heads:
        said, statement = lines_of(head["statement"]), head["statement"].encode()
        name = said["last-number"]
        pem = keys.get(said["key-sha256"])
        if pem is None or not signature_holds(statement, base64.b64decode(head["signature"]), pem):
            faults.append(f"head {name}: the signature does not hold")
        if said["previous-sha256"] != before:
            faults.append(f"head {name}: the head before it is missing or another one")
        cancelled = "".join(f"{line}\n" for line in sorted(head["cancelled_lines"]))
        void = sha256(f"{void}\n{cancelled}".encode())
        if said["cancelled-sha256"] != void:
            faults.append(f"head {name}: the cancelled receipts are others")
        before = sha256(statement)
    return faults


def prove_rows(rows: list[dict[str, str]], contents: list[bytes]) -> Faults:
    """The chain from the first receipt to the last; that each row says what its receipt says."""
    faults, chain = [], ""
    told = {json.loads(content)["number"]: content for content in contents}
    for row in rows:
        number, content = row["Numéro"], told.pop(row["Numéro"], b"")
        chain = sha256((chain + row["SHA-256 du PDF"]).encode() + content)
        if chain != row["Empreinte de la chaîne"]:
            faults.append(f"{number}: the chain breaks here")
            chain = row["Empreinte de la chaîne"]
        said = said_by(content) if content else {}
        if differing := [name for name, value in said.items() if row[name] != value]:
            faults.append(f"{number}: the register says another {', '.join(differing)}")
    return faults + [f"{number}: not in register.csv" for number in told]


def said_by(content: bytes) -> dict[str, str]:
    """What a receipt says, as the columns of the register say it."""
    told = json.loads(content)
    euros, cents = divmod(told["total"]["minor"], 100)
    return {
        "Numéro": told["number"],
        "Formulaire": told["form"],
        "Année fiscale": str(told["tax_year"]),
        "Date d'émission": told["issued_on"],
        "SIREN": told["donor"]["siren"],
        "Montant": f"{euros},{cents:02}",
        "Devise": told["total"]["currency"],
        "Annule et remplace": told["replaces"] or "",
    }


def prove_places(rows: list[dict[str, str]], heads: list[dict[str, Any]]) -> Faults:
    """That the register still has what each head says: its place, its sum, its cancelled receipts."""
    faults: Faults = []
    for said in (lines_of(head["statement"]) for head in heads):
        name, upto = said["last-number"], rows[: int(said["count"])]
        if len(upto) < int(said["count"]):
            faults.append(
                f"head {name}: {said['count']} receipts were signed, {len(rows)} are left"
            )
        elif (upto[-1]["Numéro"], upto[-1]["Empreinte de la chaîne"]) != (
            name,
            said["chain-sha256"],
        ):
            faults.append(f"head {name}: another receipt stands at its place")
        cents = sum(int(row["Montant"].replace(",", "")) for row in upto)
        if cents != int(said["sum-cents-eur"]):
            faults.append(f"head {name}: the sum is another")
    void = {line.split("\t")[0] for head in heads for line in head["cancelled_lines"]}
    for row in rows:
        if row["Numéro"] in void and row["État"] != "annulé":
            faults.append(f"{row['Numéro']}: cancelled under signature, valid in the register")
        if row["État"] == "annulé" and row["Numéro"] not in void:
            say(f"note: {row['Numéro']} was cancelled after the last signature, or never signed so")
    return faults


def prove_papers(rows: list[dict[str, str]], folder: Path) -> Faults:
    """That each PDF is there and is the one the register names."""
    faults = []
    for row in rows:
        path = folder / f"{row['Numéro']}.pdf"
        if not path.is_file():
            faults.append(f"{path.name}: missing")
        elif sha256(path.read_bytes()) != row["SHA-256 du PDF"]:
            faults.append(f"{path.name}: altered")
    return faults


def prove(folder: Path, papers: Path | None = None) -> Faults:
    """Everything that does not hold."""
    with (folder / "register.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter=";"))
    contents = (folder / "contents.jsonl").read_bytes().splitlines()
    heads = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    faults = [*prove_heads(heads, known_keys(folder)), *prove_rows(rows, contents)]
    faults += prove_places(rows, heads)
    if heads[-1]["statement"].encode() != (folder / "head.txt").read_bytes():
        faults.append("head.txt: not the last of heads.json")
    return faults + (prove_papers(rows, papers) if papers else [])


def main() -> int:
    """Say what was found."""
    here = Path.cwd()
    faults = prove(here, Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    for fault in faults:
        say(fault)
    for key in known_keys(here):
        say(f"key: {key}")
    say("everything holds" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
