"""A shape of receipts laid out by WeasyPrint, once with short texts and once with long ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from portal.core.pdf import Attachment
from portal.core.pdf.capture import Drawing, LayoutRefused, Said, Span, draw
from portal.core.pdf.compiled import CompiledLayout, Place, pieces_of
from portal.core.pdf.freezing import freeze
from portal.core.pdf.repertoire import LATIN, Repertoire, khmer
from portal.receipts import paper
from portal.receipts.paper_words import words_on_paper
from portal.receipts.press.fill import pdf_day, pdf_text, xmp_day
from portal.receipts.press.guard import MARGIN
from portal.receipts.press.shape import Shape
from portal.receipts.press.shaping import Shaper, shapers
from portal.receipts.qr_code import as_path, modules_of
from portal.receipts.rules.content import ModeBox

REPERTOIRE = Repertoire(
    {
        "NotoSans-Regular.ttf": LATIN,
        "NotoSans-Bold.ttf": LATIN,
        "NotoSansKhmer-Regular.ttf": khmer(),
        "NotoSansKhmer-Bold.ttf": khmer(),
    }
)
_INSTANT = datetime(1999, 12, 31, 23, 59, 58, tzinfo=UTC)
_TITLE, _DESCRIPTION = "Titre à remplir", "Données à décrire"
_XML = b"<facts-to-fill/>" + b" " * 4800
_LINK = "https://to-be-filled.invalid/"
_PROBE = "TAVo. Wéçà 0147 ÀQj,"
_SHORT = ("AVo1", "LT,é", "Wœ4", "0179", "Éy.")
_WITH_KHMER = "ក"
_KERNING_OF_NOTHING = re.compile(rb">-?0<|(?<=>)-?0(?=\])")


def compile_shape(shape: Shape) -> CompiledLayout:
    """Lay the shape out twice, with short texts and with texts as long as their places.

    Raises LayoutRefused when the two differ in anything but these texts.
    """
    words = words_on_paper(shape.like, shape.verify_url)
    short = {name: _SHORT[index % len(_SHORT)] for index, name in enumerate(words)}
    for name in ("line1", "address"):
        short[name] += _WITH_KHMER
    narrow = _drawn(shape, short, ticked=True)
    path = as_path(modules_of(shape.verify_url))
    long = _long_texts(narrow, short)
    wide = _drawn(shape, long, ticked=False)
    pages = pieces_of(narrow, wide, {"qr": path})
    places = [piece for page in pages for piece in page if isinstance(piece, Place)]
    if missing := set(words) - {place.name for place in places} - {"lead", "purpose"}:
        raise LayoutRefused(f"no place for {', '.join(sorted(missing))}")
    shaper = shapers(narrow.faces)
    by_name = {place.name: shaper(place) for place in places}
    for drawing, texts in ((narrow, short), (wide, long)):
        _check_shaping(drawing, texts, by_name)
    return freeze(narrow, pages, _holes())


def _drawn(shape: Shape, texts: Mapping[str, str], *, ticked: bool) -> Drawing:
    html = paper.lay_out_words(
        shape.like,
        texts,
        verify_link=_LINK,
        signed=shape.signature is not None,
        ticked=dict.fromkeys(ModeBox, ticked),
    )
    said = Said(
        title=_TITLE,
        language="fr",
        author=shape.like.issuer.name,
        created_at=_INSTANT,
        stylesheet=paper.STYLESHEET,
        attachment=Attachment(paper.ATTACHMENT, _XML, paper.ATTACHMENT_TYPE, _DESCRIPTION),
    )
    images = paper.images_of(shape.verify_url, shape.signature)
    return draw(html, said, images=images, repertoire=REPERTOIRE)


def _holes() -> dict[str, list[bytes]]:
    return {
        "title": [pdf_text(_TITLE)],
        "title in XML": [_TITLE.encode()],
        "description": [pdf_text(_DESCRIPTION)],
        "created": [pdf_day(_INSTANT)],
        "created in XML": [xmp_day(_INSTANT)],
        "link": [_LINK.encode()],
        "attached": [_XML],
        "checksum": [hashlib.md5(_XML, usedforsecurity=False).hexdigest().encode()],
        "size": [b"/Size %d" % len(_XML)],
    }


def _long_texts(narrow: Drawing, short: Mapping[str, str]) -> dict[str, str]:
    """For each place a text that all but fills it."""
    shaper = shapers(narrow.faces)
    long = dict(short)
    for page in narrow.pages:
        for span in page.spans:
            if span.kind == "slot":
                room = span.right - (span.x if _from_left(span) else span.left)
                long[span.name] = _filling(shaper(_probe(page.operators, span)), room)
    return long


def _from_left(span: Span) -> bool:
    """Whether nothing but the text's own line can be to its right."""
    return abs(span.right - span.x - span.width) > MARGIN


def _probe(operators: list[bytes], span: Span) -> Place:
    font = next(each for each in operators[span.first : span.last] if each.endswith(b" Tf"))
    face, size, _operator = font.decode().split()
    return Place(span.name, face[1:], size, span.features, "left", 0.0, 0.0, b"", b"", b"", b"")


def _filling(shape: Shaper, room: float) -> str:
    text, limit = "", room - 4 * MARGIN
    letters = _PROBE * 20
    for letter in letters:
        candidate = text + letter
        if shape(candidate.strip()).width > limit:
            break
        text = candidate
    return text.strip() or "1"


def _check_shaping(
    drawing: Drawing, texts: Mapping[str, str], shapers_by_name: Mapping[str, Shaper]
) -> None:
    """Our own shaping writes what WeasyPrint wrote, up to corrections of nothing."""
    for page in drawing.pages:
        for span in page.spans:
            if span.kind != "slot":
                continue
            shown = [
                _KERNING_OF_NOTHING.sub(b"", each)
                for each in page.operators[span.first : span.last]
                if each.endswith((b" Tf", b" TJ", b" Ts"))
            ]
            shaped = shapers_by_name[span.name](texts[span.name])
            if shaped.operators.splitlines() != shown:
                raise LayoutRefused(f"{span.name} is shaped otherwise than by WeasyPrint")
            if abs(shaped.width - span.width) > MARGIN / 10:
                raise LayoutRefused(f"{span.name} is measured otherwise than by WeasyPrint")
