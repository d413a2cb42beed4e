"""The catalogues: what is missing, whether placeholders agree and spaces are those of French.

``python tools/i18n.py check`` refuses (exit status 1) a sentence without French;
``python tools/i18n.py missing`` prints the missing ones as .po entries.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PORTAL = ROOT / "portal"
METHODS = [
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("templates/**.j2", "jinja2"),
    ("**.py", "python"),
]
JINJA = {"trimmed": "true", "silent": "false", "encoding": "utf-8"}
OPTIONS = {"templates/**.html": JINJA, "templates/**.txt": JINJA, "templates/**.j2": JINJA}
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2)}
BREAKS = re.compile(r" (?=[:;?!»](?:\W|$))|(?<=«) ")
"""A plain space where French typography has one at which no line ends (U+00A0, U+202F)."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
NOT_OURS = ("stripe_simulator",)  # its own small catalogue


def sentences() -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Each sentence of the code and templates: file, line, singular (and plural)."""
    found = extract_from_dir(PORTAL, METHODS, OPTIONS, keywords=KEYWORDS)
    for name, line, message, _comments, _context in found:
        if not name.startswith(NOT_OURS):
            yield name, line, message if isinstance(message, tuple) else (message,)


def french() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each translated sentence, with the catalogue it stands in."""
    known: dict[str, tuple[str, tuple[str, ...]]] = {}
    for path in sorted((PORTAL / "translations").glob("*/fr/LC_MESSAGES/messages.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="fr"):
                if not message.id or message.fuzzy:
                    continue
                ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
                told = (
                    message.string
                    if isinstance(message.string, (tuple, list))
                    else (message.string,)
                )
                if all(told):
                    known[ids[0]] = (path.parts[-4], tuple(str(text) for text in told))
    return known


def conflicts() -> list[str]:
    """Sentences that two catalogues translate differently; which one wins would be chance."""
    told: dict[str, dict[str, set[str]]] = {}
    for path in sorted((PORTAL / "translations").glob("*/fr/LC_MESSAGES/messages.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="fr"):
                key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                if key:
                    told.setdefault(key, {}).setdefault(str(message.string), set()).add(
                        path.parts[-4]
                    )
    return [
        f"{key!r} is translated differently: {ways}" for key, ways in told.items() if len(ways) > 1
    ]


def _names(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


def faults() -> tuple[list[str], list[str]]:
    """Sentences without French (as .po entries); translations that differ where they may not."""
    known, missing, differing = french(), {}, []
    for name, line, ids in sentences():
        if not ids[0]:
            continue
        if ids[0] not in known:
            missing[ids] = f"#: {name}:{line}"
            continue
        catalogue, texts = known[ids[0]]
        allowed = set().union(*(_names(i) for i in ids))
        differing += [
            f"{catalogue}: {text!r} has a placeholder {ids[0]!r} lacks"
            for text in texts
            if not _names(text) <= allowed
        ]
        differing += [
            f"{catalogue}: {text!r} has a plain space before : ; ? ! » or after «"
            for text in texts
            if BREAKS.search(text)
        ]
    return [_entry(ids, where) for ids, where in missing.items()], differing + conflicts()


def _entry(ids: tuple[str, ...], where: str) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    if len(ids) > 1:
        return f'{where}\nmsgid {quoted(ids[0])}\nmsgid_plural {quoted(ids[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n'
    return f'{where}\nmsgid {quoted(ids[0])}\nmsgstr ""\n'


def main() -> int:
    """Check or print; gives the exit status."""
    missing, differing = faults()
    if sys.argv[1:] == ["missing"]:
        print("\n".join(missing))
        return 0
    for line in differing:
        print(line)
    if missing:
        print(f"{len(missing)} sentences have no French; see python tools/i18n.py missing")
    return 1 if missing or differing else 0


if __name__ == "__main__":
    sys.exit(main())
