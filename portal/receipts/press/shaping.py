"""Texts as glyphs, measured as Pango measures them (HarfBuzz, positions in 1/1024 pixel).

What comes out are the operators WeasyPrint would have written, so that a filled receipt is drawn
like one laid out whole. Text of one script whose letters stand side by side is put together from
a table of pairs learnt from HarfBuzz; where a pair is not enough (ligatures, marks, Khmer), the
whole text is shaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import uharfbuzz

from portal.core.pdf.capture import Face
from portal.core.pdf.compiled import Place
from portal.core.pdf.repertoire import opened
from portal.receipts.press.guard import DoesNotFit, check_text

UNITS = 1024
"""Pango's units to a pixel."""
CACHED = 20_000
"""Texts remembered by each shaper before it forgets them all."""
_COMPLEX = re.compile("[\u0590-\u109f\u1780-\u17ff\u19e0-\u19ff]")
_KEEPS_FONT = " \u00a0\u200b"


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text as operators from ``Tf`` to ``TJ``, its width in pixels and what it says.

    ``spoken`` is the entry /ActualText of a complex script (PDF 32000-1 §14.9.4), else empty.
    """

    operators: bytes
    width: float
    spoken: bytes


Glyph = tuple[int, int, int]
"""Glyph, advance in Pango units, and the correction in 1/1000 em that follows it."""


class Typeface:
    """A font of a document: which glyphs it holds, and HarfBuzz fonts of it by size."""

    def __init__(self, name: str, face: Face) -> None:
        self.name = name
        self.face = face
        self.characters = frozenset(opened(face.file).unicodes)
        self._fonts: dict[str, uharfbuzz.Font] = {}

    def font(self, size: str) -> uharfbuzz.Font:
        """The font at that size, scaled so that positions are in Pango units."""
        if size not in self._fonts:
            made = uharfbuzz.Font(opened(self.face.file))
            scale = round(float(size) * UNITS)
            made.scale = (scale, scale)
            self._fonts[size] = made
        return self._fonts[size]


@dataclass(slots=True)
class Shaper:
    """Shapes texts in one typeface at one size; ``others`` are asked for letters it lacks."""

    typeface: Typeface
    size: str
    features: Mapping[str, bool]
    others: Sequence[Typeface] = ()
    _known: dict[str, Shaped] = field(default_factory=dict)
    _pairs: dict[str, tuple[str, int] | None] = field(default_factory=dict)

    def __call__(self, text: str) -> Shaped:
        """Raises DoesNotFit for a text these fonts or this kind of place cannot hold."""
        shaped = self._known.get(text)
        if shaped is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            shaped = self._known[text] = self._shape(text)
        return shaped

    def _shape(self, text: str) -> Shaped:
        check_text(text)
        if not text.strip():
            return Shaped(b"", 0.0, b"")
        paired = self._from_pairs(text)
        if paired is not None:
            return paired
        return self._in_runs(text)

    def _from_pairs(self, text: str) -> Shaped | None:
        neighbours = [*map(str.__add__, text, text[1:]), text[-1]]
        pairs = self._pairs
        try:
            known = [pairs[pair] for pair in neighbours]
        except KeyError:
            pairs.update((pair, self._learn(pair)) for pair in neighbours if pair not in pairs)
            known = [pairs[pair] for pair in neighbours]
        side_by_side = [each for each in known if each is not None]
        if len(side_by_side) < len(known):
            return None
        fragments, advances = zip(*side_by_side, strict=True)
        advance = sum(advances)
        shown = f"[<{''.join(fragments)}>] TJ\n".replace("<>", "")
        return Shaped(self._font_operator(self.typeface) + shown.encode(), advance / UNITS, b"")

    def _learn(self, pair: str) -> tuple[str, int] | None:
        """The first letter before the second; None where the two are not simply side by side."""
        try:
            alone = [list(self._glyphs(self.typeface, letter)) for letter in pair]
            together = list(self._glyphs(self.typeface, pair))
        except DoesNotFit:
            return None
        side_by_side = (
            all(len(glyphs) == 1 for glyphs in alone)
            and [glyph for glyph, _, _ in together] == [glyphs[0][0] for glyphs in alone]
            and together[-1][1] == alone[-1][0][1]
        )
        if not side_by_side or _COMPLEX.search(pair):
            return None
        glyph, advance, correction = together[0]
        return f"{glyph:04x}" + (f">{correction}<" if correction else ""), advance

    def _glyphs(self, typeface: Typeface, text: str) -> Iterator[Glyph]:
        """The glyphs of a text, none of which may be raised or moved."""
        for glyph, advance, correction, across, up in self._positions(typeface, text):
            if across or up:
                raise DoesNotFit("marks", text)
            yield glyph, advance, int(correction)

    def _positions(
        self, typeface: Typeface, text: str
    ) -> Iterator[tuple[int, int, float, float, float]]:
        font, size = typeface.font(self.size), float(self.size)
        for info, position in _shape(font, text, self.features):
            known = typeface.face.glyphs.get(info.codepoint)
            if known is None or not info.codepoint:
                raise DoesNotFit("glyphs", text)
            across = position.x_offset / size
            correction = known[1] + across - position.x_advance * 1000 / UNITS / size
            yield info.codepoint, position.x_advance, correction, across, position.y_offset

    def _in_runs(self, text: str) -> Shaped:
        """The text cut into runs of one font each, as Pango cuts it."""
        operators, advance = [], 0
        for typeface, run in self._runs(text):
            operators.append(self._font_operator(typeface))
            shown = ""
            for glyph, width, correction, across, up in self._positions(typeface, run):
                advance += width
                if up:
                    operators += [_shown(shown), _raised(glyph, across, up)]
                    shown = ""
                else:
                    shown += (f">{-across}<" if across else "") + f"{glyph:04x}"
                if int(correction):
                    shown += f">{int(correction)}<"
            operators.append(_shown(shown))
        spoken = _spoken(text) if _COMPLEX.search(text) else b""
        return Shaped(b"".join(operators), advance / UNITS, spoken)

    def _runs(self, text: str) -> Sequence[tuple[Typeface, str]]:
        runs: list[tuple[Typeface, str]] = []
        current = self.typeface
        for letter in text:
            current = self._typeface_for(letter, current, text)
            if runs and runs[-1][0] is current:
                runs[-1] = current, runs[-1][1] + letter
            else:
                runs.append((current, letter))
        return runs

    def _typeface_for(self, letter: str, current: Typeface, text: str) -> Typeface:
        if letter in _KEEPS_FONT and ord(letter) in current.characters:
            return current
        for typeface in (self.typeface, *self.others):
            if ord(letter) in typeface.characters:
                return typeface
        raise DoesNotFit("letters", text)

    def _font_operator(self, typeface: Typeface) -> bytes:
        return f"/{typeface.name} {self.size} Tf\n".encode()


def _shape(
    font: uharfbuzz.Font, text: str, features: Mapping[str, bool]
) -> Sequence[tuple[uharfbuzz.GlyphInfo, uharfbuzz.GlyphPosition]]:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = "fr"
    uharfbuzz.shape(font, buffer, dict(features))
    return list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))


def _shown(glyphs: str) -> bytes:
    """One TJ; nothing for nothing."""
    written = f"<{glyphs}>".replace("<>", "")
    return f"[{written}] TJ\n".encode() if written else b""


def _raised(glyph: int, across: float, up: float) -> bytes:
    moved = f"{-across}" if across else ""
    rise = _number(up / 1000)
    return f"{rise} Ts\n[{moved}<{glyph:04x}>] TJ\n0 Ts\n".encode()


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:f}".rstrip("0")


def _spoken(text: str) -> bytes:
    said = text.replace("\u200b", "").encode("utf-16-be").hex()
    return b"/ActualText <feff" + said.encode() + b">"


@lru_cache(maxsize=256)
def _typeface(name: str, file: str, glyphs: tuple[tuple[int, tuple[str, int]], ...]) -> Typeface:
    return Typeface(name, Face(file, dict(glyphs)))


@lru_cache(maxsize=256)
def _shaper(typefaces: tuple[Typeface, ...], size: str, features: tuple[str, ...]) -> Shaper:
    return Shaper(typefaces[0], size, dict.fromkeys(features, True), typefaces[1:])


def shapers(faces: Mapping[str, Face]) -> Callable[[Place], Shaper]:
    """By place the shaper of its texts; layouts with the same fonts share them and their memory."""
    typefaces = {
        name: _typeface(name, face.file, tuple(face.glyphs.items())) for name, face in faces.items()
    }
    by_file = {typeface.face.file: typeface for typeface in typefaces.values()}

    def shaper(place: Place) -> Shaper:
        own = typefaces[place.face]
        other = by_file.get(own.face.file.replace("NotoSans-", "NotoSansKhmer-"))
        others = (other,) if other is not None and other is not own else ()
        return _shaper((own, *others), place.size, place.features)

    return shaper
