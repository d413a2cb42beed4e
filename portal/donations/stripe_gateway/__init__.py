"""Stripe behind the `PaymentGateway` door: the only place in the portal that knows its library."""

from portal.donations.stripe_gateway.connection import API_VERSION
from portal.donations.stripe_gateway.gateway import StripeGateway

__all__ = ["API_VERSION", "StripeGateway"]
