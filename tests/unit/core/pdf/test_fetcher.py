"""A document fetches our own files and what was handed in, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from portal.core.pdf import (
    DocumentFault,
    PdfError,
    RefusedResource,
    UnknownAsset,
    UnknownImage,
    render,
)

INSTANT = datetime(2026, 1, 15, 9, tzinfo=UTC)
CANARY = "canary-that-must-not-travel"

VECTORS = {
    "image": '<img src="{url}" alt="x">',
    "stylesheet": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import url("{url}");</style>',
    "font": '<style>@font-face {{ font-family: X; src: url("{url}") }} p {{ font-family: X }}</style>',
    "background": '<div style="background: url({url})">x</div>',
    "list mark": '<ul style="list-style-image: url({url})"><li>x</li></ul>',
    "generated content": '<style>p::before {{ content: url("{url}") }}</style>',
    "object": '<object data="{url}">x</object>',
    "embed": '<embed src="{url}">',
    "drawing": '<svg width="9" height="9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    "attached link": '<link rel="attachment" href="{url}">',
    "attached anchor": '<a rel="attachment" href="{url}">x</a>',
}


def printed(body: str, images: dict[str, bytes] | None = None) -> bytes:
    html = f'<html lang="fr"><body><p>Bonjour</p>{body}</body></html>'
    return render(
        html,
        title="Essai",
        language="fr",
        created_at=INSTANT,
        stylesheet="base.css",
        images=images,
    )


@pytest.fixture
def canary_file(tmp_path: Path) -> str:
    path = tmp_path / "canary.txt"
    path.write_text(CANARY)
    return path.as_uri()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    hits: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/private", hits
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_a_document_may_not_read_a_file(vector: str, canary_file: str) -> None:
    with pytest.raises(RefusedResource):
        printed(vector.format(url=canary_file))


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_a_document_never_reaches_the_network(vector: str, listener: tuple[str, list[str]]) -> None:
    address, hits = listener
    with pytest.raises(RefusedResource):
        printed(vector.format(url=address))
    assert hits == []


@pytest.mark.parametrize(
    "address",
    [
        "data:text/plain,x",
        "ftp://127.0.0.1/x",
        "asset:",
        "asset:x y",
        "ASSET:logo.svg",
        "//127.0.0.1/x.png",
        "asset:logo.svg?x",
        "gopher:x",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises((RefusedResource, DocumentFault)):
        printed(f'<img src="{address}" alt="x">')


@pytest.mark.parametrize(
    "name",
    [
        "../engine.py",
        "fonts/NotoSans-Regular.ttf",
        "receipts/../../config.py",
        "receipts/receipt.html.j2",
        "nothing.svg",
        "nobody/nothing.css",
        "/etc/hostname",
    ],
)
def test_only_packaged_assets_have_a_name(name: str) -> None:
    with pytest.raises((UnknownAsset, RefusedResource)):
        printed(f'<img src="asset:{name}" alt="x">')


def test_a_drawing_handed_in_cannot_fetch_either(canary_file: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{canary_file}" width="9" height="9"/></svg>'
    with pytest.raises(RefusedResource):
        printed('<img src="image:drawing" alt="x">', {"drawing": drawing.encode()})


def test_an_image_that_was_not_handed_in_is_named() -> None:
    with pytest.raises(UnknownImage, match="portrait"):
        printed('<img src="image:portrait" alt="x">')


def test_a_broken_image_is_not_left_out_in_silence() -> None:
    with pytest.raises(DocumentFault):
        printed('<img src="image:portrait" alt="x">', {"portrait": b"not an image"})


def test_an_image_without_description_is_refused() -> None:
    with pytest.raises(DocumentFault, match="alt"):
        printed('<img src="asset:logo.svg">')


def test_an_image_handed_in_is_printed_unsmoothed() -> None:
    written = BytesIO()
    Image.new("RGBA", (30, 20), (190, 60, 10, 128)).save(written, "PNG")
    document = printed('<img src="image:portrait" alt="x">', {"portrait": written.getvalue()})
    with pikepdf.open(BytesIO(document)) as opened:
        images = [o for o in opened.objects if _is_image(o)]
        assert len(images) == 2, "the image and its transparency"
        assert not any(image.get("/Interpolate", False) for image in images)


def _is_image(found: object) -> bool:
    return isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image"


def test_after_a_refusal_the_next_document_prints(canary_file: str) -> None:
    with pytest.raises(PdfError):
        printed(f'<img src="{canary_file}" alt="x">')
    assert printed("").startswith(b"%PDF-1.7")
