"""What an embedded font can draw beyond the words of one document: glyphs, their text and width.

Shaped with HarfBuzz from samples of writing, so that ligatures and the joined forms of Khmer are
among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import uharfbuzz

from portal.core.pdf.typefaces import FOLDER, vendored_fonts

Glyphs = Mapping[int, tuple[str, int]]
"""By glyph, the text it stands for and its width in thousandths of an em."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """By font file, samples of what it must be able to draw."""

    samples: Mapping[str, Sequence[str]]

    def glyphs(self, file: str) -> Glyphs:
        """What must be added to that font."""
        return _shaped(file, tuple(self.samples.get(file, ())))


@cache
def opened(file: str) -> uharfbuzz.Face:
    """The vendored font file of that name, for HarfBuzz."""
    return uharfbuzz.Face((FOLDER / file).read_bytes())


@cache
def _files() -> Mapping[str, str]:
    return {font.sha256: font.file for font in vendored_fonts()}


def file_of(program: bytes) -> str:
    """The vendored file with these bytes; raises KeyError for another font."""
    return _files()[hashlib.sha256(program).hexdigest()]


@cache
def _shaped(file: str, samples: tuple[str, ...]) -> Glyphs:
    face = opened(file)
    font = uharfbuzz.Font(face)
    known = frozenset(face.unicodes)
    found: dict[int, tuple[str, int]] = {}
    for sample in samples:
        if all(ord(character) in known for character in sample):
            _add(sample, font, face.upem, found)
    return found


def _add(sample: str, font: uharfbuzz.Font, em: int, found: dict[int, tuple[str, int]]) -> None:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(sample)
    buffer.guess_segment_properties()
    buffer.language = "fr"
    uharfbuzz.shape(font, buffer)
    for glyph, text in _texts(sample, [info.codepoint for info in buffer.glyph_infos], font):
        if glyph and glyph not in found:
            found[glyph] = (text, round(font.get_glyph_h_advance(glyph) * 1000 / em))


def _texts(sample: str, glyphs: Sequence[int], font: uharfbuzz.Font) -> Iterator[tuple[int, str]]:
    """By glyph its letter; glyphs that are no letter's own stand for the letters left over."""
    own = {font.get_nominal_glyph(ord(letter)): letter for letter in sample}
    left = "".join(letter for letter in sample if font.get_nominal_glyph(ord(letter)) not in glyphs)
    for glyph in glyphs:
        yield glyph, own.get(glyph) or left or sample


_LETTERS = tuple(
    chr(code)
    for code in (
        *range(0x20, 0x7F),
        *range(0xA0, 0x180),
        *(0x218, 0x219, 0x21A, 0x21B),
        *range(0x1EA0, 0x1EFA),
        *(0x2009, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),
        *(0x2022, 0x2026, 0x202F, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122),
    )
    if code != 0xAD
)
LATIN = (*_LETTERS, "ff", "fi", "fl", "ffi", "ffl", "fj", "ft", "tt", "ti", "tf", "Th", "ſt", "st")
"""The letters of the languages of Europe and of Vietnamese, French punctuation, and ligatures."""


def khmer() -> tuple[str, ...]:
    """Samples of Khmer: letters, signs, subscripts and vowels in the places they join in."""
    consonants = [chr(code) for code in range(0x1780, 0x17A3)]
    vowels = [chr(code) for code in range(0x17B6, 0x17C6)]
    signs = [chr(code) for code in (*range(0x17C6, 0x17D2), 0x17DD)]
    alone = [chr(code) for code in (*range(0x17A5, 0x17B4), *range(0x17D4, 0x17DD))]
    digits = [chr(code) for code in range(0x17E0, 0x17EA)]
    marks = [*vowels, *signs]
    below = [f"\u17d2{each}" for each in consonants]
    return (
        *consonants,
        *alone,
        *digits,
        " ",
        *(base + mark for base in consonants for mark in marks),
        *(base + under for base in consonants for under in below),
        *("ក" + under + mark for under in below for mark in marks),
        *("ប" + shift + vowel for shift in "\u17c9\u17ca" for vowel in vowels),
        *("ស" + shift + vowel for shift in "\u17c9\u17ca" for vowel in vowels),
        *("ក" + vowel + sign for vowel in vowels for sign in signs),
        *("ក" + under + "\u17d2រ" for under in below),
    )
