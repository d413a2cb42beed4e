"""The accountant's pages of receipts."""

from portal.receipts.office import blocked as blocked
from portal.receipts.office import corrections as corrections
from portal.receipts.office import declaration as declaration
from portal.receipts.office import delivery as delivery
from portal.receipts.office import papers as papers
from portal.receipts.office import preference as preference
from portal.receipts.office import run as run
from portal.receipts.office import signatures as signatures
from portal.receipts.office import specimen as specimen
from portal.receipts.office import year as year
from portal.receipts.office.desk import bp

__all__ = ["bp"]
