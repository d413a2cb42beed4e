"""WeasyPrint, loaded on first use with our fonts only, used by one thread at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from threading import RLock
from typing import TYPE_CHECKING, Any

from portal.core.pdf.assets import read_asset
from portal.core.pdf.errors import (
    DocumentFault,
    MissingGlyphs,
    PdfError,
    PrintingLibrariesMissing,
)
from portal.core.pdf.typefaces import only_our_fonts

if TYPE_CHECKING:
    from portal.core.pdf.fetcher import OwnFilesFetcher

_LOGGER = logging.getLogger("weasyprint")
_turn = RLock()
_loaded: Engine | None = None


@dataclass(frozen=True)
class Engine:
    """The loaded library and the font configuration all documents share."""

    weasyprint: Any
    font_configuration: Any
    fetcher: type[OwnFilesFetcher]
    _styles: dict[str, Any] = field(default_factory=dict)

    def style(self, name: str) -> Any:
        """Our stylesheet of that name, read once; a stylesheet may name assets, but no images."""
        if name not in self._styles:
            self._styles[name] = self.weasyprint.CSS(
                string=read_asset(name).decode(),
                url_fetcher=self.fetcher({}),
                font_config=self.font_configuration,
            )
        return self._styles[name]


def _import_weasyprint() -> Any:
    try:
        # WeasyPrint prints advice before it fails; standard output is not its own.
        with redirect_stdout(StringIO()):
            import weasyprint
    except OSError as error:
        raise PrintingLibrariesMissing from error
    return weasyprint


def _load() -> Engine:
    with only_our_fonts():
        weasyprint = _import_weasyprint()
        # Only now: these import WeasyPrint, which reads its fonts when it is imported.
        from weasyprint.text.fonts import FontConfiguration

        from portal.core.pdf import readable_text
        from portal.core.pdf.fetcher import OwnFilesFetcher

        readable_text.install()
        return Engine(weasyprint, FontConfiguration(), OwnFilesFetcher)


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint would only have logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self.without_glyph: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.without_glyph.add(str(record.args[0]))
        else:
            self.messages.append(record.getMessage())

    def raise_any(self) -> None:
        if self.without_glyph:
            raise MissingGlyphs(self.without_glyph)
        if self.messages:
            raise DocumentFault(self.messages)


@contextmanager
def _nothing_unsaid() -> Iterator[None]:
    """Turns what WeasyPrint logs as a warning or an error into a named error."""
    complaints = _Complaints()
    before, _LOGGER.propagate = _LOGGER.propagate, False
    level = _LOGGER.level
    _LOGGER.setLevel(logging.WARNING)
    _LOGGER.addHandler(complaints)
    try:
        yield
    finally:
        _LOGGER.removeHandler(complaints)
        _LOGGER.setLevel(level)
        _LOGGER.propagate = before
    complaints.raise_any()


@contextmanager
def engine_for(images: Mapping[str, bytes]) -> Iterator[tuple[Engine, OwnFilesFetcher]]:
    """The engine and a fetcher for one document; other threads wait until it is printed.

    Raises PrintingLibrariesMissing, the first refusal of the fetcher, MissingGlyphs or
    DocumentFault.
    """
    global _loaded  # noqa: PLW0603 - one engine a process, guarded by the lock
    with _turn:
        if _loaded is None:
            _loaded = _load()
        fetcher = _loaded.fetcher(images)
        try:
            with _nothing_unsaid():
                yield _loaded, fetcher
        except PdfError as error:
            raise fetcher.refusal or error from error
        except BaseException as error:
            if fetcher.refusal is not None:
                raise fetcher.refusal from error
            raise
        if fetcher.refusal is not None:
            raise fetcher.refusal


def begin_afresh() -> None:
    """The next document starts with a font configuration of its own, as in a new process."""
    global _loaded  # noqa: PLW0603 - one engine a process, guarded by the lock
    with _turn:
        _loaded = None
