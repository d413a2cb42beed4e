"""What the accounts tell those who stand higher; received in the same transaction."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

account_confirmed = _signals.signal("accounts.account_confirmed")
"""An address was proved. Sender: the Account; ``account.donor_id`` is set when gifts are known."""

donor_claimed = _signals.signal("accounts.donor_claimed")
"""A donor may from now on be seen by an account. Sender: the Donor; ``account``: the Account."""

donors_merging = _signals.signal("accounts.donors_merging")
"""Two records are about to be joined. Sender: the Donor that stays; ``other``: the one that does not.
A receiver may move its own rows, or raise ``merging.MergeRefused``."""

donors_merged = _signals.signal("accounts.donors_merged")
"""Two records were joined. Sender: the Donor that stays; ``other``: the one that points to it now."""
