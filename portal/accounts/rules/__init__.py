"""Decisions about people, addresses and passwords: no clock, no database, no Flask."""

from portal.accounts.rules.addresses import normalised_email, safe_next
from portal.accounts.rules.donors import DonorDetails, blanks_to_fill, same_person
from portal.accounts.rules.passwords import password_faults

__all__ = [
    "DonorDetails",
    "blanks_to_fill",
    "normalised_email",
    "password_faults",
    "safe_next",
    "same_person",
]
