"""Logs carry ids, never names, addresses or what people typed; a line stays a line."""

from __future__ import annotations

import io
import logging

import pytest

from portal.core.logs import IdsOnly, configure, told, without_control_characters


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(IdsOnly())
    log = logging.Logger("test")  # noqa: LOG001 - one of its own
    log.addHandler(handler)
    return log, stream


def test_an_exception_is_told_without_its_words(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = written
    try:
        try:
            raise KeyError("Claire Canari, 12 rue des Essais")
        except KeyError as error:
            raise ValueError("Key (email)=(canary@example.org) already exists") from error
    except ValueError:
        log.exception("gift %s could not be settled", 7)
    said = stream.getvalue()
    assert "gift 7 could not be settled" in said
    assert "ValueError from KeyError" in said
    assert "test_logs.py" in said
    for canary in ("Canari", "canary", "rue des Essais", "Key (email)"):
        assert canary not in said


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("a\nERROR forged", "a\\nERROR forged"),
        ("a\r\nb", "a\\r\\nb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u2028b", "a\\u2028b"),
        ("é ok", "é ok"),
    ],
)
def test_nobody_can_forge_a_line(typed: str, line: str) -> None:
    assert without_control_characters(typed) == line


def test_a_message_is_one_line_and_shows_no_address(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = written
    log.error("refused: %s", "claire.essai@example.org\nCRITICAL all is well")
    assert len(stream.getvalue().splitlines()) == 1
    assert "claire" not in stream.getvalue()


def test_an_error_that_causes_itself_is_told_all_the_same() -> None:
    error = ValueError("x")
    error.__cause__ = error
    assert told(error) == "ValueError"


def test_who_listens_already_is_left_alone() -> None:
    before = list(logging.getLogger().handlers)
    assert before, "pytest listens"
    configure()
    assert logging.getLogger().handlers == before
