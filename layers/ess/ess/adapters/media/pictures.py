"""Pictures drawn anew by Pillow: upright, of a modest size, and without anything but their pixels.

A photo from a phone tells where it was taken, when, with which phone, and may carry a thumbnail of
what was cut away. All of that is left behind, since nothing is copied but the pixels.
"""

import struct
from io import BytesIO

from PIL import ExifTags, Image

from ess.domain.errors import MediaRefused
from ess.domain.media import Content, Refusal

LONGEST_EDGE = 2560
"""Pixels of the longer edge that are kept: a number plate across a street can still be read."""

MOST_PIXELS = 50_000_000
"""A picture with more is refused before it is decoded: a few bytes can claim any size."""

FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85

# How a camera was held (EXIF 2.32, tag 0x0112), and what sets its picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow's decoders raise on files that are broken, or made to break them.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    struct.error,
)


class PillowPictures:
    """Pictures port over Pillow."""

    def clean(self, picture: Content) -> Content:
        """Return the picture upright and drawn anew, as JPEG; see `ess.ports.media.Pictures`."""
        try:
            with Image.open(BytesIO(picture.data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise MediaRefused(Refusal.TOO_LARGE)
                return Content(_as_jpeg(_drawn_anew(opened)), "image/jpeg")
        except Image.DecompressionBombError as error:
            raise MediaRefused(Refusal.TOO_LARGE) from error
        except _BROKEN as error:
            raise MediaRefused(Refusal.UNREADABLE) from error


def _drawn_anew(opened: Image.Image) -> Image.Image:
    turn = _UPRIGHT.get(_orientation(opened))
    opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # JPEG alone: decodes no more than is kept
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    image = opened if opened.mode == mode else opened.convert(mode)
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE), reducing_gap=2.0)
    image = image if turn is None else image.transpose(turn)
    # A new picture, since a copy would take comments and profiles along.
    fresh = Image.new("RGB", image.size, "white")
    fresh.paste(image, mask=image if mode == "RGBA" else None)
    return fresh


def _orientation(opened: Image.Image) -> int:
    try:
        value = opened.getexif().get(ExifTags.Base.Orientation)
    except _BROKEN:
        return 0  # the pixels may be good all the same: better lying down than lost
    return value if isinstance(value, int) else 0


def _as_jpeg(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
