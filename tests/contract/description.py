"""Stripe's OpenAPI description as a judge of requests and answers.

The description is Stripe's own words, cut down and otherwise untouched (`tools/stripe_spec.py`).
Read here: ``nullable`` means that null is allowed, and an object whose fields are listed has no
others. `differences` says where the version we speak is known to be another one.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema.exceptions import ValidationError, best_match  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30Validator

from tests.contract import differences
from tests.contract.form_encoding import typed
from tools.stripe_spec import DESCRIPTION, KEPT_IN, operation

_FORM = "application/x-www-form-urlencoded"
_IN_PATH = re.compile(r"\{[^}]*\}")


class Description:
    """The description, ready to judge."""

    def __init__(self) -> None:
        spec = json.loads(gzip.decompress((KEPT_IN / DESCRIPTION).read_bytes()))
        differences.apply(spec)
        self._components = {
            "schemas": {
                name: strict(schema) for name, schema in spec["components"]["schemas"].items()
            }
        }
        self._operations = {
            operation(method, path): described
            for path, methods in spec["paths"].items()
            for method, described in methods.items()
        }
        # A path without a variable is the better match: /v1/x/all before /v1/x/{id}.
        self._paths = sorted(
            (
                (method.upper(), re.compile(_IN_PATH.sub("[^/]+", path)), operation(method, path))
                for path, methods in spec["paths"].items()
                for method in methods
            ),
            key=lambda each: each[2].count("{}"),
        )

    @property
    def operations(self) -> set[str]:
        """What is described: ``GET /v1/refunds/{}`` and so on."""
        return set(self._operations)

    def operation_of(self, method: str, path: str) -> str | None:
        """The operation a request asks for, None when Stripe does not have it."""
        for asked, pattern, name in self._paths:
            if asked == method and pattern.fullmatch(path):
                return name
        return None

    def wrong_request(self, name: str, asked: Mapping[str, Any]) -> str:
        """What is wrong with the parameters (all text still) of an operation; empty when nothing."""
        schema = self._request_schema(name)
        return self._fault(typed(dict(asked), schema, _fits), schema)

    def wrong_answer(self, name: str, status: int, answer: Any) -> str:
        """What is wrong with an answer; empty when nothing."""
        responses = self._operations[name]["responses"]
        response = responses.get(str(status), responses["default"])
        return self._fault(answer, strict(response["content"]["application/json"]["schema"]))

    def wrong_object(self, body: Mapping[str, Any]) -> str:
        """What is wrong with an object of Stripe's, of whatever kind it says it is."""
        kind = str(body.get("object"))
        return self._fault(body, {"$ref": f"#/components/schemas/{kind}"})

    @cache  # noqa: B019 - one description, alive as long as the tests
    def _request_schema(self, name: str) -> dict[str, Any]:
        described = self._operations[name]
        if name.startswith("GET"):
            queries = [each for each in described.get("parameters", []) if each["in"] == "query"]
            fields = {each["name"]: strict(each["schema"]) for each in queries}
            needed = [each["name"] for each in queries if each.get("required")]
            return {
                "type": "object",
                "properties": fields,
                "additionalProperties": False,
                **({"required": needed} if needed else {}),
            }
        body: dict[str, Any] = strict(described["requestBody"]["content"][_FORM]["schema"])
        return body

    def _fault(self, instance: Any, schema: dict[str, Any]) -> str:
        judge = OAS30Validator({"components": self._components, "allOf": [schema]})
        error = best_match(judge.iter_errors(instance))
        return "" if error is None else _said(error)


@cache
def description() -> Description:
    """Read once."""
    return Description()


def strict(schema: Any) -> Any:
    """Null where it is allowed, and no field that is not named."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = dict(_inside(schema))
    if inside.get("properties") and "additionalProperties" not in inside:
        inside["additionalProperties"] = False
    if inside.pop("nullable", False):
        return {"anyOf": [inside, {"enum": [None]}]}
    return inside


def _inside(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        if key == "properties":
            yield key, {name: strict(each) for name, each in value.items()}
        else:
            yield key, value if key == "enum" else strict(value)


def _fits(instance: Any, schema: Any) -> bool:
    return bool(OAS30Validator(schema).is_valid(instance))


def _said(error: ValidationError) -> str:
    where = "".join(f"[{part}]" for part in error.absolute_path)
    return f"{where or 'the whole'}: {error.message[:300]}"
