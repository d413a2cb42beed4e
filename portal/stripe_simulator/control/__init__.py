"""The hand on the simulator: its clock, its webhooks, its failures. JSON, loopback only.

A page in somebody's browser must not be able to use it: requests that change something have to be
JSON, which a form of another site cannot send.
"""

from portal.stripe_simulator.control import ledger, payments, plans, webhooks, world
from portal.stripe_simulator.control.door import control

__all__ = ["control", "ledger", "payments", "plans", "webhooks", "world"]
