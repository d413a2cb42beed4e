"""The reference a donor writes on a transfer: an RF creditor reference (ISO 11649).

``RF``, two check figures, then at most 21 letters and figures: the donor's number, before it the code
of an appeal when the slip of one was used. The check figures (ISO 7064, mod 97-10) find what was
mistyped; banks carry the reference in a field of its own or in the words of the transfer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

GENERAL: Final = "DON"
"""The reference of whoever gives without being known."""
LONGEST: Final = 21
_JUNK: Final = re.compile(r"[^0-9A-Z]")
_START: Final = re.compile(r"RF(?=\d\d)")


class NoReference(ValueError):
    """Of this number no reference can be made: it has no letter, or more than 21 with the code."""


def transfer_reference(donor_ref: str, appeal: str = "") -> str:
    """The reference of a donor, for an appeal when one is named; without spaces.

    :raises NoReference:
    """
    body = compact(f"{appeal}{donor_ref}")
    if not body or len(body) > LONGEST:
        raise NoReference(donor_ref)
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def shown(reference: str) -> str:
    """In blocks of four, as it is printed: ``RF18 T000 001``."""
    return str(iso11649.format(reference))


def compact(text: str) -> str:
    """Letters and figures alone, in capitals."""
    return _JUNK.sub("", text.upper())


def bodies_in(text: str) -> Iterator[str]:
    """What good references in a text name, longest first at each place.

    A text runs on behind the reference when spaces were lost, so each length whose check figures fit
    is a candidate: one in a hundred fits by chance, and names nobody.
    """
    letters = compact(text)
    for found in _START.finditer(letters):
        told = letters[found.start() : found.start() + 4 + LONGEST]
        for end in range(len(told), 4, -1):
            if iso11649.is_valid(told[:end]):
                yield told[4:end]
