"""What ncompress 5 packed is unpacked; what is damaged or too long is not."""

import base64

import pytest

from mnist_cnn.storage.unix_compress import unpack

# Long enough for codes of ten bits.
TEXT = b"".join(b"%d %d\n" % (100 + i * 3 % 97, 400 - i * i % 89) for i in range(120))
PACKED = base64.b64decode(
    """
H52QMWDAAEFDoIKAM0DMyJHjIAwbCnPYcJgjYoyDMWQoxEEDYw2FN2pgxKHQRseMMRTWuJiRhsIZEzPe
UBijYYwZA2fgsDkjIUwcB2EqpCHyZsUZMmAcpKFRp4ylH2fUmLGUJNKnMVaCBJrV5QwaVLPOXFjURs4a
MW34zHrQBkSYLG0cjRHzRtMaXENGzGuVxo2DOFLqDMtRoQyuOMaaPZgjZ2PGPmXYlKiyKIymN2zCiJrR
oVWkGAXXUBojhle3GMfiIJ00IlYZa8PKeCuDpWTDf282ncFS6suwOn8vFcx7qVcZuf0aZjmaZtiprg+i
3Ui6xlHUdO+SthEVNF2rnWPcEJz54A2vNYreGCsZsGPSOHwujoGDNuKj8Rk39cs4ag6uMIgGoFd0OaQY
SwHRVNRNKsVEV0QLHgXWQTJgxpUMUVVIoVVTBSUYDlh9ZRhpM4xF1FI52cAVWBvZRMNbNS11FEzS3cVc
VCZJZ1VIbX14kkkWtTWWROY5ZtMNCRVE2g1vMWTeUUTS11QOLOEQFUeA7VgUlSWdlAN6LAn0UkwwrKXZ
WztRVBJXGQ21YIak0bfRa6LJdtxrY93AFU5DAedTDkUJJVVMCym4VFM2sEQUTTHRwCFXWi0EqVf8ibVR
WGYZxpVaJW3XpFI=
"""
)


def test_what_compress_packed_is_unpacked():
    assert unpack(PACKED, len(TEXT)) == TEXT


def test_more_than_was_asked_for_is_not_unpacked():
    with pytest.raises(ValueError, match="unfolds to more than 500 bytes"):
        unpack(PACKED, 500)


@pytest.mark.parametrize("content", [b"", b"\x1f\x9d", b"\x1f\x9d\x00", b"PK\x03\x04"])
def test_what_is_no_such_file_is_said(content):
    with pytest.raises(ValueError):
        unpack(content, 1000)


def test_a_code_that_nothing_has_defined_is_damage():
    with pytest.raises(ValueError, match="damaged"):
        unpack(b"\x1f\x9d\x90" + b"\xff" * 20, 1000)


def test_a_full_table_is_begun_anew():
    clear, padding = 256, [0] * 5  # codes come in eights
    codes = [97, 98, clear, *padding, 99, 100, 257]
    packed = sum(code << 9 * place for place, code in enumerate(codes))
    content = b"\x1f\x9d\x90" + packed.to_bytes(13, "little")
    assert unpack(content, 100) == b"abcdcd"
