"""Use cases of gifts and plans; one public function is one transaction."""

from portal.donations.services.addresses import (
    again_url,
    plan_url,
    thanks_token,
    thanks_url,
    token_fits,
)
from portal.donations.services.checkout import (
    AlreadyGiven,
    CheckoutClosed,
    begin_checkout,
)
from portal.donations.services.converge import refresh_commitment
from portal.donations.services.giving import Commitment, GivingOrder, open_gift, open_plan
from portal.donations.services.imported import record_imported_gift, record_imported_gifts
from portal.donations.services.inbox import keep_event, process_event, put_back
from portal.donations.services.plans import (
    RUNNING,
    AmountNotChanged,
    PlanNotRunning,
    PlanNotStopped,
    change_plan_amount,
    stop_plan,
)
from portal.donations.services.provider import payments
from portal.donations.services.refunds import (
    NothingToRefund,
    RefundNotPossible,
    RefundTooMuch,
    refund_gift,
)
from portal.donations.services.sweep import sweep

__all__ = [
    "RUNNING",
    "AlreadyGiven",
    "AmountNotChanged",
    "CheckoutClosed",
    "Commitment",
    "GivingOrder",
    "NothingToRefund",
    "PlanNotRunning",
    "PlanNotStopped",
    "RefundNotPossible",
    "RefundTooMuch",
    "again_url",
    "begin_checkout",
    "change_plan_amount",
    "keep_event",
    "open_gift",
    "open_plan",
    "payments",
    "plan_url",
    "process_event",
    "put_back",
    "record_imported_gift",
    "record_imported_gifts",
    "refresh_commitment",
    "refund_gift",
    "stop_plan",
    "sweep",
    "thanks_token",
    "thanks_url",
    "token_fits",
]
