"""What can be done with people, organisations and accounts: one public function, one transaction."""

from portal.accounts.queries import donor_of_current_user
from portal.accounts.services.donors import (
    DonorHasNoAddress,
    claim_link,
    find_or_create_donor,
    update_donor,
)
from portal.accounts.services.merging import keep_apart, merge_donors
from portal.accounts.services.staff import AccountIsClosed, Invitation, create_staff

__all__ = [
    "AccountIsClosed",
    "DonorHasNoAddress",
    "Invitation",
    "claim_link",
    "create_staff",
    "donor_of_current_user",
    "find_or_create_donor",
    "keep_apart",
    "merge_donors",
    "update_donor",
]
