"""The papers of a batch: numbered in one block, printed, and printed again only where they must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from portal.receipts.printing import (
    PaperOrder,
    PrintedPaper,
    PrintFault,
    prepare_papers,
    print_papers,
)
from portal.receipts.queries.signatory import signatory_on
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.register import number_of
from portal.receipts.services.addresses import verify_address
from portal.receipts.services.issuing import Facts, Order


class BatchPrinter(Protocol):
    """Prints papers; what ``Prepares`` as well is told of them before."""

    def __call__(self, orders: Iterable[PaperOrder], /) -> Iterator[PrintedPaper | PrintFault]:
        """The papers, one for one and in order; raises PrintingLibrariesMissing."""


@runtime_checkable
class Prepares(Protocol):
    """A printer that has something to get ready, whatever number a paper will have."""

    def prepare(self, orders: Sequence[PaperOrder]) -> None:
        """Get ready for papers like these."""


class SignedPrinter:
    """The papers, signed by who signs on the day they are issued, the same for all."""

    def __call__(self, orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        """The papers, one for one and in order; raises PrintingLibrariesMissing."""
        asked = list(orders)
        return print_papers(asked, signature=_hand(asked))

    def prepare(self, orders: Sequence[PaperOrder]) -> None:
        """Make the layouts of such papers; raises PrintingLibrariesMissing."""
        prepare_papers(orders, signature=_hand(orders))


def _hand(orders: Sequence[PaperOrder]) -> bytes | None:
    return signatory_on(orders[0].content.issued_on).image if orders else None


print_signed = SignedPrinter()


class PrinterStopped(RuntimeError):
    """The printer gave fewer papers than were asked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A donor whose receipt is composed; it gets its number when it is printed."""

    order: Order
    facts: Facts
    content: ReceiptContent


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt on paper that is worth nothing until it is kept."""

    candidate: Candidate
    sequence: int
    content: ReceiptContent
    paper: PrintedPaper


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A receipt that could not be printed, and why."""

    candidate: Candidate
    reason: str


class Papers:
    """The candidates of a batch on paper.

    A number is only a label: when the block moves, or somebody leaves it, the papers whose numbers
    still belong to it stay, and the others are printed with the numbers that are missing.
    """

    def __init__(self, candidates: Iterable[Candidate], printer: BatchPrinter) -> None:
        self._waiting = {each.order.donor_id: each for each in candidates}
        self._printed: dict[int, Printed] = {}
        self._printer = printer
        self.unprintable: list[Unprintable] = []

    def prepare(self) -> None:
        """Get ready what takes long, while the numbers are still anybody's."""
        if isinstance(self._printer, Prepares):
            waiting = self._waiting.values()
            self._printer.prepare([_ordered(each, each.content) for each in waiting])

    def leave_out(self, donor_ids: Iterable[int]) -> None:
        """These get no receipt in this batch."""
        for donor_id in donor_ids:
            self._waiting.pop(donor_id, None)
            self._printed.pop(donor_id, None)

    def block_from(self, first: int) -> list[Printed]:
        """The papers numbered from ``first`` on without a gap, in that order.

        Whoever cannot be printed is noted as ``unprintable`` and leaves no hole.
        """
        while lacking := self._lacking(first):
            self._print(lacking)
        return sorted(self._printed.values(), key=lambda each: each.sequence)

    def _lacking(self, first: int) -> list[tuple[Candidate, int]]:
        block = range(first, first + len(self._waiting))
        self._printed = {
            donor_id: each for donor_id, each in self._printed.items() if each.sequence in block
        }
        given = {each.sequence for each in self._printed.values()}
        free = (sequence for sequence in block if sequence not in given)
        without = [each for key, each in self._waiting.items() if key not in self._printed]
        return list(zip(without, free, strict=True))

    def _print(self, lacking: list[tuple[Candidate, int]]) -> None:
        contents = [
            replace(each.content, number=number_of(each.order.year, sequence))
            for each, sequence in lacking
        ]
        orders = [
            _ordered(each, content)
            for content, (each, _sequence) in zip(contents, lacking, strict=True)
        ]
        results = list(self._printer(orders))
        if len(results) != len(orders):
            raise PrinterStopped(f"{len(results)} papers for {len(orders)} receipts")
        for (each, sequence), content, result in zip(lacking, contents, results, strict=True):
            if isinstance(result, PrintFault):
                self.leave_out([each.order.donor_id])
                self.unprintable.append(Unprintable(each, result.reason))
            else:
                self._printed[each.order.donor_id] = Printed(each, sequence, content, result)


def _ordered(candidate: Candidate, content: ReceiptContent) -> PaperOrder:
    return PaperOrder(content, verify_address(candidate.order.code), candidate.order.at)
