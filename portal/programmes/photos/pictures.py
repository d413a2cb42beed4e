"""A picture, made new: the pixels of what was handed in, and nothing else.

Cameras write where and when a picture was taken, with which device, sometimes a name. None of it
survives (EXIF, XMP, IPTC, comments, colour profiles, embedded thumbnails, what hides after the
end of the file): the pixels are drawn onto a new image, which is saved as a new JPEG.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefused(ValueError):
    """A picture that is not taken in."""


class TooHeavy(PictureRefused):
    """More than 10 MB."""


class TooManyPixels(PictureRefused):
    """More than 40 million pixels; found out before they are decoded."""


class NotAPicture(PictureRefused):
    """Not a JPEG, PNG or WebP picture, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of ours, without metadata; sizes in pixels."""

    content: bytes
    width: int
    height: int


def made_new(content: bytes) -> Picture:
    """The picture as a new JPEG of at most 1,600 pixels a side, turned upright.

    Raises TooHeavy, TooManyPixels or NotAPicture.
    """
    if len(content) > MOST_BYTES:
        raise TooHeavy
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixels
            return _saved(_redrawn(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except PictureRefused:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error


def _redrawn(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture = _upright(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    colours = _in_srgb(picture)
    fresh = Image.new("RGB", colours.size, "white")
    if colours.mode == "RGBA":
        fresh.paste(colours, mask=colours.getchannel("A"))
    else:
        fresh.paste(colours.convert("RGB"))
    return fresh


def _upright(opened: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(opened)
    except (ValueError, TypeError, KeyError, SyntaxError, OverflowError):
        opened.load()  # what it says about its orientation cannot be read: take it as it lies
        return opened.copy()


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The colours as a screen shows them, so that the profile can be left out."""
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and not transparent and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGBA" if transparent else "RGB")


def _saved(fresh: Image.Image) -> Picture:
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), fresh.width, fresh.height)
