"""The programme records: families, children, what they learn and receive, who consented."""

from portal.programmes.models.care import Attendance, Consent, Enrolment, Service
from portal.programmes.models.children import Child, Family
from portal.programmes.models.flip import FlipParent, School
from portal.programmes.models.news import Fact, FactKind, FactState, Photo

__all__ = [
    "Attendance",
    "Child",
    "Consent",
    "Enrolment",
    "Fact",
    "FactKind",
    "FactState",
    "Family",
    "FlipParent",
    "Photo",
    "School",
    "Service",
]
