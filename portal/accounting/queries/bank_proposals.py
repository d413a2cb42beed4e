"""For each line that waits, what it may be, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounting.models import BankLine
from portal.accounting.queries.bank_givers import givers_of
from portal.accounting.queries.bank_papers import papers_of
from portal.accounting.rules.matching import Proposal, weighed


def proposals_for(lines: Sequence[BankLine], *, likely: bool = True) -> dict[int, list[Proposal]]:
    """The proposals of each line, by its id; without ``likely`` only those that may be certain."""
    givers, papers = givers_of(lines, likely=likely), papers_of(lines, likely=likely)
    return {line.id: weighed(givers[line.id] + papers[line.id]) for line in lines}
