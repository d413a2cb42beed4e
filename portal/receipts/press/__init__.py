"""The press: many receipts, each the very document WeasyPrint would have made of it.

WeasyPrint lays each shape out once (``layout``), and receipts of that shape are filled in
(``fill``); whatever does not fit (``guard``) is laid out whole. See docs/rules/press.md.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice

from portal.core.pdf import PdfError, PrintingLibrariesMissing
from portal.core.pdf.capture import LayoutRefused
from portal.receipts.paper import render_receipt
from portal.receipts.paper_facts import receipt_xml
from portal.receipts.paper_words import attachment_words, title_words, words_on_paper
from portal.receipts.press.fill import FilledLayout, Filling, pdf_day, pdf_text, xmp_day
from portal.receipts.press.guard import DoesNotFit, check_link, check_title
from portal.receipts.press.layout import compile_shape
from portal.receipts.press.shape import Shape, shape_of
from portal.receipts.press.store import LayoutStore
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.qr_code import CodeFamily, as_path
from portal.receipts.rules.content import ModeBox

__all__ = ["DoesNotFit", "LayoutStore", "Press", "Tally"]

LOOKED_AHEAD = 500
"""Orders looked at before the first of them is printed."""
RUN = 100
"""From so many receipts at once on, every shape among them is worth a layout of its own."""
SEEN = 3
"""Otherwise a shape is worth one when it is met for the third time."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """How receipts were printed: filled in, or laid out whole and why (``whole``)."""

    filled: int = 0
    compiled: int = 0
    whole: Counter[str] = field(default_factory=Counter)

    @property
    def whole_share(self) -> float:
        """Of all receipts printed, the part that was laid out whole."""
        printed = self.filled + self.whole.total()
        return self.whole.total() / printed if printed else 0.0


class Press:
    """Prints receipts; ``signature`` is a PNG or JPEG of the signatory's hand.

    ``store`` keeps layouts for other presses; without one they live as long as this press.
    """

    def __init__(self, store: LayoutStore | None = None, *, signature: bytes | None = None) -> None:
        self.tally = Tally()
        self._store = store
        self._signature = signature
        self._layouts: dict[str, FilledLayout | None] = {}
        self._seen: Counter[str] = Counter()
        self._codes: dict[int, CodeFamily] = {}

    def print_many(self, orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        """The papers, one for one and in order; raises PrintingLibrariesMissing."""
        waiting = iter(orders)
        while batch := list(islice(waiting, LOOKED_AHEAD)):
            self.prepare(batch)
            for order in batch:
                yield self._printed(order)

    def fill(self, order: PaperOrder) -> PrintedPaper:
        """The paper filled into the layout of its shape, which is made if need be.

        Raises DoesNotFit when it must be laid out whole.
        """
        shape = shape_of(order.content, order.verify_url, self._signature)
        layout = self._known(shape.key) or self._compiled(shape)
        if layout is None:
            raise DoesNotFit("shape")
        return self._filled(layout, order)

    def prepare(self, batch: Sequence[PaperOrder]) -> None:
        """Make the layouts worth making for these receipts."""
        shapes: dict[str, Shape] = {}
        met: Counter[str] = Counter()
        for order in batch:
            try:
                shape = shape_of(order.content, order.verify_url, self._signature)
            except DoesNotFit:
                continue
            met[shape.key] += 1
            shapes.setdefault(shape.key, shape)
        for key, times in met.items():
            if key in self._layouts or self._known(key) is not None:
                continue
            if len(batch) >= RUN or self._times_seen(key, times) >= SEEN:
                self._compiled(shapes[key])

    def _times_seen(self, key: str, times: int) -> int:
        if self._store is not None:
            return self._store.seen(key, times)
        self._seen[key] += times
        return self._seen[key]

    def _known(self, key: str) -> FilledLayout | None:
        if key not in self._layouts and self._store is not None:
            kept = self._store.load(key)
            if kept is not None:
                self._layouts[key] = FilledLayout(kept)
        return self._layouts.get(key)

    def _compiled(self, shape: Shape) -> FilledLayout | None:
        """The layout of that shape made now; None, and never tried again, when it is refused."""
        if shape.key in self._layouts:
            return self._layouts[shape.key]
        try:
            layout = compile_shape(shape)
        except PrintingLibrariesMissing:
            raise
        except (LayoutRefused, PdfError, DoesNotFit) as refusal:
            _log.warning("a layout of receipts was refused: %s", type(refusal).__name__)
            self._layouts[shape.key] = None
            return None
        self.tally.compiled += 1
        if self._store is not None:
            self._store.keep(shape.key, layout)
        made = self._layouts[shape.key] = FilledLayout(layout)
        return made

    def _printed(self, order: PaperOrder) -> PrintedPaper | PrintFault:
        try:
            shape = shape_of(order.content, order.verify_url, self._signature)
            layout = self._layouts.get(shape.key)
            if layout is None:
                raise DoesNotFit("rare")
            paper = self._filled(layout, order)
        except DoesNotFit as reason:
            self.tally.whole[reason.reason] += 1
            return self._whole(order)
        self.tally.filled += 1
        return paper

    def _filled(self, layout: FilledLayout, order: PaperOrder) -> PrintedPaper:
        tail, sha256 = layout.fill(self._filling(order))
        return PrintedPaper(layout.head, tail, sha256)

    def _filling(self, order: PaperOrder) -> Filling:
        content, link = order.content, order.verify_url or ""
        check_link(link)
        title = title_words(content.number)
        check_title(title)
        instant = order.created_at.astimezone(UTC)
        attached = receipt_xml(content)
        return Filling(
            texts=words_on_paper(content, link),
            chosen={box.value: box in content.modes for box in ModeBox},
            paths={"qr": self._code(link)},
            holes={
                "title": pdf_text(title),
                "title in XML": title.encode(),
                "description": pdf_text(attachment_words(content.number)),
                "created": pdf_day(instant),
                "created in XML": xmp_day(instant),
                "link": link.encode(),
                "attached": attached,
                "checksum": hashlib.md5(attached, usedforsecurity=False).hexdigest().encode(),
                "size": b"/Size %d" % len(attached),
            },
        )

    def _code(self, link: str) -> bytes:
        family = self._codes.get(len(link))
        modules = family.modules(link) if family else None
        if modules is None:
            family = self._codes[len(link)] = CodeFamily(link)
            modules = family.modules(link)
        if modules is None:
            raise DoesNotFit("address")
        return as_path(modules)

    def _whole(self, order: PaperOrder) -> PrintedPaper | PrintFault:
        try:
            paper = render_receipt(
                order.content,
                verify_url=order.verify_url,
                created_at=order.created_at,
                signature=self._signature,
            )
        except PrintingLibrariesMissing:
            raise
        except PdfError as error:
            return PrintFault(f"{type(error).__name__}: {error}")
        return PrintedPaper.whole(paper)
