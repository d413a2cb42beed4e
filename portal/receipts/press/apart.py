"""WeasyPrint in a process of its own, which ends when it is not needed for a while.

A worker prints for weeks and would hold for ever what WeasyPrint took once; and two workers lay
out two shapes at once instead of the same one twice.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Lock
from typing import Any

from portal.config import ROOT
from portal.core.pdf import PrintingLibrariesMissing
from portal.receipts.press.making import Made, MakerHere
from portal.receipts.press.shape import Shape
from portal.receipts.press.store import LayoutStore
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault

IDLE = 20.0
"""Seconds without work after which the process ends."""
PATIENCE = 900.0
"""Seconds after which a process that does not answer is ended: a hundred layouts take two minutes."""
_TRIES = 2


class MakerStopped(RuntimeError):
    """The process ended, or did not answer, twice over the same work."""


class MakerApart:
    """A Maker whose work is done by another process; it starts with the first of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = LayoutStore(folder)
        self._turn = Lock()
        self._line: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def make(self, shapes: Sequence[Shape]) -> Made:
        """See Maker. The layouts are read from the folder, where the other process puts them."""
        compiled: int = self._asked("make", list(shapes))
        return Made({shape.key: self._store.load(shape.key) for shape in shapes}, compiled)

    def whole(self, order: PaperOrder, signature: bytes | None) -> PrintedPaper | PrintFault:
        """See Maker."""
        printed: PrintedPaper | PrintFault = self._asked("whole", order, signature)
        return printed

    def close(self) -> None:
        """End the process, if there is one; the next work starts another."""
        with self._turn:
            self._end()

    def _asked(self, what: str, *given: object) -> Any:
        """The answer; a process that has ended (idle, or killed) is started again, once."""
        with self._turn:
            for _try in range(_TRIES):
                line = self._line or self._start()
                try:
                    line.send((what, given))
                    if not line.poll(PATIENCE):
                        raise EOFError
                    done, answer = line.recv()
                except (EOFError, OSError):
                    self._end()
                    continue
                if not done:
                    raise PrintingLibrariesMissing
                return answer
        raise MakerStopped(what)

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        command = [sys.executable, "-m", __package__, str(theirs.fileno()), str(self._folder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self._line = ours
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()  # it keeps nothing that is not whole on the disk
            self._process.wait()
        self._line = self._process = None


def serve(line: Connection, folder: Path, idle: float = IDLE) -> None:
    """Do the work that comes along the line until none comes for so many seconds, or it is cut."""
    maker = MakerHere(LayoutStore(folder))
    while line.poll(idle):
        try:
            what, given = line.recv()
        except EOFError:
            return
        try:
            answer = maker.make(*given).compiled if what == "make" else maker.whole(*given)
        except PrintingLibrariesMissing:
            line.send((False, None))
        else:
            line.send((True, answer))
