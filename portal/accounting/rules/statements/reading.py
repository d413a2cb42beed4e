"""Any file of statements: which format it is, out of a ZIP if it is one, within limits."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from portal.accounting.rules.statements.camt import looks_like_camt, read_camt
from portal.accounting.rules.statements.cfonb import looks_like_cfonb, read_cfonb
from portal.accounting.rules.statements.delimited import (
    ColumnPlan,
    guess_plan,
    looks_like_table,
    read_delimited,
)
from portal.accounting.rules.statements.lines import FileFormat, Statement, StatementRefused
from portal.accounting.rules.statements.ofx import looks_like_ofx, read_ofx
from portal.core.i18n_markers import N_
from portal.core.tables.wording import say

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 100 * 1024 * 1024
MAX_FILES: Final = 400
_BROKEN: Final = (
    zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    ValueError, OverflowError,
)  # fmt: skip
"""How an archive fails that is damaged, locked, or too new (a RuntimeError) for zipfile."""
_WORKBOOKS: Final = (".xls", ".xlsx", ".ods", ".pdf")


class MappingNeeded(StatementRefused):
    """A table whose columns, or whose account, somebody has to say."""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file that was read: its format and what it says, account by account."""

    format: FileFormat
    statements: tuple[Statement, ...]


def read_file(
    data: bytes, name: str = "", *, plan: ColumnPlan | None = None, account: str = ""
) -> StatementFile:
    """The statements of a file. ``plan`` and ``account`` say what a table (CSV) does not.

    :raises MappingNeeded: for a table of which one of them is not known.
    :raises StatementRefused: for what cannot be read, does not add up, or is too large.
    """
    _check_size(data, name)
    if zipfile.is_zipfile(io.BytesIO(data)) and data[:2] == b"PK":
        return _read_archive(data, plan, account)
    return _read(data, plan, account)


def _check_size(data: bytes, name: str) -> None:
    if not data.strip():
        raise StatementRefused(say(N_("The file is empty.")))
    if len(data) > MAX_BYTES:
        raise StatementRefused(
            say(N_("The file is larger than %(most)s MB."), most=MAX_BYTES // 1024**2)
        )
    if PurePosixPath(name.lower()).suffix in _WORKBOOKS or data.startswith(b"%PDF"):
        raise StatementRefused(
            say(N_("A workbook or a PDF is no statement for programs: ask the bank's site for CAMT.053, CFONB 120, OFX or CSV."))
        )  # fmt: skip


def _read(data: bytes, plan: ColumnPlan | None, account: str) -> StatementFile:
    if looks_like_ofx(data):
        return StatementFile(FileFormat.OFX, tuple(read_ofx(data)))
    if looks_like_camt(data):
        return StatementFile(FileFormat.CAMT, tuple(read_camt(data)))
    if looks_like_cfonb(data):
        return StatementFile(FileFormat.CFONB, tuple(read_cfonb(data)))
    known = plan or guess_plan(data)
    if known is None and not looks_like_table(data):
        raise StatementRefused(
            say(N_("This file is no statement: it is none of CAMT.053, CFONB 120 and OFX, and no table with a date and an amount on each line."))
        )  # fmt: skip
    if known is None:
        raise MappingNeeded(
            say(
                N_(
                    "This is none of CAMT.053, CFONB 120 and OFX, and no heading of a table was found."
                )
            )
        )
    return StatementFile(FileFormat.CSV, tuple(read_delimited(data, known, account)))


def _read_archive(data: bytes, plan: ColumnPlan | None, account: str) -> StatementFile:
    read = [_read(member, plan, account) for member in _members(data)]
    if not read:
        raise StatementRefused(say(N_("The archive holds no file.")))
    formats = {each.format for each in read}
    if len(formats) > 1:
        raise StatementRefused(say(N_("The archive mixes formats: import one after the other.")))
    found = [statement for each in read for statement in each.statements]
    found.sort(key=lambda statement: (statement.account, statement.opened_on, statement.closed_on))
    return StatementFile(formats.pop(), tuple(found))


def _members(data: bytes) -> Iterator[bytes]:
    """The files of an archive, within limits that no bomb passes."""
    left = MAX_UNPACKED
    with _opened(data) as archive:
        files = [one for one in archive.infolist() if _is_file(one)]
        if len(files) > MAX_FILES:
            raise StatementRefused(
                say(N_("The archive holds more than %(most)s files."), most=MAX_FILES)
            )
        for one in sorted(files, key=lambda each: each.filename):
            member = _unpacked(archive, one, left)
            left -= len(member)
            if member.strip():
                yield member


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise _cannot_be_opened() from None


def _cannot_be_opened() -> StatementRefused:
    return StatementRefused(say(N_("The archive cannot be opened.")))


def _is_file(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return not member.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith(".")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    most = min(left, MAX_BYTES)
    try:
        with archive.open(member) as stream:
            told = stream.read(most + 1)
    except _BROKEN:
        raise _cannot_be_opened() from None
    if len(told) > most:
        raise StatementRefused(say(N_("The archive unpacks to more than is reasonable.")))
    return told
