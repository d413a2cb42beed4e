"""The forms of giving."""

from portal.donations.forms.giving import GiveForm, SponsorForm
from portal.donations.forms.office import RefundForm
from portal.donations.forms.plans import AmountForm, StopForm

__all__ = ["AmountForm", "GiveForm", "RefundForm", "SponsorForm", "StopForm"]
