"""What the bank says of a collection file: pain.002 (any version), read for the debits it refuses.

The same reader takes the returns a bank lists in such a file weeks later; what it cannot read it
refuses as a whole, so that no refused debit is ever overlooked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.core.i18n_markers import N_

_REFUSED: Final = frozenset({"RJCT"})
_KNOWN: Final = frozenset(
    {"RJCT", "ACCP", "ACSP", "ACSC", "ACTC", "ACWC", "ACCC", "PDNG", "PART", "RCVD"}
)
LARGEST: Final = 20 * 1024 * 1024


class StatusFileError(ValueError):
    """Not a pain.002 file we can read; the message says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A debit the bank refuses or gives back: our id of it, the reason's code, the bank's words."""

    end_to_end: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A status file: the file it answers, whether all of that is refused, and the single refusals.

    ``blocks``: the blocks of debits (PmtInfId) refused as a whole, with their reason.
    """

    message_id: str
    about_message: str
    all_refused: bool
    code: str
    blocks: tuple[tuple[str, str], ...]
    refusals: tuple[Refusal, ...]


def read_status(content: bytes) -> StatusReport:
    """The report in those bytes.

    :raises StatusFileError: when they are none, or say something we do not know.
    """
    report = _report(content)
    group = _child(report, "OrgnlGrpInfAndSts")
    if group is None:
        raise StatusFileError(N_("it does not say which file it answers"))
    status = _text(group, "GrpSts")
    _only_known_words(report)
    blocks, refusals = tuple(_blocks(report)), tuple(_refusals(report))
    header = _child(report, "GrpHdr")
    return StatusReport(
        message_id=_text(header, "MsgId") if header is not None else "",
        about_message=_text(group, "OrgnlMsgId"),
        all_refused=status in _REFUSED,
        code=_reason(group),
        blocks=blocks,
        refusals=refusals,
    )


def _report(content: bytes) -> Element:
    if len(content) > LARGEST:
        raise StatusFileError(N_("it is larger than 20 MB"))
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise StatusFileError(N_("it is not XML")) from error
    found = _child(root, "CstmrPmtStsRpt") if _tag(root) == "Document" else None
    if found is None:
        raise StatusFileError(N_("it is not a pain.002 file"))
    return found


def _only_known_words(report: Element) -> None:
    """A status we cannot read might be a refusal: of the file, of a block or of a single debit."""
    for node in report.iter():
        if _tag(node) in ("GrpSts", "PmtInfSts", "TxSts"):
            word = (node.text or "").strip()
            if word and word not in _KNOWN:
                raise StatusFileError(N_("its status is unknown"))


def _blocks(report: Element) -> Iterator[tuple[str, str]]:
    for payment in _named(report, "OrgnlPmtInfAndSts"):
        if _text(payment, "PmtInfSts") in _REFUSED:
            yield _text(payment, "OrgnlPmtInfId"), _reason(payment)


def _refusals(report: Element) -> Iterator[Refusal]:
    for payment in _named(report, "OrgnlPmtInfAndSts"):
        whole = _text(payment, "PmtInfSts") in _REFUSED
        for told in _named(payment, "TxInfAndSts"):
            if whole or _text(told, "TxSts") in _REFUSED:
                yield _refusal(told, _reason(payment))


def _refusal(told: Element, instead: str) -> Refusal:
    end_to_end = _text(told, "OrgnlEndToEndId")
    if not end_to_end:
        raise StatusFileError(N_("a refused debit has no identifier"))
    words = next((node.text or "" for node in told.iter() if _tag(node) == "AddtlInf"), "")
    return Refusal(end_to_end, _reason(told) or instead, words[:200])


def _reason(of: Element) -> str:
    for info in _named(of, "StsRsnInf"):
        reason = _child(info, "Rsn")
        if reason is not None:
            return _text(reason, "Cd") or _text(reason, "Prtry")
    return ""


def _tag(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _named(of: Element, tag: str) -> Iterator[Element]:
    return (node for node in of if _tag(node) == tag)


def _child(of: Element, tag: str) -> Element | None:
    return next(_named(of, tag), None)


def _text(of: Element, tag: str) -> str:
    node = _child(of, tag)
    return (node.text or "").strip() if node is not None else ""
