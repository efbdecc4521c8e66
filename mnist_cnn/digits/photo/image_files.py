"""Open an image file from a stranger: a picture of bounded size, or a sentence."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from mnist_cnn.locale.message import MessageError

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP")
MEGABYTES = 10
# Pixels in millions. A JPEG is decoded at a fraction of its size, others as a whole.
# MPO: a JPEG with a second picture inside, as phones write it.
MEGAPIXELS = {"JPEG": 120, "MPO": 120}
OTHER_MEGAPIXELS = 16
LONGEST_SIDE = 1200  # a digit a fifteenth of a photo's height has 60 pixels

# Once: a filter for a block alone would be seen, and left behind, by other threads.
warnings.filterwarnings("ignore", module=r"PIL\.")

_KNOWN = (
    (b"%PDF", "This is a PDF. Save the page as PNG or JPEG and try again."),
    (b"II*\x00", "This is a TIFF. Save it as PNG or JPEG and try again."),
    (b"MM\x00*", "This is a TIFF. Save it as PNG or JPEG and try again."),
    (b"PK\x03\x04", "This is an archive or a document, not an image."),
)


# By the major brand's first letters (ISO/IEC 14496-12, 23008-12; AVIF 1.1).
_ISO_MEDIA = {
    b"avi": "This AVIF picture is damaged. Save it as JPEG and try again.",
    b"hei": "This is a HEIC photo. Save it as JPEG and try again.",
    b"hev": "This is a HEIC photo. Save it as JPEG and try again.",
    b"mif": "This is a HEIC photo. Save it as JPEG and try again.",
    b"": "This is a video. Take a photo, or save one picture of it as JPEG.",
}


class ImageError(MessageError):
    """An image file that cannot be read; the text is a sentence for the person."""


def open_image(source: bytes | str | Path | io.IOBase) -> Image.Image:
    """The picture in a file: upright, one frame, no side over 1200 pixels.

    Args:
        source: the file's bytes, its path, or an open binary file (an upload).

    Returns:
        A Pillow image of mode "L", "I;16", "I", "RGB" or "RGBA", for
        `preprocessing.prepare`. Of an animation the first frame. Turned as its EXIF
        data says.

    Raises:
        ImageError: for what is no PNG, JPEG, WebP, AVIF, GIF or BMP, is damaged, or is
            too large: over 10 MB, 120 million pixels (JPEG) or 16 million (others).
    """
    data = _bytes_of(source)
    if not data:
        raise ImageError("The file is empty.")
    try:
        return _decoded(data)
    except ImageError:
        raise
    except Image.DecompressionBombError:
        raise ImageError(
            "The image has too many pixels: at most {limit} million. Make it smaller "
            "or cut the digit out.",
            limit=OTHER_MEGAPIXELS,
        ) from None
    except Image.UnidentifiedImageError:
        raise ImageError(_what_it_is(data)) from None
    except Exception:
        # Damaged files make Pillow's decoders raise almost anything.
        raise ImageError(
            "The image is damaged or incomplete. Save or send it again."
        ) from None


def _bytes_of(source: bytes | str | Path | io.IOBase) -> bytes:
    limit = MEGABYTES * 1_000_000
    if isinstance(source, bytes | bytearray | memoryview):
        data = source if len(source) > limit else bytes(source)
    elif isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                data = file.read(limit + 1)
        except (OSError, ValueError):
            raise ImageError(
                "The file {source} cannot be read.", source=source
            ) from None
    else:
        source.seek(0)
        data = source.read(limit + 1)
    if len(data) > limit:
        raise ImageError(
            "The file is larger than {limit} MB. Send a smaller one.", limit=MEGABYTES
        )
    return data


def _decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    limit = MEGAPIXELS.get(image.format or "", OTHER_MEGAPIXELS)
    width, height = image.size
    if width * height > limit * 1_000_000:
        raise ImageError(
            "The image has too many pixels ({width:,} × {height:,}): at most {limit} "
            "million. Make it smaller or cut the digit out.",
            width=width,
            height=height,
            limit=limit,
        )
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    has_palette = image.mode in ("P", "PA")
    if has_palette or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        image = image.convert("RGB")
    elif image.mode in ("1", "LA"):
        image = image.convert("L" if image.mode == "1" else "RGBA")
    if max(image.size) > LONGEST_SIDE:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), _filter_for(image))
    return ImageOps.exif_transpose(image) or image


def _filter_for(image: Image.Image) -> Image.Resampling:
    deep = image.mode.startswith("I;16")
    return Image.Resampling.NEAREST if deep else Image.Resampling.BILINEAR


def _what_it_is(data: bytes) -> str:
    for start, sentence in _KNOWN:
        if data.startswith(start):
            return sentence
    head = bytes(data[:1000])
    if b"<svg" in head.lower():
        return "This is an SVG, shapes instead of pixels. Save it as PNG and try again."
    if head[4:8] == b"ftyp":
        return _ISO_MEDIA.get(head[8:11], _ISO_MEDIA[b""])
    try:
        head.decode()
    except UnicodeDecodeError as error:
        is_text = error.start > len(head) - 4
    else:
        is_text = True
    if is_text and b"\0" not in head:
        return "This file is text, not an image, whatever its name says."
    return "This is no PNG, JPEG, WebP, AVIF, GIF or BMP image, or it is damaged."
