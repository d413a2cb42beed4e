"""Printing the slips of an appeal, behind the page."""

from __future__ import annotations

import logging

from portal.core.jobs import jobs
from portal.core.pdf import PdfError
from portal.donations.services import appeals

log = logging.getLogger(__name__)


@jobs.task(queue="papers", name="donations.print_appeal")
def print_appeal(appeal_id: int) -> None:
    """All slips of an appeal; harmless when it runs twice."""
    try:
        appeals.print_appeal(appeal_id)
    except PdfError:
        log.exception("the slips of appeal %s could not be printed", appeal_id)
        appeals.printing_failed(appeal_id)
