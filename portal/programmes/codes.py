"""The codes the field teams use (formats.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Site(StrEnum):
    """Where PSE works."""

    PHNOM_PENH = "phnom_penh"
    SIEM_REAP = "siem_reap"
    SIHANOUKVILLE = "sihanoukville"


class Programme(StrEnum):
    """The six programmes."""

    EDUCATION = "education"
    VOCATIONAL_TRAINING = "vocational_training"
    FOOD = "food"
    HEALTH = "health"
    PROTECTION = "protection"
    FAMILY_SUPPORT = "family_support"

    @property
    def in_french(self) -> str:
        """Its name on papers and in books, which are French whoever reads the portal in which language."""
        return _IN_FRENCH[self]


_IN_FRENCH: Final = {
    Programme.EDUCATION: "Scolarité",
    Programme.VOCATIONAL_TRAINING: "Formation professionnelle",
    Programme.FOOD: "Repas",
    Programme.HEALTH: "Santé",
    Programme.PROTECTION: "Protection des enfants",
    Programme.FAMILY_SUPPORT: "Soutien aux familles",
}


class Sex(StrEnum):
    """As recorded by the teams."""

    F = "F"
    M = "M"


class ChildStatus(StrEnum):
    """Where a child stands; ``employed`` is the programmes' goal."""

    IN_CARE = "in_care"
    EMPLOYED = "employed"
    GRADUATED = "graduated"
    LEFT = "left"
    MOVED_AWAY = "moved_away"
    REUNITED = "reunited"
    DECEASED = "deceased"


class Livelihood(StrEnum):
    """What a family lived on when it was identified."""

    SCAVENGING = "scavenging"
    WATER_BINDWEED = "water_bindweed"
    STONE_BREAKING = "stone_breaking"
    CONSTRUCTION_DAY_LABOUR = "construction_day_labour"
    STREET_VENDING = "street_vending"
    GARMENT = "garment"
    NONE = "none"


class Outcome(StrEnum):
    """How an enrolment ended."""

    PASSED = "passed"
    REPEATED = "repeated"
    DROPPED_OUT = "dropped_out"
    TRANSFERRED = "transferred"
    GRADUATED = "graduated"
    EMPLOYED = "employed"


class ConsentScope(StrEnum):
    """Where a guardian allows a photo or story to appear."""

    PORTAL = "portal"
    NEWSLETTER = "newsletter"
    PUBLIC_WEB = "public_web"


class Course(StrEnum):
    """What FLIP teaches parents."""

    CUISINE = "cuisine"
    CLEANING = "cleaning"
    SEWING = "sewing"
    BUSINESS = "business"


class FlipOutcome(StrEnum):
    """What became of a parent FLIP accompanied."""

    EMPLOYED = "employed"
    BUSINESS = "business"
    SEEKING = "seeking"
    LEFT = "left"
