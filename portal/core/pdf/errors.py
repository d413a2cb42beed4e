"""What can go wrong when a document is printed, each with its own name."""

from __future__ import annotations

from collections.abc import Iterable


class PdfError(Exception):
    """A document could not be printed."""


class PrintingLibrariesMissing(PdfError):
    """The system libraries that shape and subset fonts are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Documents cannot be printed: install the Debian packages"
            " libpangoft2-1.0-0 libharfbuzz-subset0."
        )


class RefusedResource(PdfError):
    """The document asks for something other than our own assets and the given images."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"a document may not fetch {address!r}")


class UnknownAsset(PdfError):
    """No packaged file has that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no asset named {name!r}")


class UnknownImage(PdfError):
    """The document shows an image that was not handed in."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"no image was given under the name {key!r}")


class MissingGlyphs(PdfError):
    """The text has characters that none of our fonts can draw (``characters``)."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = frozenset(characters)
        listed = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(self.characters))
        super().__init__(f"our fonts cannot draw {listed}")


class DocumentFault(PdfError):
    """The layout engine complained (broken image, unknown style, missing description)."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("; ".join(self.complaints))
