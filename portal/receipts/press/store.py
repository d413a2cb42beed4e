"""Compiled layouts kept on disk, so that a shape is laid out once and not once a process.

A file holds its own checksum and is put in place whole, so several processes may use one folder
and a damaged file is only a layout to be made again. Nothing in it is ever executed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path as FilePath
from threading import get_ident
from typing import Any

from portal.core.pdf.capture import Face
from portal.core.pdf.compiled import (
    Choice,
    CompiledLayout,
    Content,
    Path,
    Piece,
    Place,
    Template,
)

MAGIC = b"press layout 1\n"
KEPT = 600
"""Files of each sort that stay; those not used for longest go first."""
_DIGEST = 32
_CODEC = "latin-1"


class LayoutStore:
    """Layouts by key in a folder, which is made when it is needed."""

    def __init__(self, folder: FilePath) -> None:
        self._folder = folder

    def load(self, key: str) -> CompiledLayout | None:
        """The layout; None when there is none, or it is damaged (then it is removed)."""
        path = self._path(key, "layout")
        try:
            written = path.read_bytes()
            layout = _read(written)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            path.unlink(missing_ok=True)
            return None
        self._used(path)
        return layout

    def keep(self, key: str, layout: CompiledLayout) -> None:
        """Keep the layout; whoever else keeps the same at this moment keeps the same bytes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key, "layout")
        draft = path.with_suffix(f".{os.getpid()}-{get_ident()}.part")
        draft.write_bytes(_written(layout))
        draft.replace(path)
        self._path(key, "seen").unlink(missing_ok=True)
        self._forget("*.layout")
        self._forget("*.seen")

    @contextmanager
    def turn(self, key: str, *, wait: bool) -> Iterator[bool]:
        """While inside, no other process makes that layout; False when one does and ``wait`` is not set."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"turn-{key[:2]}.lock").open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def seen(self, key: str, times: int) -> int:
        """Note that the shape was met; how often it was, all told, while it had no layout."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path(key, "seen").open("ab") as noted:
            noted.write(b"." * times)
            return noted.tell()

    def _path(self, key: str, kind: str) -> FilePath:
        return self._folder / f"{key}.{kind}"

    def _used(self, path: FilePath) -> None:
        try:
            os.utime(path)
        except OSError:
            return

    def _forget(self, pattern: str) -> None:
        dated = []
        for path in self._folder.glob(pattern):
            try:
                dated.append((path.stat().st_mtime, path))
            except FileNotFoundError:
                continue
        for _when, path in sorted(dated)[:-KEPT]:
            path.unlink(missing_ok=True)


def _written(layout: CompiledLayout) -> bytes:
    said = {
        "offsets": _text(layout.offsets),
        "last": layout.last,
        "root": _text(layout.root),
        "info": layout.info,
        "contents": [
            [each.number, [_piece(one) for one in each.pieces]] for each in layout.contents
        ],
        "objects": [
            [each.number, [_text(part) for part in each.parts], list(each.holes), each.compressed]
            for each in layout.objects
        ],
        "faces": {
            name: [face.file, [[glyph, *of] for glyph, of in face.glyphs.items()]]
            for name, face in layout.faces.items()
        },
    }
    packed = zlib.compress(json.dumps(said).encode())
    body = len(packed).to_bytes(4, "big") + packed + layout.head
    return MAGIC + hashlib.sha256(body).digest() + body


def _read(written: bytes) -> CompiledLayout:
    digest, body = written[len(MAGIC) : len(MAGIC) + _DIGEST], written[len(MAGIC) + _DIGEST :]
    if not written.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise ValueError("not a layout, or a damaged one")
    end = 4 + int.from_bytes(body[:4], "big")
    said = json.loads(zlib.decompress(body[4:end]))
    return CompiledLayout(
        head=body[end:],
        offsets=_bytes(said["offsets"]),
        last=said["last"],
        root=_bytes(said["root"]),
        info=said["info"],
        contents=tuple(
            Content(number, tuple(_piece_from(one) for one in pieces))
            for number, pieces in said["contents"]
        ),
        objects=tuple(
            Template(number, tuple(map(_bytes, parts)), tuple(holes), compressed)
            for number, parts, holes, compressed in said["objects"]
        ),
        faces={
            name: _face(file, tuple((glyph, text, width) for glyph, text, width in glyphs))
            for name, (file, glyphs) in said["faces"].items()
        },
    )


@lru_cache(maxsize=256)
def _face(file: str, glyphs: tuple[tuple[int, str, int], ...]) -> Face:
    """Layouts with the same font hold it once."""
    return Face(file, {glyph: (text, width) for glyph, text, width in glyphs})


def _text(value: bytes) -> str:
    return value.decode(_CODEC)


def _bytes(value: str) -> bytes:
    return value.encode(_CODEC)


def _piece(piece: Piece) -> Any:
    if isinstance(piece, bytes):
        return _text(piece)
    fields = {name: getattr(piece, name) for name in piece.__slots__}
    plain = {
        name: ["b", _text(value)] if isinstance(value, bytes) else value
        for name, value in fields.items()
    }
    return {"piece": type(piece).__name__, **plain}


_PIECES: Mapping[str, Any] = {each.__name__: each for each in (Place, Choice, Path)}


def _piece_from(said: Any) -> Piece:
    if isinstance(said, str):
        return _bytes(said)
    made: Any = _PIECES[said.pop("piece")]
    values = {
        name: _bytes(value[1]) if isinstance(value, list) and value[:1] == ["b"] else value
        for name, value in said.items()
    }
    if "features" in values:
        values["features"] = tuple(values["features"])
    piece: Piece = made(**values)
    return piece
