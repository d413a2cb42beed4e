"""The forms of giving."""

from portal.donations.forms.giving import GiveForm, SponsorForm
from portal.donations.forms.office import FailedRefundForm, RefundForm
from portal.donations.forms.plans import (
    CallForm,
    DayForm,
    MethodForm,
    PauseForm,
    StopForm,
    amount_form,
)

__all__ = [
    "CallForm",
    "DayForm",
    "FailedRefundForm",
    "GiveForm",
    "MethodForm",
    "PauseForm",
    "RefundForm",
    "SponsorForm",
    "StopForm",
    "amount_form",
]
