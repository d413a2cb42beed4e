"""A layout compiled from two drawings of one document that differ in their slots alone.

Both drawings must be the same, operator for operator, outside the slots: that proves that no
geometry depends on what is filled in. What never changes is written once as the beginning of all
files (``head``); the rest is pieces, between which texts, states and paths are put.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from portal.core.pdf.capture import Drawing, DrawnPage, Face, LayoutRefused, Span

CONSTANT_FROM = 1500
"""Bytes of unchanging drawing worth a stream of their own in the head."""
_TIGHT = 0.02
_MATRIX = re.compile(rb"1 0 0 -1 (?P<x>[-\d.]+) (?P<y>[-\d.]+) Tm")
_FONT = re.compile(rb"/(?P<face>[A-Z]+) (?P<size>[\d.]+) Tf")

Anchor = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text goes: ``at`` is the coordinate its ``anchor`` stands on, ``room`` its width.

    CSS pixels, as in the operators. ``mark`` are the operators up to the properties of the marked
    content, which stay open; ``to_x`` those up to the x of the text matrix, ``from_x`` to its end.
    """

    name: str
    face: str
    size: str
    features: tuple[str, ...]
    anchor: Anchor
    at: float
    room: float
    mark: bytes
    to_x: bytes
    x: bytes
    from_x: bytes


@dataclass(frozen=True, slots=True)
class Choice:
    """A line drawn one way or the other."""

    name: str
    yes: bytes
    no: bytes


@dataclass(frozen=True, slots=True)
class Path:
    """Where a path is drawn."""

    name: str


Piece = bytes | Place | Choice | Path


@dataclass(frozen=True, slots=True)
class Content:
    """A stream of a page: ``number`` is that of its object."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """An object with holes: bytes and, between them, names of what goes there."""

    number: int
    parts: tuple[bytes, ...]
    holes: tuple[str, ...]
    compressed: bool = False


@dataclass(frozen=True, slots=True)
class CompiledLayout:
    """Everything that is needed to write files of one shape.

    ``offsets``: the rows of the cross-reference stream, seven bytes each (type, offset or object
    stream, index), those of variable objects still empty; ``last`` is the highest object number
    of the head.
    """

    head: bytes
    offsets: bytes
    last: int
    root: bytes
    info: int
    contents: tuple[Content, ...]
    objects: tuple[Template, ...]
    faces: Mapping[str, Face]


def pieces_of(narrow: Drawing, wide: Drawing, paths: Mapping[str, bytes]) -> list[list[Piece]]:
    """The pieces of each page; ``paths`` are the operators ``narrow`` draws by name.

    ``narrow`` has every choice taken, ``wide`` none. Raises LayoutRefused.
    """
    if len(narrow.pages) != len(wide.pages):
        raise LayoutRefused("the number of pages depends on the texts")
    return [
        list(_pieces(one, other, paths))
        for one, other in zip(narrow.pages, wide.pages, strict=True)
    ]


def _pieces(narrow: DrawnPage, wide: DrawnPage, paths: Mapping[str, bytes]) -> Iterator[Piece]:
    done, other_done = 0, 0
    for span, other in zip_longest(narrow.spans, wide.spans):
        if span is None or other is None or (span.kind, span.name) != (other.kind, other.name):
            raise LayoutRefused("a text is drawn in several pieces, or in another order")
        yield _same(narrow.operators[done : span.first], wide.operators[other_done : other.first])
        drawn = narrow.operators[span.first : span.last]
        drawn_other = wide.operators[other.first : other.last]
        if span.kind == "slot":
            yield _place(span, drawn, other, drawn_other)
        elif span.kind == "choice":
            yield Choice(span.name, _joined(drawn), _joined(drawn_other))
        else:
            yield from _path(span.name, _joined(drawn), paths[span.name])
        done, other_done = span.last, other.last
    yield _same(narrow.operators[done:], wide.operators[other_done:])


def _joined(operators: Sequence[bytes]) -> bytes:
    return b"".join([each + b"\n" for each in operators])


def _same(narrow: Sequence[bytes], wide: Sequence[bytes]) -> bytes:
    if narrow != wide:
        differing = [pair for pair in zip(narrow, wide, strict=False) if pair[0] != pair[1]]
        raise LayoutRefused(f"the drawing around the texts depends on them: {differing[:2]}")
    return _joined(narrow)


def _path(name: str, drawn: bytes, path: bytes) -> Iterator[Piece]:
    if drawn.count(path) != 1:
        raise LayoutRefused(f"the path of {name} is not drawn as expected")
    before, after = drawn.split(path)
    yield before
    yield Path(name)
    yield after


def _place(span: Span, drawn: Sequence[bytes], other: Span, drawn_other: Sequence[bytes]) -> Place:
    matrix = next((each for each in drawn if _MATRIX.fullmatch(each)), None)
    matrix_other = next((each for each in drawn_other if _MATRIX.fullmatch(each)), None)
    font = next((_FONT.fullmatch(each) for each in drawn if each.endswith(b" Tf")), None)
    if matrix is None or matrix_other is None or font is None or not drawn[1].endswith(b">>"):
        raise LayoutRefused(f"{span.name} is not drawn as a text")
    found, found_other = _MATRIX.fullmatch(matrix), _MATRIX.fullmatch(matrix_other)
    if found is None or found_other is None or found["y"] != found_other["y"]:
        raise LayoutRefused(f"the line of {span.name} depends on its text")
    begin, begin_other = float(found["x"]), float(found_other["x"])
    anchor, at, room = _anchored(span, begin, other, begin_other)
    between = _joined(drawn[2 : list(drawn).index(matrix)])
    return Place(
        name=span.name,
        face=font["face"].decode(),
        size=font["size"].decode(),
        features=span.features,
        anchor=anchor,
        at=at,
        room=room,
        mark=_joined(drawn[:1]) + drawn[1].partition(b"/ActualText")[0].removesuffix(b">>"),
        to_x=b">>\n" + between + b"1 0 0 -1 ",
        x=found["x"],
        from_x=b" " + found["y"] + b" Tm\n",
    )


def _anchored(span: Span, x: float, other: Span, x_other: float) -> tuple[Anchor, float, float]:
    """Where the two texts coincide: at their beginning, their end or their middle."""
    if abs(x - x_other) < _TIGHT:
        return "left", x, span.right - x
    if abs(x + span.width - x_other - other.width) < _TIGHT:
        return "right", x + span.width, x + span.width - span.left
    if abs(x + span.width / 2 - x_other - other.width / 2) < _TIGHT:
        return "center", x + span.width / 2, span.right - span.left
    raise LayoutRefused(f"{span.name} moves with its text")
