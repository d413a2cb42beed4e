"""The process that lays out for another: ``python -m portal.receipts.press LINE FOLDER``."""

from __future__ import annotations

import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from portal.receipts.press.apart import serve

if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):  # who asked has gone
        serve(Connection(int(sys.argv[1])), Path(sys.argv[2]))
