"""Sentences: in English in files, in the reader's language on a screen."""

from __future__ import annotations

import ast
from pathlib import Path

from babel.messages.pofile import read_po

import portal
from tests.unit.core.tables.toy import people

PORTAL = Path(portal.__file__).parent
CATALOGUE = PORTAL / "translations/tables/fr/LC_MESSAGES/messages.po"


def _french() -> dict[str, str]:
    with CATALOGUE.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream, locale="fr") if m.id}


def _marked() -> set[str]:
    return {
        str(node.args[0].value)
        for path in (PORTAL / "core" / "tables").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "N_"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_sentence_has_its_french_and_no_other_is_kept() -> None:
    assert _marked() == set(_french())
    assert all(_french().values())


def test_a_fault_is_told_in_french_when_asked() -> None:
    fault = people("person_ref,name,colour\nP1,Anna,pink\n").faults[0]

    assert fault.problem.text(_french().__getitem__) == "n’est pas dans la liste\u00a0: red, blue"


def test_a_fault_prints_as_the_command_promises() -> None:
    fault = people("person_ref,name,colour\nP1,Anna,pink\n").faults[0]

    assert fault.as_json() == {
        "table": "people",
        "line": 2,
        "column": "colour",
        "value": "pink",
        "problem": "is none of: red, blue",
    }


def test_a_long_value_is_cut_where_it_is_shown() -> None:
    fault = people("person_ref,name,colour\nP1,Anna," + "x" * 900 + "\n").faults[0]

    assert len(fault.value) == 200
