"""Layouts are made by a process of its own, each once however many ask for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from portal.core.pdf.compiled import CompiledLayout
from portal.receipts.press import LayoutStore, MakerApart, Press, making
from portal.receipts.press.making import MakerHere
from portal.receipts.press.shape import Shape, shape_of
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.rules.content import ReceiptContent, ReceiptKind
from tests.unit.receipts.conftest import MakeReceipt, monthly

LINK = "https://sourire.example.org/fr/verify/7KQ2-M9XD-41TB"


def order(content: ReceiptContent) -> PaperOrder:
    return PaperOrder(content, LINK, datetime(2026, 1, 15, 9, tzinfo=UTC))


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[MakerApart]:
    maker = MakerApart(tmp_path)
    yield maker
    maker.close()


def processes() -> set[int]:
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return {int(each) for each in mine.split()}


def test_what_another_process_lays_out_is_the_same_even_after_it_was_killed(
    apart: MakerApart, tmp_path: Path, make_receipt: MakeReceipt
) -> None:
    before = processes()
    single = order(make_receipt(kind=ReceiptKind.SINGLE, payments=monthly(1)))
    press = Press(LayoutStore(tmp_path), maker=apart)
    filled = press.fill(single)
    assert press.tally.compiled == 1
    (working,) = processes() - before
    os.kill(working, signal.SIGKILL)
    whole = apart.whole(single, None)
    assert whole == MakerHere().whole(single, None)
    assert filled == Press().fill(single)
    apart.close()
    assert processes() == before


def test_what_cannot_be_printed_is_told_by_the_other_process_too(
    apart: MakerApart, make_receipt: MakeReceipt
) -> None:
    unprintable = make_receipt(number="2025-00000☃王", payments=monthly(1))
    told = apart.whole(order(unprintable), None)
    assert isinstance(told, PrintFault)
    assert told.reason.startswith("MissingGlyphs")


class Unguarded(LayoutStore):
    @contextmanager
    def turn(self, key: str, *, wait: bool) -> Iterator[bool]:
        yield True


@pytest.mark.parametrize(("store", "laid_out"), [(LayoutStore, 1), (Unguarded, 2)])
def test_two_who_need_a_layout_at_once_lay_it_out_once(
    store: type[LayoutStore],
    laid_out: int,
    tmp_path: Path,
    make_receipt: MakeReceipt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shape = shape_of(make_receipt(payments=monthly(2)), LINK, None)
    layout = CompiledLayout(b"head", b"", 1, b"1 0 R", 1, (), (), {})
    together, made = Barrier(2), []

    def slowly(each: Shape) -> CompiledLayout:
        made.append(each.key)
        with suppress(BrokenBarrierError):
            together.wait(0.3)
        return layout

    monkeypatch.setattr(making, "_laid_out", slowly)
    with ThreadPoolExecutor(2) as two:
        told = list(two.map(lambda _n: MakerHere(store(tmp_path)).make([shape]), range(2)))
    assert [each.layouts for each in told] == [{shape.key: layout}] * 2
    assert len(made) == sum(each.compiled for each in told) == laid_out


def test_a_shape_met_once_in_a_run_is_not_worth_a_layout(
    tmp_path: Path, make_receipt: MakeReceipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Noting(MakerHere):
        def make(self, shapes: object) -> making.Made:
            asked.extend(shape.key for shape in shapes)  # type: ignore[attr-defined]
            return making.Made({})

        def whole(self, order: PaperOrder, signature: bytes | None) -> PrintedPaper:
            return PrintedPaper.whole(b"whole")

    usual, rare = (order(make_receipt(payments=monthly(rows))) for rows in (2, 3))
    batch = [usual] * 120 + [rare]
    press = Press(LayoutStore(tmp_path), maker=Noting())
    press.prepare(batch)
    assert list(press.print_many(batch))[-1] == PrintedPaper.whole(b"whole")
    assert asked[0] == shape_of(usual.content, LINK, None).key
    assert shape_of(rare.content, LINK, None).key not in asked
    press.prepare(batch)
    assert shape_of(rare.content, LINK, None).key in asked
