"""A stand-in for Stripe on loopback: no money moves, no card number is ever asked for.

It answers the real Stripe library as Stripe would (API version 2026-10-28.endive), shows a payment
page on which one chooses how the payment ends, and sends signed webhooks. It knows nothing of the
rest of the portal, and the rest knows it only by its address.
"""

from portal.stripe_simulator.server import NotLoopback, Simulator, run

__all__ = ["NotLoopback", "Simulator", "run"]
