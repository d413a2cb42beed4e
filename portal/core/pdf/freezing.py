"""A compiled layout's constant objects written once, its variable ones kept as templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.core.pdf.capture import Drawing, LayoutRefused
from portal.core.pdf.compiled import (
    CONSTANT_FROM,
    CompiledLayout,
    Content,
    Piece,
    Template,
)

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
ROW = 7
COMPRESSED, PLAIN = b"\2", b"\1"


def freeze(
    drawing: Drawing, pages: Sequence[Sequence[Piece]], holes: Mapping[str, Sequence[bytes]]
) -> CompiledLayout:
    """The layout of that drawing, whose pages are those pieces.

    ``holes``: by name, the forms in which a placeholder was written; objects that hold one become
    templates. Raises LayoutRefused when a placeholder is found nowhere.
    """
    pdf = drawing.objects
    contents: list[Content] = []
    for page, pieces in zip(drawing.pages, pages, strict=True):
        contents += _divide(pdf, page, pieces)
    pdf.add_object(pdf.info)
    variable = {content.number for content in contents}
    templates = [found for found in _templates(pdf, holes, variable) if found.holes]
    missing = set(holes) - {hole for template in templates for hole in template.holes}
    if missing:
        raise LayoutRefused(f"nowhere in the file: {', '.join(sorted(missing))}")
    variable |= {template.number for template in templates}
    head, offsets, last = _write(pdf, variable)
    return CompiledLayout(
        head=head,
        offsets=offsets,
        last=last,
        root=pdf.catalog.reference,
        info=pdf.info.number,
        contents=tuple(contents),
        objects=tuple(templates),
        faces=drawing.faces,
    )


def _divide(pdf: Any, page: Any, pieces: Sequence[Piece]) -> Iterator[Content]:
    """The streams of a page: what stays long enough unchanged becomes a constant object."""
    import pydyf

    streams: list[Any] = []
    # The page's own stream becomes the first variable one; its object is written with the rest.
    own = page.content
    own.stream, own.extra = [], {}
    free = [own.number]
    variable: list[Piece] = []

    def close() -> Iterator[Content]:
        if variable:
            number = free.pop() if free else _reserve(pdf)
            streams.append(f"{number} 0 R".encode())
            yield Content(number, tuple(variable))
            variable.clear()

    for piece in pieces:
        if isinstance(piece, bytes) and len(piece) >= CONSTANT_FROM:
            yield from close()
            constant = pydyf.Stream([piece], compress=True)
            pdf.add_object(constant)
            streams.append(constant.reference)
        elif piece:
            variable.append(piece)
    yield from close()
    if free:
        raise LayoutRefused("a page on which nothing changes")
    page.page["Contents"] = pydyf.Array(streams)


def _reserve(pdf: Any) -> int:
    import pydyf

    reserved = pydyf.Stream([])
    pdf.add_object(reserved)
    return int(reserved.number)


def _templates(
    pdf: Any, holes: Mapping[str, Sequence[bytes]], variable: set[int]
) -> Iterator[Template]:
    forms = {form: name for name, written in holes.items() for form in written}
    pattern = re.compile(b"|".join(re.escape(form) for form in sorted(forms, key=len)[::-1]))
    for entry in pdf.objects:
        if entry.free == "f" or entry.number in variable or _is_large(entry):
            continue
        stream = not entry.compressible
        written = _with_length(entry) if stream else entry.data
        parts = pattern.split(written)
        names = [forms[found] for found in pattern.findall(written)]
        yield Template(entry.number, tuple(parts), tuple(names), stream)


def _is_large(entry: Any) -> bool:
    """A stream that is no description of the document: fonts, colours, images, drawings."""
    if entry.compressible:
        return False
    return entry.extra.get("Type") not in ("/Metadata", "/EmbeddedFile")


def _with_length(entry: Any) -> bytes:
    """Dictionary and content of a stream; what is embedded is a hole of its own."""
    import pydyf

    extra = pydyf.Dictionary({**entry.extra, "Filter": "/FlateDecode"})
    body = b"\n".join(pydyf._to_bytes(part) for part in entry.stream)
    return bytes(extra.data.removesuffix(b">>")) + b"\0" + body


def _write(pdf: Any, variable: set[int]) -> tuple[bytes, bytes, int]:
    """The head with every constant object, and the rows of their places."""
    out = bytearray(HEADER)
    number = len(pdf.objects)
    rows = bytearray(ROW * (number + 2))
    rows[5:7] = b"\xff\xff"
    inside = []
    for entry in pdf.objects:
        if entry.free == "f" or entry.number in variable:
            continue
        if entry.compressible:
            inside.append(entry)
        else:
            _set_row(rows, entry.number, PLAIN, len(out), 0)
            out += entry.indirect + b"\n"
    _set_row(rows, number, PLAIN, len(out), 0)
    out += _object_stream(inside, number, rows)
    return bytes(out), bytes(rows), number


def _object_stream(inside: Sequence[Any], number: int, rows: bytearray) -> bytes:
    import pydyf

    table, body, position = [], [], 0
    for index, entry in enumerate(inside):
        written = entry.data
        table += [entry.number, position]
        body.append(written)
        position += len(written) + 1
        _set_row(rows, entry.number, COMPRESSED, number, index)
    listed = " ".join(map(str, table)).encode()
    extra = {"Type": "/ObjStm", "N": len(inside), "First": len(listed) + 1}
    stream = pydyf.Stream([listed, *body], extra, compress=True)
    stream.number = number
    return bytes(stream.indirect) + b"\n"


def _set_row(rows: bytearray, number: int, kind: bytes, place: int, index: int) -> None:
    rows[number * ROW : (number + 1) * ROW] = (
        kind + place.to_bytes(4, "big") + index.to_bytes(2, "big")
    )
