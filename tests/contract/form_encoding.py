"""Stripe's way to write a request: ``a[b][0]=c``. Read here once more, apart from the simulator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_PART = re.compile(r"\[([^\]]*)\]")
_INDEX = re.compile(r"\d+")
_TRUTH = {"true": True, "false": False}


def decoded(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The nested parameters; every value is still text."""
    whole: dict[str, Any] = {}
    for name, value in pairs:
        first = name.split("[", maxsplit=1)[0]
        _put(whole, [first, *_PART.findall(name)], value)
    listed: dict[str, Any] = _with_lists(whole)
    return listed


def typed(value: Any, schema: Mapping[str, Any], fits: Callable[[Any, Any], bool]) -> Any:
    """The value with the types its schema wants, where its text can be read as such."""
    if "anyOf" in schema:
        read = (typed(value, each, fits) for each in schema["anyOf"])
        return next(
            (got for got, each in zip(read, schema["anyOf"], strict=True) if fits(got, each)), value
        )
    if isinstance(value, dict):
        own, rest = schema.get("properties", {}), schema.get("additionalProperties")
        other = rest if isinstance(rest, dict) else {}
        return {name: typed(each, own.get(name, other), fits) for name, each in value.items()}
    if isinstance(value, list):
        return [typed(each, schema.get("items", {}), fits) for each in value]
    return _scalar(str(value), schema.get("type"))


def _scalar(text: str, kind: Any) -> Any:
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if kind == "boolean":
        return _TRUTH.get(text, text)
    return text


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        into = into.setdefault(part, {})
    last = path[-1]
    into[str(len(into)) if last == "" else last] = value


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inside = {name: _with_lists(each) for name, each in node.items()}
    if inside and all(_INDEX.fullmatch(name) for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside
