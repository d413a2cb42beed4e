"""What must be true of closed periods and dedicated funds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from portal.accounting.queries.closing import closed_years
from portal.accounting.queries.funds import fund_years, posted_funds, standing_at_end
from portal.accounting.queries.snapshots import closed_periods_unchanged
from portal.core.checks import Verdict
from portal.core.i18n import money
from portal.core.i18n_markers import N_
from portal.core.money import total


def dedicated_funds_carried() -> Verdict:
    """Of each closed year, what its gifts and expenses leave is what was carried into account 196, and
    what stands there at its end, with what the books before carried in, is what the funds hold."""
    wrong: list[str] = []
    held = total([])
    for year in sorted(closed_years()):
        posted, funds = posted_funds(year), fund_years(year)
        wrong += [
            f"{fund.fund} {year}"
            for fund in funds
            if posted[fund.fund] != (fund.carried, fund.used)
            or standing_at_end(year)[fund.fund] != fund.closing
        ]
        held = total([fund.closing for fund in funds])
    if wrong:
        return False, _("Dedicated funds differ: %(funds)s.", funds=", ".join(wrong[:5]))
    return True, _("Dedicated funds at the last closing: %(amount)s.", amount=money(held))


CLOSING_CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    ("closed_periods_unchanged", closed_periods_unchanged, N_("Closed periods are as they were")),
    ("dedicated_funds_carried", dedicated_funds_carried, N_("Account 196 is what funds have left")),
)
"""The checks of closing: code, what to run, what must be true."""
