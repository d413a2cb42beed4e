"""The few words both sides of the door to the payment provider use."""

from __future__ import annotations

from typing import Literal, TypeAlias

CheckoutKind: TypeAlias = Literal["gift", "plan"]
Interval: TypeAlias = Literal["month", "quarter", "year"]
CheckoutStatus: TypeAlias = Literal["open", "complete", "expired"]
PaymentStatus: TypeAlias = Literal["pending", "processing", "succeeded", "failed", "canceled"]
PaymentMethod: TypeAlias = Literal["card", "sepa", "other"]
