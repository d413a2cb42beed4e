"""What WeasyPrint itself is needed for: layouts that are not made yet, and receipts laid out whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.core.pdf import PdfError, PrintingLibrariesMissing
from portal.core.pdf.capture import LayoutRefused
from portal.core.pdf.compiled import CompiledLayout
from portal.receipts.paper import render_receipt
from portal.receipts.press.guard import DoesNotFit
from portal.receipts.press.layout import compile_shape
from portal.receipts.press.shape import Shape
from portal.receipts.press.store import LayoutStore
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """Layouts by key, None for one that is refused; how many of them were laid out just now."""

    layouts: Mapping[str, CompiledLayout | None]
    compiled: int = 0


class Maker(Protocol):
    """Makes layouts and lays receipts out whole; both raise PrintingLibrariesMissing."""

    def make(self, shapes: Sequence[Shape]) -> Made:
        """The layouts of these shapes, made where they are not kept."""

    def whole(self, order: PaperOrder, signature: bytes | None) -> PrintedPaper | PrintFault:
        """The receipt laid out by itself."""


class MakerHere:
    """Makes them in this process, which then holds WeasyPrint and what it has read.

    ``store`` keeps layouts for others; several processes may make them at once, each its own.
    """

    def __init__(self, store: LayoutStore | None = None) -> None:
        self._store = store

    def make(self, shapes: Sequence[Shape]) -> Made:
        """See Maker."""
        if self._store is None:
            layouts = {shape.key: _laid_out(shape) for shape in shapes}
            return Made(layouts, sum(layout is not None for layout in layouts.values()))
        return _shared(shapes, self._store)

    def whole(self, order: PaperOrder, signature: bytes | None) -> PrintedPaper | PrintFault:
        """See Maker."""
        try:
            paper = render_receipt(
                order.content,
                verify_url=order.verify_url,
                created_at=order.created_at,
                signature=signature,
            )
        except PrintingLibrariesMissing:
            raise
        except PdfError as error:
            return PrintFault(f"{type(error).__name__}: {error}")
        return PrintedPaper.whole(paper)


def _shared(shapes: Sequence[Shape], store: LayoutStore) -> Made:
    """What another process is making is asked for again at the end, when it is there."""
    layouts: dict[str, CompiledLayout | None] = {}
    compiled = 0
    waiting = list(shapes)
    for wait in (False, True):
        for shape in list(waiting):
            with store.turn(shape.key, wait=wait) as mine:
                if not mine:
                    continue
                layout = store.load(shape.key)
                if layout is None and (layout := _laid_out(shape)) is not None:
                    store.keep(shape.key, layout)
                    compiled += 1
                layouts[shape.key] = layout
                waiting.remove(shape)
    return Made(layouts, compiled)


def _laid_out(shape: Shape) -> CompiledLayout | None:
    """The layout of that shape; None when it is refused."""
    try:
        return compile_shape(shape)
    except PrintingLibrariesMissing:
        raise
    except (LayoutRefused, PdfError, DoesNotFit) as refusal:
        _log.warning("a layout of receipts was refused: %s", type(refusal).__name__)
        return None
