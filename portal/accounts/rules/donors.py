"""Whether two givers are the same, and what may be added to what is known of one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from portal.accounts.codes import DonorKind, Language

ADDRESS = ("address1", "address2", "postcode", "city", "country")
NAME = ("first_name", "last_name", "company_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorDetails:
    """What a giver says of themselves in a form."""

    email: str
    kind: DonorKind = DonorKind.PERSON
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    legal_form: str = ""
    siren: str = ""
    address1: str = ""
    address2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    phone: str = ""
    language: Language = Language.FR

    def as_dict(self) -> dict[str, str]:
        """The columns of a donor."""
        return asdict(self)


def folded(text: str) -> str:
    """Without accents, case, hyphens or double spaces: ``Hélène  LE-GOFF`` is ``helene le goff``."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    letters = (" " if c in "-'’." else c for c in bare if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def same_person(known: Mapping[str, str], told: DonorDetails) -> bool:
    """Same kind and same name; the address of mail was compared before."""
    given = told.as_dict()
    return known["kind"] == told.kind and all(folded(known[n]) == folded(given[n]) for n in NAME)


def blanks_to_fill(known: Mapping[str, str], told: DonorDetails) -> dict[str, str] | None:
    """What ``told`` adds to ``known``; None when it names another postal address.

    A postal address that is on a donor's receipts is never changed by a form anybody can send.
    """
    given = told.as_dict()
    has_address = any(known[n] for n in ADDRESS if n != "country")
    tells_address = any(given[n] for n in ADDRESS if n != "country")
    if has_address and tells_address and _differ(known, given):
        return None
    added = {n: v for n, v in given.items() if v and not known[n]}
    if tells_address and not has_address:
        added["country"] = given["country"]
    return {n: v for n, v in added.items() if known[n] != v}


def _differ(known: Mapping[str, str], given: Mapping[str, str]) -> bool:
    return any(known[n] and given[n] and folded(known[n]) != folded(given[n]) for n in ADDRESS)
