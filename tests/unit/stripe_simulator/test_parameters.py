"""Bracketed form parameters: read as Stripe reads them, and refused as Stripe refuses."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.refusals import Refusal


@pytest.mark.parametrize(
    ("pairs", "tree"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("a[b]", "1"), ("a[c]", "2")], {"a": {"b": "1", "c": "2"}}),
        ([("a[0][b]", "1"), ("a[1][b]", "2")], {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ([("a[]", "1"), ("a[]", "2")], {"a": {"0": "1", "1": "2"}}),
        ([("a", "1"), ("a", "2")], {"a": "2"}),
    ],
)
def test_brackets_become_a_tree(pairs: list[tuple[str, str]], tree: dict[str, Any]) -> None:
    assert p.decode(pairs) == tree


@pytest.mark.parametrize("name", ["", "[a]", "a[b", "a]b", "a[b]c"])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(Refusal):
        p.decode([(name, "1")])


def test_a_value_cannot_be_an_object_too() -> None:
    with pytest.raises(Refusal):
        p.decode([("a", "1"), ("a[b]", "2")])


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=5)), max_size=6))
def test_whatever_is_sent_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(Refusal):
        assert set(p.decode(pairs)) == {name.partition("[")[0] for name, _ in pairs}


CHECKS: list[tuple[p.Check, Any, Any]] = [
    (p.text(), "x", "x"),
    (p.whole(), "-5", -5),
    (p.flag, "true", True),
    (p.one_of("a", "b"), "b", "b"),
    (p.removable(p.text()), "", None),
    (p.list_of(p.whole()), {"1": "20", "0": "10", "10": "30"}, [10, 20, 30]),
    (p.shape({"a": p.whole()}), {"a": "1"}, {"a": 1}),
    (p.metadata, {"a": ""}, {"a": ""}),
    (p.metadata, "", None),
    (p.currency, "EUR", "eur"),
    (p.email, "camille@example.org", "camille@example.org"),
    (p.address, "http://127.0.0.1:80/a?b={C}", "http://127.0.0.1:80/a?b={C}"),
    (p.INSTANT, "5", 5),
    (p.INSTANT, {"gte": "5"}, {"gte": 5}),
]


@pytest.mark.parametrize(("check", "raw", "value"), CHECKS)
def test_what_is_taken(check: p.Check, raw: Any, value: Any) -> None:
    assert check(raw, "it") == value


@pytest.mark.parametrize(
    ("check", "raw"),
    [
        (p.text(), ""),
        (p.text(), {}),
        (p.text(3), "four"),
        (p.whole(), "1.5"),
        (p.whole(), "٣"),
        (p.whole(1), "0"),
        (p.whole(0, 5), "6"),
        (p.flag, "yes"),
        (p.one_of("a"), "b"),
        (p.list_of(p.text()), "x"),
        (p.list_of(p.text()), {"first": "x"}),
        (p.shape({"a": p.text()}), {"b": "x"}),
        (p.shape({"a": p.text()}, required=("a",)), {}),
        (p.shape({}), "x"),
        (p.metadata, "x"),
        (p.metadata, {"a": {"b": "c"}}),
        (p.metadata, {"k" * 41: "v"}),
        (p.metadata, {"k": "v" * 501}),
        (p.metadata, {str(n): "v" for n in range(51)}),
        (p.currency, "euro"),
        (p.email, "nobody"),
        (p.address, "javascript:alert(1)"),
        (p.address, "http://a;b/"),
        (p.address, "http://a@b/"),
        (p.address, "//a/"),
        (p.INSTANT, "soon"),
    ],
)
def test_what_is_refused_is_named_and_not_remembered(check: p.Check, raw: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        check(raw, "it")
    assert refusal.value.param is not None
    assert refusal.value.param.startswith(("it", "a", "b"))
    assert not refusal.value.kept


@pytest.mark.parametrize(
    ("present", "change", "after"),
    [
        ({"a": "1"}, {"b": "2"}, {"a": "1", "b": "2"}),
        ({"a": "1"}, {"a": ""}, {}),
        ({"a": "1"}, None, {}),
        ({"a": "1"}, {}, {"a": "1"}),
    ],
)
def test_metadata_is_merged(
    present: dict[str, str], change: dict[str, str] | None, after: dict[str, str]
) -> None:
    assert p.merged(present, change) == after
