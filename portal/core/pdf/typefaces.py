"""The vendored fonts: which they are, what they can draw, and a fontconfig that sees no other.

``fonts/fonts.json`` lists every file with its SHA-256; ``tools/vendor_fonts.py`` checks it.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent / "fonts"
_PINNED = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT")
_FONTCONFIG = """<?xml version="1.0"?>
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="same"><family>sans-serif</family>
    <prefer><family>Noto Sans</family><family>Noto Sans Khmer</family></prefer></alias>
  <alias binding="same"><family>serif</family>
    <prefer><family>Noto Serif</family><family>Noto Sans Khmer</family></prefer></alias>
</fontconfig>
"""


@dataclass(frozen=True, slots=True)
class FontFile:
    """One vendored font file, as the manifest describes it."""

    file: str
    family: str
    licence: str
    sha256: str
    subset: str = ""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / self.file


def vendored_fonts() -> tuple[FontFile, ...]:
    """The fonts of the manifest, in its order."""
    manifest = json.loads((FOLDER / "fonts.json").read_text("utf-8"))
    return tuple(FontFile(**entry) for entry in manifest["fonts"])


@contextmanager
def only_our_fonts() -> Iterator[None]:
    """Fontconfig, when it initialises inside this block, sees the vendored fonts and no other."""
    before = {name: os.environ.pop(name, None) for name in _PINNED}
    try:
        with TemporaryDirectory(prefix="fontconfig-") as folder:
            config = Path(folder) / "fonts.conf"
            fonts, cached = escape(str(FOLDER)), escape(str(Path(folder) / "cache"))
            config.write_text(_FONTCONFIG.format(fonts=fonts, cache=cached), "utf-8")
            os.environ["FONTCONFIG_FILE"] = str(config)
            yield
    finally:
        os.environ.pop("FONTCONFIG_FILE", None)
        os.environ.update({name: value for name, value in before.items() if value is not None})


@cache
def _drawable() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    code_points: set[int] = set()
    for font in vendored_fonts():
        with TTFont(font.path, lazy=True) as opened:
            code_points.update(opened.getBestCmap())
    return frozenset(code_points)


def _is_drawable(character: str) -> bool:
    if ord(character) in _drawable() or unicodedata.category(character) in {"Cc", "Cf"}:
        return True
    parts = unicodedata.normalize("NFD", character)
    return parts != character and all(ord(part) in _drawable() for part in parts)


def missing_glyphs(text: str) -> frozenset[str]:
    """The characters of the text that no vendored font can draw; empty when all can be printed."""
    composed = unicodedata.normalize("NFC", text)
    return frozenset(character for character in set(composed) if not _is_drawable(character))
