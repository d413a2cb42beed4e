"""A strict reading of a FEC, written from the rules alone (LPF art. A47 A-1).

It shares nothing with the code that writes the file, and refuses more than the
administration's own tool does: that one misses unbalanced entries, gaps in the numbers,
columns in another order and days written DD/MM/YYYY.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

HEADER = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]
NEVER_BLANK = [
    name
    for name in HEADER
    if name
    not in ["CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"]
]
DAYS = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
SAME_IN_AN_ENTRY = ("EcritureDate", "PieceRef", "PieceDate", "ValidDate", "JournalLib")
PAIRS = (
    ("EcritureLet", "DateLet"),
    ("Montantdevise", "Idevise"),
    ("CompAuxNum", "CompAuxLib"),
)
AMOUNT = re.compile(r"[0-9]+,[0-9]{2}")
SIGNED_AMOUNT = re.compile(r"-?[0-9]+,[0-9]{2}")
ACCOUNT = re.compile(r"[1-8][0-9]{2}[0-9A-Z]*")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

Row = dict[str, str]


@dataclass
class _Reading:
    """What is found while the lines go by."""

    faults: list[str] = field(default_factory=list)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    entries: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    current: tuple[str, str] | None = None
    last_validation: str = ""

    def fault(self, place: str, problem: str) -> None:
        self.faults.append(f"{place}: {problem}")


def check_fec(data: bytes, filename: str) -> list[str]:
    """Everything that is wrong with the file, in words; empty when nothing is."""
    reading = _Reading()
    closing = _check_name(reading, filename)
    lines = _lines(reading, data)
    if not lines or lines[0].split("\t") != HEADER:
        reading.fault("line 1", "the header is not the 18 columns in their order")
        return reading.faults
    for number, line in enumerate(lines[1:], start=2):
        _check_line(reading, f"line {number}", line, closing)
    for (journal, number_), rows in reading.entries.items():
        _check_entry(reading, f"entry {journal} {number_}", rows)
    _check_numbers(reading)
    return reading.faults


def _check_name(reading: _Reading, filename: str) -> str:
    """The closing day the name gives, or nothing."""
    match = re.fullmatch(r"([0-9]{9})FEC([0-9]{8})\.txt", filename)
    if match is None:
        reading.fault("file name", f"{filename!r} is not <SIREN>FEC<YYYYMMDD>.txt")
        return ""
    if not _luhn(match[1]):
        reading.fault("file name", f"SIREN {match[1]} has a wrong key")
    if not _is_day(match[2]):
        reading.fault("file name", f"{match[2]} is not a day")
        return ""
    return match[2]


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2 == 1:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total > 0 and total % 10 == 0


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"(19|20)[0-9]{6}", text):
        return False
    try:
        datetime.strptime(text + "+0000", "%Y%m%d%z")
    except ValueError:
        return False
    return True


def _lines(reading: _Reading, data: bytes) -> list[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        reading.fault("file", "begins with a byte order mark")
        data = data[3:]
    if not data.isascii() and _is_utf8(data):
        reading.fault("file", "is UTF-8, not ISO 8859-15")
    text = data.decode("iso8859-15")
    if not text.endswith("\r\n"):
        reading.fault("file", "does not end with CR LF")
    if re.search(r"\r(?!\n)|(?<!\r)\n", text):
        reading.fault("file", "has a CR or an LF alone")
    return text.removesuffix("\r\n").split("\r\n")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_line(reading: _Reading, place: str, line: str, closing: str) -> None:
    fields = line.split("\t")
    if len(fields) != len(HEADER):
        reading.fault(place, f"{len(fields)} fields, not 18")
        return
    row = dict(zip(HEADER, fields, strict=True))
    _check_texts(reading, place, row)
    _check_days(reading, place, row, closing)
    _check_amounts(reading, place, row)
    _check_pairs(reading, place, row)
    _check_labels(reading, place, row)
    _file_under_entry(reading, place, row)


def _check_texts(reading: _Reading, place: str, row: Row) -> None:
    for name, value in row.items():
        if name in NEVER_BLANK and not value.strip():
            reading.fault(place, f"{name} is blank")
        if FORBIDDEN.search(value):
            reading.fault(place, f"{name} has a control character")
        if "|" in value:
            reading.fault(place, f"{name} has a vertical bar")
        if value != value.strip():
            reading.fault(place, f"{name} has blanks around it")


def _check_days(reading: _Reading, place: str, row: Row, closing: str) -> None:
    for name in DAYS:
        if row[name] and not _is_day(row[name]):
            reading.fault(place, f"{name} {row[name]!r} is not a day written YYYYMMDD")
    if closing and row["EcritureDate"] > closing:
        reading.fault(place, "EcritureDate is after the closing day")


def _check_amounts(reading: _Reading, place: str, row: Row) -> None:
    sides = [row["Debit"], row["Credit"]]
    for value in sides:
        if not AMOUNT.fullmatch(value):
            reading.fault(place, f"{value!r} is not an amount")
    if all(AMOUNT.fullmatch(value) for value in sides) and sides.count("0,00") != 1:
        reading.fault(place, "not a debit or a credit alone")
    if row["Montantdevise"] and not SIGNED_AMOUNT.fullmatch(row["Montantdevise"]):
        reading.fault(place, f"Montantdevise {row['Montantdevise']!r} is not an amount")
    if row["Idevise"] and not re.fullmatch(r"[A-Z]{3}", row["Idevise"]):
        reading.fault(place, f"Idevise {row['Idevise']!r} is not a currency")


def _check_pairs(reading: _Reading, place: str, row: Row) -> None:
    for one, other in PAIRS:
        if bool(row[one]) != bool(row[other]):
            reading.fault(place, f"{one} and {other} do not go together")


def _check_labels(reading: _Reading, place: str, row: Row) -> None:
    if not ACCOUNT.fullmatch(row["CompteNum"]):
        reading.fault(place, f"account {row['CompteNum']!r} is not one of the chart")
    for code, label in (("JournalCode", "JournalLib"), ("CompteNum", "CompteLib")):
        if reading.labels.setdefault((code, row[code]), row[label]) != row[label]:
            reading.fault(place, f"{code} {row[code]} has two labels")


def _file_under_entry(reading: _Reading, place: str, row: Row) -> None:
    key = (row["JournalCode"], row["EcritureNum"])
    if key != reading.current and key in reading.entries:
        reading.fault(place, f"the lines of entry {key[1]} do not follow each other")
    reading.current = key
    reading.entries.setdefault(key, []).append(row)
    if row["ValidDate"] < reading.last_validation:
        reading.fault(place, "ValidDate is before that of the line above")
    reading.last_validation = row["ValidDate"]


def _check_entry(reading: _Reading, place: str, rows: list[Row]) -> None:
    for name in SAME_IN_AN_ENTRY:
        if len({row[name] for row in rows}) > 1:
            reading.fault(place, f"its lines do not share {name}")
    if len(rows) < 2:
        reading.fault(place, "has one line only")
    if _sum(rows, "Debit") != _sum(rows, "Credit"):
        reading.fault(place, f"debit {_sum(rows, 'Debit')} is not credit {_sum(rows, 'Credit')}")


def _sum(rows: list[Row], side: str) -> Decimal:
    amounts = [row[side] for row in rows if SIGNED_AMOUNT.fullmatch(row[side])]
    return sum((Decimal(amount.replace(",", ".")) for amount in amounts), Decimal(0))


def _check_numbers(reading: _Reading) -> None:
    """Each journal counts 1, 2, 3 …, in the digits at the end of its numbers."""
    found: dict[str, list[str]] = defaultdict(list)
    for journal, number in reading.entries:
        found[journal].append(number)
    for journal, numbers in found.items():
        for expected, number in enumerate(numbers, start=1):
            digits = re.search(r"([0-9]+)$", number)
            if digits is None or int(digits[1]) != expected:
                reading.fault(f"journal {journal}", f"{number} stands where {expected} should")
                break
