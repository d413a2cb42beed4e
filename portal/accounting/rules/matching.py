"""What a line of the statement may be: candidates weighed, each with its reasons, none guessed.

A proposal is certain when the payer herself says who she is (a good reference), when a person decided
before about the same account (a rule), or when a paper of ours says so (a payout, a slip, a file of
debits). Anything else waits for a person, however likely it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from portal.accounting.rules.bank import MatchedBy, MatchKind, plain_words
from portal.core.money import Money

RECORDED_WITHIN: Final = timedelta(days=10)
"""How far the day a gift was recorded may be from the day the bank credited it."""
PAYOUT_WITHIN: Final = timedelta(days=5)
ENTRY_WITHIN: Final = timedelta(days=15)
SHOWN: Final = 6


class Why(StrEnum):
    """Why a line may be that."""

    REFERENCE = "reference"
    RULE = "rule"
    KNOWN_ACCOUNT = "known_account"
    MANDATE = "mandate"
    DONOR_NUMBER = "donor_number"
    NAME = "name"
    USUAL_AMOUNT = "usual_amount"
    RECORDED = "recorded"
    PAYOUT_WORDS = "payout_words"
    SAME_AMOUNT = "same_amount"
    DEPOSIT_NUMBER = "deposit_number"
    COLLECTION_NUMBER = "collection_number"
    GIFTS_OF_A_DAY = "gifts_of_a_day"
    BOOKED = "booked"
    WORDS = "words"
    OWN_TRANSFER = "own_transfer"


_WEIGHT: Final = MappingProxyType(
    {
        Why.REFERENCE: 100,
        Why.RULE: 95,
        Why.DEPOSIT_NUMBER: 95,
        Why.COLLECTION_NUMBER: 95,
        Why.MANDATE: 75,
        Why.KNOWN_ACCOUNT: 75,
        Why.PAYOUT_WORDS: 70,
        Why.OWN_TRANSFER: 60,
        Why.DONOR_NUMBER: 55,
        Why.GIFTS_OF_A_DAY: 50,
        Why.NAME: 45,
        Why.BOOKED: 40,
        Why.WORDS: 40,
        Why.SAME_AMOUNT: 20,
        Why.RECORDED: 15,
        Why.USUAL_AMOUNT: 8,
    }
)
_CERTAIN: Final = MappingProxyType(
    {
        Why.REFERENCE: MatchedBy.REFERENCE,
        Why.RULE: MatchedBy.RULE,
        Why.PAYOUT_WORDS: MatchedBy.PAPER,
        Why.DEPOSIT_NUMBER: MatchedBy.PAPER,
        Why.COLLECTION_NUMBER: MatchedBy.PAPER,
    }
)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What of a line counts when it is compared. ``plain``: its words without accents, case or signs."""

    line_id: int
    amount: Money
    booked_on: date
    plain: str
    payer: str
    iban_fingerprint: str | None = None

    @property
    def comes_in(self) -> bool:
        return self.amount.minor > 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing a line may be. ``part`` of its name found is between 0 and 1 (``closeness``).

    Of a gift: whose, what for, and ``gift_ids`` when it is recorded already. ``target`` is the id of a
    payout, a deposit, a collection or an entry, or an account of the books.
    """

    kind: MatchKind
    why: tuple[Why, ...]
    donor_id: int | None = None
    purpose: str = ""
    programme: str = ""
    gift_ids: tuple[int, ...] = ()
    appeal_id: int | None = None
    rule_id: int | None = None
    target: str = ""
    closeness: float = 1.0

    @property
    def score(self) -> int:
        """From 0 to 100: the heaviest reason, a little more for each further one."""
        weights = sorted((self._weight(why) for why in self.why), reverse=True)
        return min(100, weights[0] + sum(weights[1:]) // 3) if weights else 0

    def _weight(self, why: Why) -> int:
        share = self.closeness if why is Why.NAME else 1.0
        return int(_WEIGHT[why] * share)

    @property
    def certain(self) -> MatchedBy | None:
        """Who or what says so, when no person need be asked."""
        return next((_CERTAIN[why] for why in self.why if why in _CERTAIN), None)


def weighed(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The likeliest first, each thing once: what speaks for one donor for several reasons is one."""
    joined: dict[tuple[object, ...], Proposal] = {}
    for proposal in proposals:
        key = _key(proposal)
        joined[key] = _both(joined[key], proposal) if key in joined else proposal
    ordered = sorted(joined.values(), key=lambda each: (-each.score, str(_key(each))))
    return ordered[:SHOWN]


def _key(proposal: Proposal) -> tuple[object, ...]:
    if proposal.donor_id is not None:
        return ("donor", proposal.donor_id)
    return (proposal.kind, proposal.target, proposal.gift_ids)


def _both(one: Proposal, other: Proposal) -> Proposal:
    first, second = (one, other) if one.score >= other.score else (other, one)
    return replace(
        first,
        why=tuple(dict.fromkeys((*first.why, *second.why))),
        purpose=first.purpose or second.purpose,
        programme=first.programme if first.purpose else second.programme,
        gift_ids=first.gift_ids or second.gift_ids,
        appeal_id=first.appeal_id or second.appeal_id,
        rule_id=first.rule_id or second.rule_id,
        closeness=max(first.closeness, second.closeness) if Why.NAME in first.why + second.why else 1.0,
    )  # fmt: skip


def certain_one(proposals: Sequence[Proposal]) -> Proposal | None:
    """The one certain proposal. Two that contradict each other are a question for a person."""
    certain = [each for each in proposals if each.certain is not None]
    if len(certain) == 1:
        return certain[0]
    by_reference = [each for each in certain if Why.REFERENCE in each.why]
    return by_reference[0] if len(by_reference) == 1 else None


_TITLES: Final = frozenset(
    [
        "m",
        "mr",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "mademoiselle",
        "ou",
        "et",
        "et/ou",
        "dr",
        "me",
        "vir",
        "virement",
        "sepa",
        "de",
        "du",
        "la",
        "le",
        "les",
        "d",
        "l",
    ]
)


def name_words(text: str) -> frozenset[str]:
    """The words of a name that tell people apart."""
    return frozenset(word for word in plain_words(text).split() if word not in _TITLES)


def name_closeness(first_name: str, last_name: str, line: LineFacts) -> float:
    """How much of a donor's name the line says: 1.0 first and last, 0.6 the last alone, else 0.

    Banks cut names, turn them round and put both of a couple: all of the last name must be there, the
    first one may be an initial.
    """
    last, first = name_words(last_name), name_words(first_name)
    told = name_words(line.payer) or name_words(line.plain)
    if not last or not last <= told:
        return 0.0
    if not first:
        return 0.8
    initials = {word[0] for word in told - last if len(word) == 1}
    if first & told or {word[0] for word in first} & initials:
        return 1.0
    return 0.6


FEE_WORDS: Final = (
    "frais", "commission", "commissions", "cotisation", "tenue de compte", "arrete de compte", "abonnement",
    "agios", "interets debiteurs", "prestation bancaire",
)  # fmt: skip
_BANK_SPEAKS: Final = frozenset(("CHRG", "FEE", "SRVCHG"))


def says_fee(plain: str, bank_code: str, amount: Money) -> bool:
    """Whether the bank takes a fee: by its code, or by the words French banks use. Money that leaves."""
    if amount.minor >= 0:
        return False
    coded = bool(_BANK_SPEAKS & set(bank_code.upper().split("/")))
    padded = f" {plain} "
    return coded or any(f" {word} " in padded for word in FEE_WORDS)


def says_all(words: str, plain: str) -> bool:
    """Whether a line holds the words of a rule, one after the other."""
    wanted = plain_words(words)
    return bool(wanted) and f" {wanted} " in f" {plain} "
