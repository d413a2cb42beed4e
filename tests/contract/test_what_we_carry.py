"""Stripe's description as we carry it: unaltered, licensed, and enough."""

from __future__ import annotations

import hashlib
import json

import pytest

from portal.stripe_simulator.endpoints import endpoints
from tests.contract.description import description
from tests.contract.differences import ANSWERED
from tools.stripe_spec import KEPT_IN, LICENCE, SOURCE, operation, pruned

SOURCE_OF_IT = json.loads((KEPT_IN / SOURCE).read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(SOURCE_OF_IT["sha256"]))
def test_each_file_is_the_one_that_was_written_down(name: str) -> None:
    found = hashlib.sha256((KEPT_IN / name).read_bytes()).hexdigest()
    assert found == SOURCE_OF_IT["sha256"][name]


def test_its_licence_comes_with_it() -> None:
    licence = (KEPT_IN / LICENCE).read_text("utf-8")
    assert licence.startswith("MIT License")
    assert "Stripe, Inc." in licence


def test_it_describes_every_operation_the_simulator_answers() -> None:
    answered = {operation(each.method, f"/v1/{each.path}") for each in endpoints()}
    assert answered == description().operations


def test_each_known_difference_has_its_reason() -> None:
    assert all(len(each.why) > 20 for each in ANSWERED)
    assert len({(each.schema, each.field) for each in ANSWERED}) == len(ANSWERED)


def test_an_operation_stripe_does_not_have_cannot_be_kept() -> None:
    spec = {"openapi": "3.0.0", "info": {}, "paths": {}, "components": {"schemas": {}}}
    with pytest.raises(KeyError):
        pruned(spec, {"GET /v1/sponsors"})


def test_only_what_is_needed_is_kept_and_no_prose() -> None:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}
    spec = {
        "openapi": "3.0.0",
        "info": {"title": "Stripe API", "version": "1"},
        "paths": {
            "/v1/as/{a}": {"get": {"description": "Words.", "responses": {"200": answer}}},
            "/v1/bs": {"get": {"responses": {}}},
        },
        "components": {
            "schemas": {
                "a": {"properties": {"description": {"type": "string", "x-note": 1}}, "title": "A"},
                "b": {},
            }
        },
    }
    kept = pruned(spec, {"GET /v1/as/{}"})
    assert kept["paths"] == {"/v1/as/{a}": {"get": {"responses": {"200": answer}}}}
    assert kept["components"]["schemas"] == {
        "a": {"properties": {"description": {"type": "string"}}}
    }
