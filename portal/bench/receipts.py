"""What a receipt costs filled in by the press, beside WeasyPrint laying out each one afresh.

The same receipts, the same deliverable (PDF/A-3a, PDF/UA-1, attached XML), in one process, in
turns; processor time only. The baseline is ``HTML(string).write_pdf`` as ``render_receipt`` does
it, with a font configuration of its own and the style parsed for each receipt. What the press
lays out whole is inside its time.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from portal.bench.receipt_orders import orders, run_of
from portal.core.pdf.engine import begin_afresh
from portal.receipts.paper import render_receipt
from portal.receipts.press import LayoutStore, Press
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault

MOST_ROWS: Final = 60
RESOLUTION: Final = "110"


class PressFault(RuntimeError):
    """A receipt of the measurement could not be printed."""


@dataclass(frozen=True, slots=True)
class PressFigures:
    """Milliseconds of processor time a receipt; ``ratio`` is the median over the rounds,
    whose layouts are made before.

    ``cold_ratio``: a batch of ``cold_receipts`` with no layout made yet. ``identical_*``: of
    ``compared`` receipts, filled in and laid out whole, whether every one gave the same pixels,
    the same text (three ways of reading it) and the same tags. ``rss_mb``: the most memory held.
    """

    receipts: int
    rounds: int
    ratio: float
    ratio_least: float
    naive_ms: float
    press_ms: float
    cold_receipts: int
    cold_ms: float
    cold_ratio: float
    layouts: int
    fallback_share: float
    compared: int
    identical_pixels: bool
    identical_text: bool
    identical_tags: bool
    mb_kept: float
    rss_mb: float


def measure_press(*, receipts: int, rounds: int, naive: int, cold: int, every: int) -> PressFigures:
    """``receipts`` a round by the press, ``naive`` afresh; ``every``: which row counts to compare."""
    with TemporaryDirectory(prefix="press-") as folder:
        store = LayoutStore(Path(folder))
        press = Press(store)
        cold_ms = _cold(press, cold)
        rss = _rss_mb()
        press.prepare(list(orders(receipts * rounds)))
        pairs = [_round(press, number, receipts, naive) for number in range(rounds)]
        shares = press.tally.whole_share
        kept = _megabytes(Path(folder))
        verdicts = [_compared(press, rows) for rows in range(1, MOST_ROWS + 1, every)]
    ratios = [plain / pressed for plain, pressed in pairs]
    naive_ms = statistics.median(plain for plain, _pressed in pairs)
    return PressFigures(
        receipts=receipts,
        rounds=rounds,
        ratio=round(statistics.median(ratios), 1),
        ratio_least=round(min(ratios), 1),
        naive_ms=round(naive_ms, 1),
        press_ms=round(statistics.median(pressed for _plain, pressed in pairs), 3),
        cold_receipts=cold,
        cold_ms=round(cold_ms, 3),
        cold_ratio=round(naive_ms / cold_ms, 1),
        layouts=press.tally.compiled,
        fallback_share=round(shares, 5),
        compared=len(verdicts),
        identical_pixels=all(verdict[0] for verdict in verdicts),
        identical_text=all(verdict[1] for verdict in verdicts),
        identical_tags=all(verdict[2] for verdict in verdicts),
        mb_kept=round(kept, 1),
        rss_mb=round(rss, 1),
    )


def _cold(press: Press, count: int) -> float:
    """A first batch in the order of a run, the making of its layouts included."""
    begun = time.process_time()
    for _paper in _printed(press.print_many(run_of(count, first=1_000_000))):
        pass
    return (time.process_time() - begun) * 1000 / count


def _round(press: Press, number: int, receipts: int, naive: int) -> tuple[float, float]:
    """One turn of each: milliseconds a receipt afresh, and by the press."""
    sample = list(orders(naive, first=1 + number * receipts))
    plain = _timed(lambda: [_afresh(order) for order in sample]) / naive
    begin_afresh()
    batch = list(orders(receipts, first=1 + number * receipts))
    pressed = _timed(lambda: [None for _ in _printed(press.print_many(batch))]) / receipts
    return plain, pressed


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def _printed(papers: Iterable[PrintedPaper | PrintFault]) -> Iterator[PrintedPaper]:
    for paper in papers:
        if isinstance(paper, PrintFault):
            raise PressFault(paper.reason)
        yield paper


def _afresh(order: PaperOrder) -> bytes:
    begin_afresh()
    return _whole(order)


def _whole(order: PaperOrder) -> bytes:
    return render_receipt(order.content, verify_url=order.verify_url, created_at=order.created_at)


def _compared(press: Press, rows: int) -> tuple[bool, bool, bool]:
    """Whether the two papers of a receipt with so many payments are the same to whoever reads."""
    order = next(each for each in orders(9, first=2_000_000 + rows * 10, rows=rows))
    filled, whole = press.fill(order).content, _whole(order)
    pixels = ["pdftoppm", "-r", RESOLUTION]
    texts = [["pdftotext", *how] for how in ([], ["-layout"], ["-raw"])]
    return (
        _read(pixels, filled) == _read(pixels, whole),
        all(_read([*how, "-", "-"], filled) == _read([*how, "-", "-"], whole) for how in texts),
        _tags(filled) == _tags(whole),
    )


def _read(command: Sequence[str], paper: bytes) -> bytes:
    return subprocess.run(command, input=paper, capture_output=True, check=True).stdout


def _tags(paper: bytes) -> list[str]:
    """The tag tree, its marks and descriptions in their order."""
    from io import BytesIO

    import pikepdf

    said: list[str] = []

    def walk(entry: object) -> None:
        if isinstance(entry, pikepdf.Array):
            for each in entry:
                walk(each)
        elif isinstance(entry, pikepdf.Dictionary):
            said.append(f"{entry.get('/S', entry.get('/Type'))} {entry.get('/Alt', '')}")
            walk(entry.get("/K", pikepdf.Array()))
        else:
            said.append(str(entry))

    with pikepdf.open(BytesIO(paper)) as opened:
        walk(opened.Root.StructTreeRoot.K)
    return said


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
