"""The image of a hand an administrator brings: looked at, made small and clean, or refused."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 300_000
"""Bytes: what a scanned signature may weigh."""
LEAST = (120, 40)
LARGEST = (1_200, 600)
"""Pixels, width and height: 60 mm at 500 dots an inch."""
MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG")


class SignatureRefused(ValueError):
    """The file cannot stand under a receipt."""


class TooHeavy(SignatureRefused):
    """The file is larger than 300 kB."""


class NoImage(SignatureRefused):
    """The file is no PNG or JPEG image, or a damaged one."""


class TooSmall(SignatureRefused):
    """The image has fewer pixels than a printed signature needs."""


def clean_signature(content: bytes) -> bytes:
    """The image drawn anew as PNG: upright, at most 1200 × 600, transparency kept, nothing hidden.

    The same image gives the same bytes. Raises SignatureRefused.
    """
    if len(content) > LARGEST_FILE:
        raise TooHeavy(f"{len(content)} bytes")
    image = _opened(content)
    if image.width < LEAST[0] or image.height < LEAST[1]:
        raise TooSmall(f"{image.width} × {image.height}")
    image.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    written = io.BytesIO()
    bare.save(written, "PNG", optimize=True)
    return written.getvalue()


def _opened(content: bytes) -> Image.Image:
    """Upright, with transparency when it has any; size checked before any pixel is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise NoImage("too many pixels")
            image.load()
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning) as error:
        if isinstance(error, SignatureRefused):
            raise
        raise NoImage(str(error)) from error
