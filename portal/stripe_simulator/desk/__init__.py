"""The front page: a desk from which a newcomer moves the simulated world."""

from portal.stripe_simulator.desk.pages import desk

__all__ = ["desk"]
