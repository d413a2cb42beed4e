"""The letter that tells a donor without e-mail that her receipt is cancelled: in her language, in the
form of a window envelope (NF Z 11-001), like the receipts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask_babel import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.core import i18n, pdf
from portal.core.clock import paris_date
from portal.receipts.models import Receipt
from portal.receipts.paper import TEMPLATES
from portal.receipts.paper_words import country_name
from portal.receipts.rules.content import Issuer, ReceiptContent, ReceiptDonor
from portal.receipts.rules.forms import DonorKind


@dataclass(frozen=True, slots=True)
class CancelLetter:
    """What the letter says: the cancelled receipt, the one in its place, to whom, from whom.

    ``verify_url`` is where a holder of the paper sees that it counts no more, ``answer_to`` the
    e-mail address of the charity.
    """

    old: Receipt
    new: Receipt | None
    to: ReceiptDonor
    language: str
    verify_url: str
    answer_to: str


def render_letter(letter: CancelLetter, at: datetime) -> bytes:
    """The letter as PDF. Raises portal.core.pdf.PdfError, for example MissingGlyphs."""
    issuer = ReceiptContent.from_json(letter.old.content).issuer
    with i18n.in_language(letter.language):
        title = str(_("Tax receipt %(number)s is cancelled", number=letter.old.number))
        html = _template().render(
            language=letter.language,
            title=title,
            logo=_("Logo: a sun above a smile"),
            issuer=issuer,
            place=_("%(city)s, %(day)s", city=issuer.city, day=i18n.day(paris_date(at))),
            reference=_("Our reference: %(number)s", number=letter.old.number),
            address=_address(letter.to),
            greeting=_("Hello %(name)s,", name=" ".join(letter.to.name_lines)),
            said=_said(letter),
            asked_for=_("What we ask you to do"),
            asked=_asked(letter),
            closing=_closing(letter, issuer),
        )
    return pdf.render(
        html,
        title=title,
        language=letter.language,
        author=issuer.name,
        created_at=at,
        stylesheet="receipts/cancelled.css",
    )


def _address(to: ReceiptDonor) -> list[str]:
    abroad = "" if to.country in ("", "FR") else country_name(to.country).upper()
    lines = (*to.name_lines, to.address1, to.address2, f"{to.postcode} {to.city}", abroad)
    return [line.strip() for line in lines if line.strip()]


def _said(letter: CancelLetter) -> list[str]:
    old, new = letter.old, letter.new
    told = [
        _(
            "The tax receipt %(number)s that we issued to you on %(issued)s for %(year)s, over"
            " %(amount)s, was cancelled on %(day)s. It entitles to no tax reduction any more.",
            number=old.number,
            issued=i18n.day(old.issued_on),
            year=old.tax_year,
            amount=i18n.money(old.amount),
            day=i18n.day(old.cancelled_at or old.issued_on),
        ),
        _("The reason: %(reason)s", reason=old.cancel_reason),
    ]
    if new is not None:
        told.append(
            _(
                "Receipt %(number)s, for %(amount)s, takes its place: it says so at its head, and"
                " reaches you separately.",
                number=new.number,
                amount=i18n.money(new.amount),
            )
        )
    return [str(each) for each in told]


def _asked(letter: CancelLetter) -> list[str]:
    told = [
        _(
            "Please do not use the cancelled paper any more: cross it out and keep it with this"
            " letter, or send it back to us."
        ),
        _("If it stands in no tax return yet, there is nothing else to do.")
        if letter.new is None
        else _("If it stands in no tax return yet, use the new receipt alone."),
        _(
            "If you used it, please correct that tax return (form 2069-RCI-SD); your tax office"
            " tells you how."
        )
        if letter.to.kind is DonorKind.COMPANY
        else _(
            "If you used it, please correct that tax return: online, under “Correct my return”,"
            " or by a letter to your tax office."
        ),
    ]
    return [str(each) for each in told]


def _closing(letter: CancelLetter, issuer: Issuer) -> list[str]:
    told = [
        _(
            "Why we write: a receipt may certify nothing but what the charity received and kept"
            " (article 1740 A of the French tax code). A cancelled number is never given again."
        ),
        _("Whether a receipt is valid can be checked at %(url)s.", url=letter.verify_url),
        _(
            "We are sorry for the trouble. A question? Write to us at %(email)s, or by post to the"
            " address above.",
            email=letter.answer_to,
        ),
        issuer.name,
    ]
    return [str(each) for each in told]


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("cancelled.html.j2")
