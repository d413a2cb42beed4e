"""Many papers as one file for the printer."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from portal.core.pdf.joining import count_pages, join


def paper(pages: int) -> bytes:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        written = BytesIO()
        made.save(written)
    return written.getvalue()


@pytest.mark.parametrize(("both_sides", "pages"), [(False, 6), (True, 8)])
def test_each_paper_begins_on_a_new_sheet(both_sides: bool, pages: int) -> None:
    joined = join(iter([paper(1), paper(2), paper(3)]), title="Letters", both_sides=both_sides)
    assert count_pages(joined) == pages
