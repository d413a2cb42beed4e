"""A picture is made new: nothing but its pixels survives."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from portal.programmes.photos.pictures import (
    LONGEST_SIDE,
    MOST_BYTES,
    NotAPicture,
    TooHeavy,
    TooManyPixels,
    made_new,
)
from tests.factories.newsletters import picture_bytes

CANARY = b"CANARY-11.5564N-104.9282E"


def _jpeg_full_of_traces() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif[0x8298] = CANARY.decode()
    plain = picture_bytes(exif=exif.tobytes(), comment=CANARY, icc_profile=CANARY * 10)
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x>" + CANARY + b"</x>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(CANARY)) + CANARY
    segments = b"".join(
        b"\xff" + marker + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((b"\xe1", xmp), (b"\xed", iptc), (b"\xfe", CANARY))
    )
    return plain[:2] + segments + plain[2:] + CANARY


def _png_full_of_traces() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", CANARY.decode())
    notes.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return picture_bytes(fmt="PNG", pnginfo=notes) + CANARY


def _webp_full_of_traces() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    return picture_bytes(fmt="WEBP", exif=exif.tobytes(), xmp=CANARY)


@pytest.mark.parametrize(
    "content",
    [_jpeg_full_of_traces(), _png_full_of_traces(), _webp_full_of_traces()],
    ids=["jpeg", "png", "webp"],
)
def test_no_trace_of_place_device_or_person_survives(content: bytes) -> None:
    assert CANARY in content
    made = made_new(content)
    assert CANARY not in made.content
    assert b"CANARY" not in made.content
    with Image.open(io.BytesIO(made.content)) as opened:
        assert opened.format == "JPEG"
        assert not opened.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(opened.info)


def test_a_large_photo_is_made_smaller() -> None:
    made = made_new(picture_bytes((4000, 3000)))
    assert (made.width, made.height) == (LONGEST_SIDE, 1200)


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = made_new(picture_bytes((400, 200), exif=exif.tobytes()))
    assert (made.width, made.height) == (200, 400)


def test_what_was_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(made_new(out.getvalue()).content)) as opened:
        assert opened.getpixel((10, 10)) == (255, 255, 255)


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 5001), (12_000, 12_000), (60_000, 60_000)])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        made_new(_png_that_claims(*size))


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(TooHeavy):
        made_new(b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        picture_bytes()[:200],
    ],
    ids=["nothing", "svg", "gif", "cut off"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        made_new(content)
