"""The words for lines of the bank: what they are, why, on which account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from portal.accounting.models import BankMatch, BankPart
from portal.accounting.rules.bank import NOT_GIFTS, MatchedBy, MatchKind
from portal.accounting.rules.matching import Proposal, Why
from portal.accounting.rules.promises import Concern
from portal.accounting.rules.statements.lines import FileFormat
from portal.accounts.models import Donor
from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.wording import purpose_words
from portal.programmes.codes import Programme

REASONS: Final = {
    Why.REFERENCE: N_("good reference"),
    Why.RULE: N_("as decided before"),
    Why.KNOWN_ACCOUNT: N_("same account as before"),
    Why.MANDATE: N_("account of the mandate"),
    Why.DONOR_NUMBER: N_("donor's number in the text"),
    Why.NAME: N_("name"),
    Why.USUAL_AMOUNT: N_("usual amount"),
    Why.RECORDED: N_("recorded already, no line shows it"),
    Why.PAYOUT_WORDS: N_("says Stripe"),
    Why.SAME_AMOUNT: N_("same amount"),
    Why.DEPOSIT_NUMBER: N_("number of the slip"),
    Why.COLLECTION_NUMBER: N_("number of the file of debits"),
    Why.GIFTS_OF_A_DAY: N_("sum of the gifts recorded for that day"),
    Why.BOOKED: N_("stands in the books already"),
    Why.WORDS: N_("words of the line"),
    Why.OWN_TRANSFER: N_("the same sum the other way on another account of ours"),
}
KINDS: Final = {
    MatchKind.GIFT: N_("Gift"),
    MatchKind.PAYOUT: N_("Payout of Stripe"),
    MatchKind.DEPOSIT: N_("Deposit slip"),
    MatchKind.ENTRY: N_("In the books already"),
    MatchKind.ACCOUNT: N_("Not a gift"),
}
ACCOUNTS: Final = {
    "471000": N_("To be explained later (471)"),
    "627800": N_("Bank fees (6278)"),
    "580000": N_("Transfer between our accounts, or payout (58)"),
    "511200": N_("Cheques deposited without a slip here (5112)"),
    "530000": N_("Cash taken from or brought to the bank (53)"),
    "467000": N_("Owed to us or by us (467)"),
    "758000": N_("Other income (758)"),
    "658000": N_("Other charges (658)"),
}
WHO: Final = {
    MatchedBy.PERSON: N_("By a person"),
    MatchedBy.REFERENCE: N_("By the reference"),
    MatchedBy.RULE: N_("By a rule"),
    MatchedBy.PAPER: N_("By a paper of ours"),
}
FORMATS: Final = {
    FileFormat.CAMT: "CAMT.053",
    FileFormat.CFONB: "CFONB 120",
    FileFormat.OFX: "OFX",
    FileFormat.CSV: "CSV",
}
CONCERNS: Final = {
    Concern.NO_MONEY: (N_("No money for this sponsorship"), N_("Promised, and nothing came.")),
    Concern.OTHER_AMOUNT: (N_("Another amount"), N_("Something came, not what was promised.")),
    Concern.NO_PROMISE: (N_("Money without a sponsorship"), N_("Given for a sponsorship nobody here knows of.")),
    Concern.AFTER_END: (N_("Money after the end"), N_("The sponsorship is over, the standing order is not: tell the donor.")),
}  # fmt: skip
RHYTHMS: Final = {1: N_("every month"), 3: N_("every three months"), 6: N_("every six months"), 12: N_("every year")}  # fmt: skip


def account_choices() -> list[SelectChoice]:
    """The accounts a line that is no gift may be put on."""
    return [SelectChoice(code, _(ACCOUNTS[code])) for code in NOT_GIFTS]


def account_words(code: str) -> str:
    """What an account is for."""
    return str(_(ACCOUNTS[code])) if code in ACCOUNTS else code


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal in words. ``key`` is what accepting it sends."""

    key: str
    title: str
    detail: str
    reasons: str
    score: int
    certain: bool
    learns: bool


def key_of(proposal: Proposal) -> str:
    """What names a proposal among those of a line."""
    gifts = "+".join(str(each) for each in proposal.gift_ids[:3])
    return f"{proposal.kind.value}:{proposal.donor_id or ''}:{proposal.target}:{gifts}"


def suggestion(proposal: Proposal, donors: dict[int, Donor], papers: dict[str, str]) -> Suggestion:
    """The proposal for the page; ``papers`` name slips, entries and files by ``kind:target``."""
    donor = donors.get(proposal.donor_id or 0)
    return Suggestion(
        key=key_of(proposal),
        title=donor.name if donor else _title(proposal, papers),
        detail=_detail(proposal, donor),
        reasons=", ".join(str(_(REASONS[why])) for why in proposal.why),
        score=proposal.score,
        certain=proposal.certain is not None,
        learns=donor is not None and Why.RULE not in proposal.why,
    )


def _title(proposal: Proposal, papers: dict[str, str]) -> str:
    if proposal.kind is MatchKind.ACCOUNT:
        return account_words(proposal.target)
    if len(proposal.gift_ids) > 1:
        count = len(proposal.gift_ids)
        return str(ngettext("%(num)d recorded gift", "%(num)d recorded gifts", count))
    named = papers.get(f"{proposal.kind.value}:{proposal.target}", proposal.target)
    if proposal.target.startswith("collection:"):
        return str(_("Our direct debits %(name)s", name=named))
    return f"{_(KINDS[proposal.kind])} {named}"


def _detail(proposal: Proposal, donor: Donor | None) -> str:
    if donor is None:
        return ""
    words = [donor.ref]
    if proposal.purpose:
        programme = Programme(proposal.programme) if proposal.programme else None
        words.append(purpose_words(PurposeKind(proposal.purpose), programme))
    return " · ".join(words)


def match_words(match: BankMatch) -> str:
    """What a line is, in a few words: for the list."""
    if match.kind is MatchKind.GIFT:
        names = [part.gift.donor.name for part in match.parts if part.gift is not None]
        if len(names) == 1:
            return names[0]
        return str(ngettext("%(num)d gift", "%(num)d gifts", len(names)))
    return part_words(match.parts[0]) if match.parts else str(_(KINDS[match.kind]))


def part_words(part: BankPart) -> str:
    """What one part of a line is."""
    if part.gift is not None:
        return f"{part.gift.donor.name} · {purpose_words(part.gift.purpose, part.gift.programme)}"
    if part.deposit is not None:
        return f"{_(KINDS[MatchKind.DEPOSIT])} {part.deposit.ref}"
    if part.payout is not None:
        return f"{_(KINDS[MatchKind.PAYOUT])} {part.payout.id}"
    if part.entry is not None:
        return f"{_(KINDS[MatchKind.ENTRY])}: {part.entry.number}"
    return account_words(part.account or "")


def refusal_words(report: dict[str, Any]) -> str:
    """Why a file cannot be taken, in the reader's language."""
    msgid: str = report["problem"]
    params: dict[str, Any] = report.get("params", {})
    return str(_(msgid)) % {name: _as_read(value) for name, value in params.items()}


def _as_read(value: Any) -> str:
    """A sum by the reader's customs; anything else as it is."""
    return i18n.money(Money(**value)) if isinstance(value, dict) else str(value)


def iso_day(told: str) -> str:
    """A day of a report, in words."""
    return i18n.day(date.fromisoformat(told), "medium")


def month_name(first: date) -> str:
    """The month and its year, with a capital."""
    return str(format_date(first, "LLLL yyyy")).capitalize()


FILTERS: Final = {"refusal": refusal_words, "iso_day": iso_day, "month_name": month_name}
"""For the templates of the bank."""
