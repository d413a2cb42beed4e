"""What the accounts tell those who stand higher; received in the same transaction."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

account_confirmed = _signals.signal("accounts.account_confirmed")
"""An address was proved. Sender: the Account; ``account.donor_id`` is set when gifts are known."""

donor_claimed = _signals.signal("accounts.donor_claimed")
"""A donor may from now on be seen by an account. Sender: the Donor; ``account``: the Account."""
