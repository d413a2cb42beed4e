"""What a template asks of a macro is what the macro takes: also on pages seldom seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from jinja2 import nodes

import portal

TEMPLATES = Path(portal.__file__).parent / "templates"
TAKES_ANYTHING = "kwargs"


def _trees(app: Flask) -> dict[str, nodes.Template]:
    return {
        path.relative_to(TEMPLATES).as_posix(): app.jinja_env.parse(path.read_text())
        for path in TEMPLATES.rglob("*.html")
    }


def _macros(tree: nodes.Template) -> dict[str, set[str]]:
    """Each macro with the names it takes."""
    found = {}
    for macro in tree.find_all(nodes.Macro):
        used = {name.name for name in macro.find_all(nodes.Name)}
        anything = {TAKES_ANYTHING} & used
        found[macro.name] = {argument.name for argument in macro.args} | anything
    return found


def _known(name: str, trees: dict[str, nodes.Template]) -> dict[str, tuple[str, set[str]]]:
    """The macros a template can name: its own and those it imports, each with what it takes."""
    known = {macro: (macro, takes) for macro, takes in _macros(trees[name]).items()}
    for imported in trees[name].find_all(nodes.FromImport):
        if not isinstance(imported.template, nodes.Const):
            continue
        there = _macros(trees[imported.template.value])
        for each in imported.names:
            macro, here = each if isinstance(each, tuple) else (each, each)
            if macro in there:
                known[here] = (macro, there[macro])
    return known


def _wrong_calls(name: str, trees: dict[str, nodes.Template]) -> Iterator[str]:
    known = _known(name, trees)
    for call in trees[name].find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in known:
            macro, takes = known[call.node.name]
            if TAKES_ANYTHING in takes:
                continue
            for argument in call.kwargs:
                if argument.key not in takes | {"caller"}:
                    yield f"{name}:{call.lineno} {macro}({argument.key}=…)"


def test_macros_are_asked_for_what_they_take(app: Flask) -> None:
    trees = _trees(app)
    assert [wrong for name in sorted(trees) for wrong in _wrong_calls(name, trees)] == []
