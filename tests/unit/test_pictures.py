"""Pictures drawn anew: what a phone hid in them is gone, and a file made to hurt does not."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from ess.adapters.media.pictures import LONGEST_EDGE, PillowPictures
from ess.domain.errors import MediaRefused
from ess.domain.media import Content, Refusal

SECRETS = (b"SecretPhone", b"secret comment", b"secret note", b"ICCSECRET", b"Exif", b"xmpmeta")


def written(image, name="JPEG", **more):
    out = BytesIO()
    image.save(out, name, **more)
    return out.getvalue()


def clean(data):
    return PillowPictures().clean(Content(data, "image/whatever"))


def reopened(data):
    return Image.open(BytesIO(clean(data).data))


def exif(orientation=1):
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = "SecretPhone"
    tags[ExifTags.Base.Orientation] = orientation
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (17.0, 24.0, 23.0)
    return tags


def two_halves(size=(64, 32)):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def is_red(pixel):
    return pixel[0] > 180 and pixel[2] < 80


def test_where_when_and_with_which_phone_is_gone():
    sent = written(
        two_halves(),
        exif=exif(),
        comment=b"secret comment",
        icc_profile=b"ICCSECRET" * 30,
        xmp=b"<x:xmpmeta>secret</x:xmpmeta>",
    )
    assert Image.open(BytesIO(sent)).getexif().get_ifd(ExifTags.IFD.GPSInfo)  # it was there
    assert all(secret in sent for secret in SECRETS if secret != b"secret note")
    done = clean(sent)
    assert done.content_type == "image/jpeg"
    assert not [secret for secret in SECRETS if secret in done.data]
    image = Image.open(BytesIO(done.data))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_the_other_formats_lose_theirs_too(name):
    note = PngInfo()
    note.add_text("Comment", "secret note")
    more = {"pnginfo": note} if name == "PNG" else {"xmp": b"<x:xmpmeta>"}
    sent = written(two_halves(), name, exif=exif(), **more)
    assert b"SecretPhone" in sent
    assert not [secret for secret in SECRETS if secret in clean(sent).data]


def test_what_hangs_on_behind_the_picture_is_gone():
    assert b"hidden" not in clean(written(two_halves()) + b"hidden archive").data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_ends_upright(orientation):
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    scene = two_halves()
    scene.paste("white", (0, 16, 32, 32))  # the lower left corner
    held = scene.transpose(back[orientation]) if orientation > 1 else scene
    image = reopened(written(held, exif=exif(orientation), quality=95))
    assert image.size == (64, 32)
    assert is_red(image.getpixel((8, 4)))
    assert min(image.getpixel((8, 27))) > 200
    assert not is_red(image.getpixel((56, 4)))


def test_a_large_picture_is_made_smaller_with_its_shape_kept():
    image = reopened(written(Image.new("RGB", (6000, 3000), "green"), quality=30))
    assert image.size == (LONGEST_EDGE, LONGEST_EDGE // 2)


def test_a_small_picture_is_not_made_larger():
    assert reopened(written(two_halves(), "PNG")).size == (64, 32)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_write_colours_is_read(mode):
    name = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (32, 32))
    assert reopened(written(image, name)).mode == "RGB"


def test_what_is_transparent_becomes_white():
    image = reopened(written(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))
    assert min(image.getpixel((4, 4))) > 250


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_that_claims(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "size", [(7100, 7100), (10_000, 10_000), (60_000, 60_000), (50_000_001, 1)]
)
def test_a_picture_that_claims_too_many_pixels_is_refused_undecoded(size):
    with pytest.raises(MediaRefused) as refused:
        clean(png_that_claims(*size))
    assert refused.value.reason == Refusal.TOO_LARGE


def gif():
    return written(Image.new("P", (8, 8)), "GIF")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        gif(),
        written(two_halves(), "TIFF"),
        written(two_halves())[:300],
        written(two_halves((400, 400)), "PNG")[:120],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png_that_claims(100, 100),
    ],
    ids=["empty", "text", "gif", "tiff", "cut jpeg", "cut png", "svg", "short png"],
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(MediaRefused) as refused:
        clean(data)
    assert refused.value.reason == Refusal.UNREADABLE


@pytest.mark.parametrize("broken", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"])
def test_a_good_picture_with_broken_exif_is_kept(broken):
    assert reopened(written(two_halves(), exif=broken)).size == (64, 32)


def test_noise_never_ends_in_anything_but_a_refusal(subtests):
    good = bytearray(written(two_halves(), exif=exif()))
    for place in range(0, len(good), 7):
        spoilt = bytearray(good)
        spoilt[place] ^= 0xFF
        with subtests.test(place), suppress(MediaRefused):
            clean(bytes(spoilt))
