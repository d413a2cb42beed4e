"""Who may give orders, and how orders are read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator.refusals import Refusal

control = Blueprint("control", __name__, url_prefix="/_sim")


@control.before_request
def refuse_forms() -> ResponseReturnValue | None:
    """Only JSON may change something."""
    if request.method == "POST" and request.mimetype != "application/json":
        return jsonify(error="send application/json"), 415
    return None


@control.errorhandler(Refusal)
def refused(refusal: Refusal) -> ResponseReturnValue:
    """What cannot be done, in words."""
    return jsonify(refusal.body()), refusal.status


def order(*names: str) -> dict[str, Any]:
    """The order as it was sent; refuses names it does not know."""
    given = anything()
    for name in given:
        if name not in names:
            raise Refusal(f"Received unknown parameter: {name}", param=name)
    return given


def anything() -> dict[str, Any]:
    """The order as it was sent, whatever its names."""
    given = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(given, dict):
        raise Refusal("The body must be a JSON object.")
    return given


def whole(given: dict[str, Any], name: str, default: int = 0) -> int:
    """A whole number that is not negative."""
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal(f"{name} must be a whole number", param=name)
    return value


def optional_whole(given: dict[str, Any], name: str) -> int | None:
    """A whole number that is not negative, or nothing."""
    return None if given.get(name) is None else whole(given, name)


def seconds(given: dict[str, Any], name: str) -> float:
    """So many seconds, parts of them too; none when nothing is said."""
    value = given.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"{name} must be a number of seconds", param=name)
    return float(value)


def text(given: dict[str, Any], name: str) -> str | None:
    """A word, or nothing."""
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"{name} must be text", param=name)
    return value


def words(given: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of words, none when nothing is said."""
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refusal(f"{name} must be a list of text", param=name)
    return tuple(value)
