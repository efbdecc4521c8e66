"""Files from strangers give a picture of bounded size or one sentence."""

import io
import resource
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.photo.image_files import LONGEST_SIDE, ImageError, open_image


def seven(size: int = 120) -> Image.Image:
    """A dark seven on white."""
    pixels = np.full((size, size), 255, np.uint8)
    thick = size // 12
    pixels[size // 5 : size // 5 + thick, size // 4 : 3 * size // 4] = 0
    for row in range(size // 5, 4 * size // 5):
        left = 3 * size // 4 - thick - (row - size // 5) // 2
        pixels[row, left : left + thick] = 0
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, body: bytes = b"", depth: int = 8) -> bytes:
    """A PNG by hand, whose header may promise more than its body holds."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def like(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP"])
def test_every_common_format_gives_the_same_digit(kind):
    expected = preprocessing.prepare(seven()).pixels
    pixels = preprocessing.prepare(open_image(saved(seven(), kind))).pixels
    assert like(pixels, expected) < 0.02


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_every_color_mode_gives_the_same_digit(mode):
    expected = preprocessing.prepare(seven()).pixels
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    pixels = preprocessing.prepare(
        open_image(saved(seven().convert(mode), kind))
    ).pixels
    assert like(pixels, expected) < 0.02


def test_sixteen_bits_of_gray_are_read():
    deep = Image.fromarray(np.asarray(seven()).astype(np.uint16) * 257)
    picture = open_image(saved(deep, "PNG"))
    expected = preprocessing.prepare(seven()).pixels
    assert like(preprocessing.prepare(picture).pixels, expected) < 0.02


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_a_cameras_twelve_bits_in_a_file_of_sixteen_are_read(bits):
    deep = np.asarray(seven()).astype(np.uint16) * 4 ** ((bits - 8) // 2)
    expected = preprocessing.prepare(seven()).pixels
    for picture in (open_image(saved(Image.fromarray(deep), "PNG")), deep):
        assert like(preprocessing.prepare(picture).pixels, expected) < 0.02


def test_a_large_photo_with_a_second_picture_inside_is_read():
    photo = seven(4500)
    file = saved(photo, "MPO", save_all=True, append_images=[seven(64)], quality=50)
    picture = open_image(file)
    assert max(picture.size) <= LONGEST_SIDE
    expected = preprocessing.prepare(open_image(saved(photo, "JPEG"))).pixels
    assert like(preprocessing.prepare(picture).pixels, expected) < 0.02


def test_a_transparent_palette_shows_dark_ink():
    image = seven().convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    white = image.getpixel((0, 0))
    picture = open_image(saved(image, "PNG", transparency=white))
    expected = preprocessing.prepare(seven()).pixels
    assert like(preprocessing.prepare(picture).pixels, expected) < 0.02


def sheet(corners: str) -> Image.Image:
    """A dark seven on an opaque white sheet, the picture transparent around it."""
    image = seven().convert("RGB")
    alpha = Image.new("L", image.size)
    shape = ImageDraw.Draw(alpha)
    if corners == "round":
        shape.rounded_rectangle((0, 0, 119, 119), 20, fill=255)
    elif corners == "disc":
        shape.ellipse((4, 4, 115, 115), fill=255)
    else:
        shape.rectangle((8, 8, 111, 111), fill=255)
    nothing = Image.new("RGB", image.size)
    image = Image.composite(image, nothing, alpha)
    image.putalpha(alpha)
    return image


@pytest.mark.parametrize("corners", ["round", "disc", "margin"])
def test_a_sheet_with_transparent_corners_keeps_its_own_ground(corners):
    expected = preprocessing.prepare(seven()).pixels
    pixels = preprocessing.prepare(open_image(saved(sheet(corners), "PNG"))).pixels
    assert like(pixels, expected) < 0.02


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("L", (120, 120), 255)]
    data = saved(seven(), "GIF", save_all=True, append_images=frames)
    expected = preprocessing.prepare(seven()).pixels
    assert like(preprocessing.prepare(open_image(data)).pixels, expected) < 0.02


def test_a_phone_photo_on_its_side_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    lying = seven().transpose(Image.Transpose.ROTATE_90)
    picture = open_image(saved(lying, "JPEG", exif=exif))
    expected = preprocessing.prepare(seven()).pixels
    assert like(preprocessing.prepare(picture).pixels, expected) < 0.02


def test_a_large_photo_is_made_smaller():
    picture = open_image(saved(seven(4000), "JPEG"))
    assert max(picture.size) <= LONGEST_SIDE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"just some words", "text"),
        ("Wörter in einer Datei".encode(), "text"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video"),
        (b"\x00\xff\x00\xfe" * 50, "no PNG"),
        (png(20_000, 20_000), "too many pixels"),
        (png(60_000, 60_000), "too many pixels"),
        (png(5_000, 5_000, zlib.compress(bytes(5_001 * 5_000))), "too many pixels"),
        (png(100, 100, b"not compressed"), "damaged"),
        (png(0, 0), "damaged"),
        (saved(seven(), "PNG")[:150], "damaged"),
        (saved(seven(), "JPEG")[:900], "damaged"),
        (saved(seven(), "BMP")[:900], "damaged"),
        (bytes(10_000_001), "larger than 10 MB"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(data, words):
    with pytest.raises(ImageError, match=words) as refused:
        open_image(data)
    assert str(refused.value).endswith(".")


def test_a_decompression_bomb_takes_little_memory():
    bomb = png(20_000, 20_000, zlib.compress(bytes(20_001 * 1_000), 9))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImageError):
        open_image(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_paths_and_uploads_are_read_like_bytes(tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(saved(seven(), "PNG"))
    assert open_image(path).size == open_image(io.BytesIO(path.read_bytes())).size
    with pytest.raises(ImageError, match="cannot be read"):
        open_image(tmp_path / "missing.png")


SAMPLES = [
    saved(seven(60), kind) for kind in ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP")
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    st.floats(0.05, 1),
)
def test_damage_anywhere_never_gives_anything_but_a_picture_or_a_sentence(
    data, damage, kept
):
    broken = bytearray(data[: max(1, int(len(data) * kept))])
    for place, value in damage:
        broken[int(place * (len(broken) - 1))] = value
    try:
        picture = open_image(bytes(broken))
    except ImageError:
        return
    pixels = preprocessing.prepare(picture).pixels
    assert pixels.shape == (28, 28)
    assert np.isfinite(pixels).all()


def test_opening_a_picture_changes_no_warnings_of_other_threads(monkeypatch):
    def catch_warnings(*_arguments, **_options):
        pytest.fail("the filters of all threads are exchanged for a while")

    picture = saved(seven(), "PNG")
    with monkeypatch.context() as patch:
        patch.setattr(warnings, "catch_warnings", catch_warnings)
        assert open_image(picture).size == (120, 120)
