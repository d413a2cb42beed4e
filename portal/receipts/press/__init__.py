"""The press: many receipts, each the very document WeasyPrint would have made of it.

WeasyPrint lays each shape out once (``layout``), and receipts of that shape are filled in
(``fill``); whatever does not fit (``guard``) is laid out whole. See docs/rules/press.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice

from portal.core.pdf.compiled import CompiledLayout
from portal.receipts.paper_facts import receipt_xml
from portal.receipts.paper_words import attachment_words, title_words, words_on_paper
from portal.receipts.press.apart import MakerApart
from portal.receipts.press.fill import FilledLayout, Filling, pdf_day, pdf_text, xmp_day
from portal.receipts.press.guard import DoesNotFit, check_link, check_title
from portal.receipts.press.making import Maker, MakerHere
from portal.receipts.press.shape import Shape, shape_of
from portal.receipts.press.store import LayoutStore
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.qr_code import CodeFamily, as_path
from portal.receipts.rules.content import ModeBox

__all__ = ["DoesNotFit", "LayoutStore", "MakerApart", "Press", "Tally"]

LOOKED_AHEAD = 500
"""Orders looked at before the first of them is printed."""
RUN = 100
"""From so many receipts at once on, there are more like them where they come from."""
SEEN_IN_A_RUN, SEEN = 2, 3
"""So often a shape must be met to be worth one: laying it out costs as much as two receipts."""
HELD = 100
"""Layouts held in memory; those not used for longest go first."""


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
    ``maker`` makes them and lays out whole what must be: in this process unless told otherwise.
    """

    def __init__(
        self,
        store: LayoutStore | None = None,
        *,
        signature: bytes | None = None,
        maker: Maker | None = None,
    ) -> None:
        self.tally = Tally()
        self._store = store
        self._maker: Maker = maker or MakerHere(store)
        self._signature = signature
        self._layouts: OrderedDict[str, FilledLayout | None] = OrderedDict()
        self._seen: Counter[str] = Counter()
        self._left: frozenset[str] = frozenset()
        self._codes: dict[int, CodeFamily] = {}

    def print_many(self, orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        """The papers, one for one and in order; raises PrintingLibrariesMissing."""
        waiting = iter(orders)
        while batch := list(islice(waiting, LOOKED_AHEAD)):
            self._make_what_is_worth_it(batch)
            for order in batch:
                yield self._printed(order)

    def fill(self, order: PaperOrder) -> PrintedPaper:
        """The paper filled into the layout of its shape, which is made if need be.

        Raises DoesNotFit when it must be laid out whole.
        """
        shape = shape_of(order.content, order.verify_url, self._signature)
        if not self._is_known(shape.key):
            self._make([shape])
        layout = self._layouts[shape.key]
        if layout is None:
            raise DoesNotFit("shape")
        return self._filled(layout, order)

    def prepare(self, batch: Sequence[PaperOrder]) -> None:
        """Make the layouts worth making for these receipts, which are printed next."""
        self._left = frozenset()
        self._left = self._make_what_is_worth_it(batch)

    def _make_what_is_worth_it(self, batch: Sequence[PaperOrder]) -> frozenset[str]:
        """The shapes that are met too seldom, so that they are not counted twice."""
        shapes: dict[str, Shape] = {}
        met: Counter[str] = Counter()
        for order in batch:
            try:
                shape = shape_of(order.content, order.verify_url, self._signature)
            except DoesNotFit:
                continue
            met[shape.key] += 1
            shapes.setdefault(shape.key, shape)
        lacking = [key for key in met if key not in self._left and not self._is_known(key)]
        enough = SEEN_IN_A_RUN if len(batch) >= RUN else SEEN
        worth = [key for key in lacking if self._times_seen(key, met[key]) >= enough]
        self._make([shapes[key] for key in worth])
        return frozenset(lacking) - frozenset(worth)

    def _times_seen(self, key: str, times: int) -> int:
        if self._store is not None:
            return self._store.seen(key, times)
        self._seen[key] += times
        return self._seen[key]

    def _is_known(self, key: str) -> bool:
        """Whether there is a layout of that name, or it was refused; a kept one is read."""
        if key in self._layouts:
            self._layouts.move_to_end(key)
            return True
        kept = self._store.load(key) if self._store is not None else None
        if kept is None:
            return False
        self._hold(key, kept)
        return True

    def _make(self, shapes: Sequence[Shape]) -> None:
        """The layouts of these shapes made now; one that is refused is not tried again."""
        if not shapes:
            return
        made = self._maker.make(shapes)
        self.tally.compiled += made.compiled
        for key, layout in made.layouts.items():
            self._hold(key, layout)

    def _hold(self, key: str, layout: CompiledLayout | None) -> None:
        self._layouts[key] = FilledLayout(layout) if layout is not None else None
        while len(self._layouts) > HELD:
            self._layouts.popitem(last=False)

    def _printed(self, order: PaperOrder) -> PrintedPaper | PrintFault:
        try:
            shape = shape_of(order.content, order.verify_url, self._signature)
            layout = self._layouts.get(shape.key)
            if layout is None:
                raise DoesNotFit("rare")
            paper = self._filled(layout, order)
        except DoesNotFit as reason:
            self.tally.whole[reason.reason] += 1
            return self._maker.whole(order, self._signature)
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
