"""A specimen cannot be taken for a receipt."""

from __future__ import annotations

from io import BytesIO

import pikepdf

from tests.unit.receipts.conftest import MakeReceipt, monthly
from tests.unit.receipts.test_paper import printed


def test_a_specimen_says_so_across_every_page_and_readers_aloud_pass_over_it(
    make_receipt: MakeReceipt,
) -> None:
    document = printed(make_receipt(payments=monthly(60)), specimen=True)
    with pikepdf.open(BytesIO(document)) as opened:
        assert [_watermarks(page) for page in opened.pages] == [1, 1, 1]
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    with pikepdf.open(BytesIO(printed(make_receipt()))) as plain:
        assert _watermarks(plain.pages[0]) == 0


def _watermarks(page: pikepdf.Page) -> int:
    """How many drawings of the page stand in an artifact and hold nothing that is tagged."""
    within, count = [""], 0
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) in ("BDC", "BMC"):
            within.append(str(operands[0]))
        elif str(operator) == "EMC":
            within.pop()
        elif str(operator) == "Do" and within[-1] == "/Artifact":
            drawing = page.obj.Resources.XObject[str(operands[0])]
            count += b"MCID" not in drawing.read_bytes() and drawing.Subtype == "/Form"
    return count
