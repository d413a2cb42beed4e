"""A compiled layout filled in: the tail that, after the layout's head, makes a receipt's file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from isal import isal_zlib

from portal.core.pdf.compiled import Choice, CompiledLayout, Content, Path, Piece, Place, Template
from portal.core.pdf.freezing import ROW
from portal.receipts.press.guard import MARGIN, DoesNotFit
from portal.receipts.press.shaping import Shaper, shapers

LEVEL = 2
"""Of ISA-L's deflate: nearly as small as zlib's best, in a fifteenth of the time."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What one receipt puts into its layout: texts, choices and paths by name, and the holes."""

    texts: Mapping[str, str]
    chosen: Mapping[str, bool]
    paths: Mapping[str, bytes]
    holes: Mapping[str, bytes]


Part = Callable[[Filling], bytes]


class FilledLayout:
    """A layout ready to be filled, many times."""

    def __init__(self, layout: CompiledLayout) -> None:
        self.head = layout.head
        # What has become parts is not held a second time.
        self._layout = replace(layout, contents=(), faces={})
        shaper = shapers(layout.faces)
        self._contents = [(content.number, _parts(content, shaper)) for content in layout.contents]
        self._identity = hashlib.md5(layout.head, usedforsecurity=False)
        self._digest = hashlib.sha256(layout.head)

    def fill(self, filling: Filling) -> tuple[bytes, str]:
        """The tail of the file and the SHA-256 (hexadecimal) of head and tail; raises DoesNotFit."""
        writer = _Writer(self._layout, self._identity.copy())
        for number, parts in self._contents:
            drawn = isal_zlib.compress(b"".join([part(filling) for part in parts]), LEVEL)
            writer.add(number, _stream(b"<</Filter /FlateDecode", drawn))
        for template in self._layout.objects:
            writer.add(template.number, _filled(template, filling.holes))
        tail = writer.end()
        digest = self._digest.copy()
        digest.update(tail)
        return tail, digest.hexdigest()


class _Writer:
    """Appends objects after the head and notes where each begins."""

    def __init__(self, layout: CompiledLayout, identity: hashlib._Hash) -> None:
        self._layout = layout
        self._offset = len(layout.head)
        self._rows = bytearray(layout.offsets)
        self._out: list[bytes] = []
        self._identity = identity

    def add(self, number: int, body: bytes) -> None:
        self._begin(number)
        written = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._identity.update(body)
        self._append(written)

    def end(self) -> bytes:
        """The cross-reference stream and what follows it; everything appended."""
        place, number = self._offset, self._layout.last + 1
        self._begin(number)
        identity = self._identity.hexdigest().encode()
        rows = isal_zlib.compress(bytes(self._rows), LEVEL)
        entries = b"<</Type /XRef/Size %d/W [1 4 2]/Root %b/Info %d 0 R/ID [<%b><%b>]" % (
            number + 1,
            self._layout.root,
            self._layout.info,
            identity,
            identity,
        )
        stream = _stream(entries + b"/Filter /FlateDecode", rows)
        self._append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, stream, place))
        return b"".join(self._out)

    def _begin(self, number: int) -> None:
        row = b"\1" + self._offset.to_bytes(4, "big") + b"\0\0"
        self._rows[number * ROW : (number + 1) * ROW] = row

    def _append(self, written: bytes) -> None:
        self._out.append(written)
        self._offset += len(written)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def _filled(template: Template, holes: Mapping[str, bytes]) -> bytes:
    written = [template.parts[0]]
    for hole, part in zip(template.holes, template.parts[1:], strict=True):
        written += (holes[hole], part)
    whole = b"".join(written)
    if not template.compressed:
        return whole
    entries, _nul, body = whole.partition(b"\0")
    return _stream(entries, isal_zlib.compress(body, LEVEL))


def _parts(content: Content, shaper: Callable[[Place], Shaper]) -> list[Part]:
    """What writes each piece; unchanging bytes are joined with the place that follows them."""
    parts: list[Part] = []
    before = b""
    for piece in content.pieces:
        if isinstance(piece, bytes):
            before += piece
        else:
            parts.append(_part(before, piece, shaper))
            before = b"ET\nEMC\n" if isinstance(piece, Place) else b""
    parts.append(lambda _filling: before)
    return parts


def _part(before: bytes, piece: Piece, shaper: Callable[[Place], Shaper]) -> Part:
    if isinstance(piece, Place):
        return _text(before, piece, shaper(piece))
    if isinstance(piece, Choice):
        name, yes, no = piece.name, before + piece.yes, before + piece.no
        return lambda filling: yes if filling.chosen[name] else no
    if isinstance(piece, Path):
        path = piece.name
        return lambda filling: before + filling.paths[path]
    raise TypeError(piece)


def _text(before: bytes, place: Place, shape: Shaper) -> Part:
    name, at, room = place.name, place.at, place.room - MARGIN
    opened = before + place.mark
    plain = opened + place.to_x
    fixed = plain + place.x + place.from_x
    to_x, from_x = place.to_x, place.from_x
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[place.anchor]

    def left(filling: Filling) -> bytes:
        shaped = shape(filling.texts[name])
        if shaped.width > room:
            raise DoesNotFit("width", name)
        if shaped.spoken:
            return b"".join((opened, shaped.spoken, to_x, place.x, from_x, shaped.operators))
        return fixed + shaped.operators

    def moved(filling: Filling) -> bytes:
        shaped = shape(filling.texts[name])
        if shaped.width > room:
            raise DoesNotFit("width", name)
        x = b"%.6f" % (at - shaped.width * share)
        return b"".join((opened, shaped.spoken, to_x, x, from_x, shaped.operators))

    return moved if share else left


def pdf_day(instant: datetime) -> bytes:
    """``D:20260115090000Z`` (ISO 32000-1 §7.9.4); the instant is in UTC."""
    return instant.strftime("D:%Y%m%d%H%M%SZ").encode()


def xmp_day(instant: datetime) -> bytes:
    """``2026-01-15T09:00:00Z``; the instant is in UTC."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ").encode()


def pdf_text(text: str) -> bytes:
    """A text string that is not plain ASCII: UTF-16 with its mark (ISO 32000-1 §7.9.2.2)."""
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"
