"""What a workbook's archive must be before anything opens it: a sane ZIP, no bomb, not locked."""

from __future__ import annotations

import io
import zipfile

from portal.core.i18n_markers import N_
from portal.core.tables.wording import TableUnreadable, say

MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_SWELLING = 250
_SMALL = 10 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WORKBOOK = "xl/workbook.xml"


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as an XLSX does, or as what people take for one."""
    return data.startswith((_ZIP, _OLE))


def refuse_foreign(data: bytes) -> None:
    """Raises TableUnreadable for files that are no table at all, whatever their name says."""
    if data.startswith(_OLE):
        if _LOCKED in data:
            raise TableUnreadable(
                say(N_("the workbook is locked by a password: save it without one"))
            )
        raise TableUnreadable(say(N_("this is an old Excel file (.xls): save it as .xlsx or .csv")))
    if data.startswith(b"%PDF"):
        raise TableUnreadable(say(N_("this is a PDF, not a table: send .csv or .xlsx")))
    if data[:512].lstrip().lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise TableUnreadable(say(N_("this is a web page, not a table: send .csv or .xlsx")))


def check_archive(data: bytes) -> None:
    """Raises TableUnreadable unless the bytes are a workbook that is safe to unpack."""
    refuse_foreign(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, OverflowError):
        # a RuntimeError: the archive is newer than zipfile can read
        raise TableUnreadable(say(N_("this is not a workbook, or it is damaged"))) from None
    _refuse_other_archives({entry.filename for entry in entries})
    _refuse_bombs(entries, len(data))


def _refuse_other_archives(names: set[str]) -> None:
    if _WORKBOOK in names:
        return
    if "content.xml" in names:
        raise TableUnreadable(
            say(N_("this is an OpenDocument sheet (.ods): save it as .xlsx or .csv"))
        )
    raise TableUnreadable(say(N_("this is an archive, not a workbook: send .xlsx or .csv")))


def _refuse_bombs(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swollen = unpacked > _SMALL and unpacked > packed * MOST_SWELLING
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED_BYTES or swollen:
        raise TableUnreadable(
            say(N_("the workbook is far larger inside than it should be and was not opened"))
        )
    if any(entry.flag_bits & 1 or entry.compress_type not in _METHODS for entry in entries):
        raise TableUnreadable(say(N_("this is not a workbook, or it is damaged")))
