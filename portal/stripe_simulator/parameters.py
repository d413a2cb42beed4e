"""Form-encoded parameters with brackets: read, then checked against what an endpoint takes.

Stripe refuses what it does not know, and so does this: a gateway that sends a misspelt or retired
parameter must fail here, not on the day the real key is put in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from portal.stripe_simulator.refusals import Refusal, wrong_parameter

Raw: TypeAlias = "str | dict[str, Any]"
Check: TypeAlias = Callable[[Any, str], Any]

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
UNSET = None
"""What an empty string says: the value is to be taken away."""


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``a[b][0]=x`` and ``a[]=x`` as nested dictionaries; list indexes stay text keys."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if not match:
            raise wrong_parameter(f"Invalid parameter name: {name}", name, "parameter_unknown")
        _place(tree, [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])], value, name)
    return tree


def _place(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    node = tree
    for key in path[:-1]:
        node = node.setdefault(key or str(len(node)), {})
        if not isinstance(node, dict):
            raise wrong_parameter(f"Invalid object: {name}", name)
    node[path[-1] or str(len(node))] = value


def text(longest: int = 5000) -> Check:
    """Text that is not empty."""

    def check(raw: Any, path: str) -> str:
        if not isinstance(raw, str):
            raise wrong_parameter("Invalid string: an object was given", path)
        if raw == "":
            raise wrong_parameter(
                f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
                "unset a parameter; however this one cannot be unset.",
                path,
                "parameter_invalid_empty",
            )
        if len(raw) > longest:
            raise wrong_parameter(
                f"Invalid string: it must be at most {longest} characters", path, "string_too_long"
            )
        return raw

    return check


def whole(least: int | None = None, most: int | None = None) -> Check:
    """A whole number, within limits where there are any."""

    def check(raw: Any, path: str) -> int:
        if not isinstance(raw, str) or not re.fullmatch(r"-?[0-9]{1,15}", raw):
            raise wrong_parameter(f"Invalid integer: {raw}", path, "parameter_invalid_integer")
        number = int(raw)
        if least is not None and number < least:
            raise wrong_parameter(
                f"This value must be greater than or equal to {least}.",
                path,
                "parameter_invalid_integer",
            )
        if most is not None and number > most:
            raise wrong_parameter(
                f"This value must be less than or equal to {most}.",
                path,
                "parameter_invalid_integer",
            )
        return number

    return check


def flag(raw: Any, path: str) -> bool:
    """``true`` or ``false``."""
    if raw not in ("true", "false"):
        raise wrong_parameter(f"Invalid boolean: {raw}", path)
    return bool(raw == "true")


def one_of(*words: str) -> Check:
    """One of the words."""

    def check(raw: Any, path: str) -> str:
        if not isinstance(raw, str) or raw not in words:
            raise wrong_parameter(f"Invalid {path}: must be one of {', '.join(words)}", path)
        return raw

    return check


def removable(inner: Check) -> Check:
    """What `inner` takes, or an empty string, which takes the value away."""
    return lambda raw, path: UNSET if raw == "" else inner(raw, path)


def either(first: Check, second: Check) -> Check:
    """What the first takes, else what the second takes."""

    def check(raw: Any, path: str) -> Any:
        try:
            return first(raw, path)
        except Refusal:
            return second(raw, path)

    return check


def list_of(inner: Check) -> Check:
    """Numbered values, in their order."""

    def check(raw: Any, path: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdecimal() for key in raw):
            raise wrong_parameter("Invalid array", path)
        return [inner(raw[key], f"{path}[{key}]") for key in sorted(raw, key=int)]

    return check


def shape(fields: Mapping[str, Check], required: Iterable[str] = ()) -> Check:
    """An object with these fields and no others."""
    needed = tuple(required)

    def check(raw: Any, path: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise wrong_parameter("Invalid object", path)
        for name in raw:
            if name not in fields:
                raise _unknown(_inside(path, name))
        for name in needed:
            if name not in raw:
                raise wrong_parameter(
                    f"Missing required param: {_inside(path, name)}.",
                    _inside(path, name),
                    "parameter_missing",
                )
        return {name: fields[name](value, _inside(path, name)) for name, value in raw.items()}

    return check


def _unknown(path: str) -> Refusal:
    if path == "payment_method_types":
        return wrong_parameter(
            "The payment_method_types parameter is no longer supported. "
            "Use allowed_payment_method_types instead.",
            path,
            "payment_method_types_no_longer_supported",
        )
    return wrong_parameter(f"Received unknown parameter: {path}", path, "parameter_unknown")


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def metadata(raw: Any, path: str) -> dict[str, str] | None:
    """Up to 50 names of 40 characters with values of 500; an empty value takes a name away."""
    if raw == "":
        return UNSET
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise wrong_parameter("Invalid metadata: expected key-value pairs", path)
    if len(raw) > 50:
        raise wrong_parameter("Metadata can have at most 50 keys", path)
    for name, value in raw.items():
        if len(name) > 40 or len(value) > 500:
            raise wrong_parameter(
                "Metadata keys are at most 40 characters long, values at most 500",
                _inside(path, name),
            )
    return dict(raw)


def merged(present: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    """The metadata after a change: empty values are taken away, nothing at all empties it."""
    if change is UNSET:
        return {}
    return {name: value for name, value in {**present, **change}.items() if value != ""}


def address(raw: Any, path: str) -> str:
    """A web address (http or https)."""
    value = str(text()(raw, path))
    if not re.fullmatch(r"https?://[^\s/?#\\@\"'<>;,]+(?:[/?#][^\s\"'<>\\]*)?", value):
        raise wrong_parameter("Not a valid URL", path, "url_invalid")
    return value


def email(raw: Any, path: str) -> str:
    """An e-mail address."""
    value = str(text(512)(raw, path))
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", value):
        raise wrong_parameter(f"Invalid email address: {value}", path, "email_invalid")
    return value


def currency(raw: Any, path: str) -> str:
    """A three-letter currency code, in small letters."""
    value = str(text()(raw, path)).lower()
    if not re.fullmatch(r"[a-z]{3}", value):
        raise wrong_parameter(f"Invalid currency: {value}", path)
    return value


INSTANT = either(
    whole(0),
    shape({"gt": whole(0), "gte": whole(0), "lt": whole(0), "lte": whole(0)}),
)
"""A Unix time, or a range of them."""
