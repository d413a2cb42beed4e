"""The accountant's pages of receipts."""

from portal.receipts.office import papers as papers
from portal.receipts.office import year as year
from portal.receipts.office.desk import bp

__all__ = ["bp"]
