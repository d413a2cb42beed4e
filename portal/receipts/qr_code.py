"""The square code on a receipt: an address as dark and light modules (ISO/IEC 18004).

Always bytes, error correction M and one mask. With these fixed the modules are a linear image
of the bits of the text: a text of the same length differs from another by the exclusive or of
what its differing bits change. :class:`CodeFamily` draws whole years of codes by that alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import segno

INK = "#1f2a44"
_MASK = 2
_BYTE = 8
_DARK = re.compile("1+")


@dataclass(frozen=True, slots=True)
class Modules:
    """A code: ``size`` rows of ``size`` modules, row by row as the bits of one number."""

    size: int
    bits: int

    @property
    def rows(self) -> Sequence[bytes]:
        """Each row as bytes, the first module in the highest bit; zeros fill the last byte."""
        width = -(-self.size // _BYTE) * _BYTE
        mask = (1 << self.size) - 1
        return [
            (
                ((self.bits >> (self.size - 1 - row) * self.size) & mask) << (width - self.size)
            ).to_bytes(width // _BYTE, "big")
            for row in range(self.size)
        ]


def modules_of(text: str) -> Modules:
    """The code of an ASCII text."""
    code = segno.make(text, error="m", mode="byte", mask=_MASK, boost_error=False, micro=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.matrix]
    return Modules(len(rows), int("".join(rows), 2))


@cache
def _bars(row: int, column: int, byte: int) -> tuple[tuple[int, int, int], ...]:
    """Where each run of dark modules in these eight begins, ends and lies: left, right, top."""
    return tuple(
        (column + run.start(), column + run.end(), row) for run in _DARK.finditer(f"{byte:08b}")
    )


def _eights(modules: Modules) -> Iterator[tuple[int, int, int]]:
    for row, dark in enumerate(modules.rows):
        for place, byte in enumerate(dark):
            if byte:
                yield row, place * _BYTE, byte


def as_svg(modules: Modules) -> bytes:
    """The code as one filled path."""
    path = "".join(
        f"M{left} {top}H{right}V{top + 1}H{left}Z"
        for eight in _eights(modules)
        for left, right, top in _bars(*eight)
    )
    size = modules.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 {size} {size}"><path fill="{INK}" d="{path}"/></svg>'
    ).encode()


@cache
def _strokes(row: int, column: int, byte: int) -> bytes:
    return b"".join(
        b"%d %d m\n%d %d l\n%d %d l\n%d %d l\nh\n"
        % (left, top, right, top, right, top + 1, left, top + 1)
        for left, right, top in _bars(row, column, byte)
    )


def as_path(modules: Modules) -> bytes:
    """The same path in the operators of a PDF (ISO 32000-1 §8.5.2), each on its line."""
    return b"".join([_strokes(*eight) for eight in _eights(modules)])


class CodeFamily:
    """All codes of texts that begin alike and are equally long."""

    def __init__(self, text: str) -> None:
        self._like = text.encode("ascii")
        self._base = modules_of(text)
        self._changes: dict[int, int] = {}

    def modules(self, text: str) -> Modules | None:
        """The code of that text; None when it is not of this family."""
        if not text.isascii() or len(text) != len(self._like):
            return None
        differing = int.from_bytes(text.encode("ascii"), "big") ^ int.from_bytes(self._like, "big")
        bits = self._base.bits
        while differing:
            bit = differing & -differing
            bits ^= self._change(bit)
            differing ^= bit
        return Modules(self._base.size, bits)

    def _change(self, bit: int) -> int:
        """What one flipped bit of the text changes."""
        if bit not in self._changes:
            flipped = int.from_bytes(self._like, "big") ^ bit
            text = flipped.to_bytes(len(self._like), "big").decode("ascii")
            self._changes[bit] = modules_of(text).bits ^ self._base.bits
        return self._changes[bit]
