"""A document drawn once by WeasyPrint, with what it drew where: the ground of compiled layouts.

The one place that touches private parts of WeasyPrint 70 (the lock pins it): ``Stream.marked``
(which box drew which operators), ``Page._page_box`` (the geometry of a box's surroundings), and
``build_fonts_dictionary`` (the glyphs that stay in an embedded font). Were one of them to change,
:class:`LayoutRefused` is raised while compiling and documents are laid out whole.

Elements of the HTML say what they are: ``data-slot`` a text that is replaced, ``data-choice`` a
line that exists in two states, ``data-drawing`` an image whose path is replaced.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.core.pdf.conformance import finisher
from portal.core.pdf.engine import Engine, engine_for
from portal.core.pdf.laying_out import Attachment, describe, embedded, lay_out, write
from portal.core.pdf.repertoire import Glyphs, Repertoire, file_of

KINDS = ("slot", "choice", "drawing")


class LayoutRefused(Exception):
    """A layout cannot be compiled: what varies is not independent of the rest."""


class _Drawn(Exception):
    """Raised by the finisher: everything is drawn, nothing need be written."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font as it stands in the document: its file and, by glyph, text and width (1/1000 em)."""

    file: str
    glyphs: Mapping[int, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Span:
    """Operators ``first`` to ``last`` (excluded) of a page, drawn by one marked element.

    For a slot: ``left`` and ``right`` bound the line it stands on, ``x`` is where its text
    begins, ``width`` how wide it is (CSS pixels); ``features`` are OpenType features.
    """

    kind: str
    name: str
    first: int
    last: int
    x: float = 0.0
    width: float = 0.0
    left: float = 0.0
    right: float = 0.0
    features: tuple[str, ...] = ()


@dataclass(slots=True)
class DrawnPage:
    """The operators of a page in their order, and the spans among them."""

    content: Any
    page: Any
    operators: list[bytes]
    spans: list[Span]


@dataclass(slots=True)
class Drawing:
    """A drawn document: its pages, its fonts by resource name, and all objects of the file."""

    pages: list[DrawnPage]
    faces: dict[str, Face]
    objects: Any


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of the document beside its pages."""

    title: str
    language: str
    author: str
    created_at: datetime
    stylesheet: str
    attachment: Attachment


@dataclass(slots=True)
class _Watch:
    marks: list[tuple[Any, int, int, Any]] = field(default_factory=list)
    faces: dict[str, Face] = field(default_factory=dict)
    drawn: tuple[Any, Any] | None = None


def draw(html: str, said: Said, *, images: Mapping[str, bytes], repertoire: Repertoire) -> Drawing:
    """The document drawn; the fonts it embeds hold the repertoire as well.

    Raises LayoutRefused and whatever ``portal.core.pdf.render`` raises.
    """
    watch = _Watch()
    with engine_for(images) as (engine, fetcher), _seldom_tidied():
        document = lay_out(engine, fetcher, html, said.stylesheet)
        describe(document.metadata, said.title, said.language, said.created_at, said.author)
        with _watching(watch, repertoire):
            _draw(engine, document, said, watch)
        return _drawing(document, watch)


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """While a document grows by a million objects, look for unused ones a hundred times less often."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0] * 100, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _draw(engine: Engine, document: Any, said: Said, watch: _Watch) -> None:
    finish = finisher([said.attachment.media_type])

    def keep(document: Any, pdf: Any) -> None:
        finish(document, pdf)
        watch.drawn = document, pdf
        raise _Drawn

    try:
        write(
            document,
            finisher=keep,
            pdf_variant="pdf/a-3a",
            attachments=[embedded(engine, said.attachment, said.created_at)],
        )
    except _Drawn:
        return
    raise LayoutRefused("WeasyPrint did not call its finisher")


@contextmanager
def _watching(watch: _Watch, repertoire: Repertoire) -> Iterator[None]:
    """While drawing, note the operators of each marked box and enrich the fonts."""
    from weasyprint import pdf as writer
    from weasyprint.pdf.stream import Stream

    marked, build = Stream.marked, writer.build_fonts_dictionary

    @contextmanager
    def noted(stream: Any, box: Any, tag: str) -> Iterator[None]:
        first = len(stream.stream)
        with marked(stream, box, tag):
            yield
        watch.marks.append((stream, first, len(stream.stream), box))

    def enriched(pdf: Any, fonts: Any, *rest: Any) -> Any:
        for font in fonts.values():
            watch.faces[font.hash] = _enrich(font, repertoire)
        return build(pdf, fonts, *rest)

    Stream.marked, writer.build_fonts_dictionary = noted, enriched
    try:
        yield
    finally:
        Stream.marked, writer.build_fonts_dictionary = marked, build


def _enrich(font: Any, repertoire: Repertoire) -> Face:
    file = file_of(bytes(font.file_content))
    wanted: Glyphs = repertoire.glyphs(file)
    for glyph, (text, width) in wanted.items():
        font.to_unicode.setdefault(glyph, text)
        font.widths.setdefault(glyph, width)
    known = {glyph: (text, font.widths[glyph]) for glyph, text in sorted(font.to_unicode.items())}
    return Face(file, known)


def _drawing(document: Any, watch: _Watch) -> Drawing:
    if watch.drawn is None:
        raise LayoutRefused("nothing was drawn")
    pdf = watch.drawn[1]
    numbered = {each.reference: each for each in pdf.objects}
    around = _surroundings(document)
    pages = []
    for reference in pdf.page_references:
        page = numbered[reference]
        content = numbered[page["Contents"]]
        marks = [mark[1:] for mark in watch.marks if mark[0] is content]
        spans = [span for mark in marks for span in _span(*mark, around)]
        pages.append(DrawnPage(content, page, _operators(content), spans))
    return Drawing(pages, watch.faces, pdf)


def _operators(content: Any) -> list[bytes]:
    import pydyf

    return [pydyf._to_bytes(item) for item in content.stream]


def _surroundings(document: Any) -> dict[int, tuple[Any, str, str]]:
    """By drawn box: the nearest block that holds it, and what its elements say it is."""
    from weasyprint.formatting_structure import boxes

    found: dict[int, tuple[Any, str, str]] = {}

    def walk(box: Any, block: Any, named: tuple[str, str]) -> None:
        box = getattr(box, "_box", box)
        named = _named(box.element) or named
        if isinstance(box, boxes.BlockContainerBox):
            block = box
        if isinstance(box, boxes.TextBox | boxes.ReplacedBox):
            found[id(box)] = (block, *named)
        for child in getattr(box, "children", ()):
            walk(child, block, named)

    for page in document.pages:
        walk(page._page_box, None, ("", ""))
    return found


def _named(element: Any) -> tuple[str, str] | None:
    for kind in KINDS:
        if element is not None and (name := element.get(f"data-{kind}")):
            return kind, name
    return None


def _span(first: int, last: int, box: Any, around: Mapping[int, Any]) -> Sequence[Span]:
    block, kind, name = around.get(id(box), (None, "", ""))
    if not kind:
        return ()
    if kind != "slot" or block is None:
        return (Span(kind, name, first, last),)
    left = block.content_box_x()
    return (
        Span(
            kind,
            name,
            first,
            last,
            x=box.position_x,
            width=box.width,
            left=left,
            right=left + block.width,
            features=_features(box.style),
        ),
    )


def _features(style: Any) -> tuple[str, ...]:
    numeric = style["font_variant_numeric"]
    return ("tnum",) if numeric != "normal" and "tabular-nums" in numeric else ()
