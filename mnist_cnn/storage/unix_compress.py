"""Unpack a ``.Z`` file of Unix' ``compress``: LZW with codes of 9 to 16 bits.

UCI packs its older data sets so, and Python's library does not read it (Welch 1984, "A
Technique for High-Performance Data Compression"; the layout is that of ncompress).
"""

from __future__ import annotations

from mnist_cnn.locale.message import MessageError

MAGIC = b"\x1f\x9d"
_CLEAR = 256
_FIRST_BITS = 9


def unpack(content: bytes, max_bytes: int) -> bytes:
    """What was packed.

    Args:
        content: of the whole file.
        max_bytes: nothing longer is unpacked.

    Raises:
        MessageError: if it is damaged, or longer.
    """
    if len(content) < 3 or content[:2] != MAGIC:
        raise MessageError("It is not packed by compress.")
    last_bits, has_clear = content[2] & 0x1F, bool(content[2] & 0x80)
    if not _FIRST_BITS <= last_bits <= 16:
        raise MessageError("It is damaged.")
    single = [bytes([value]) for value in range(256)]
    first = [*single, b""] if has_clear else single
    table, unpacked, previous = list(first), bytearray(), b""
    bits, start, position, total = _FIRST_BITS, 3 * 8, 3 * 8, 8 * len(content)
    while position + bits <= total:
        byte, offset = divmod(position, 8)
        code = int.from_bytes(content[byte : byte + 3], "little") >> offset
        code &= (1 << bits) - 1
        position += bits
        if code == _CLEAR and has_clear:
            table, previous = list(first), b""
            start = position = _next_group(start, position, bits)
            bits = _FIRST_BITS
            continue
        if code < len(table):
            entry = table[code]
        elif code == len(table) and previous:
            entry = previous + previous[:1]
        else:
            raise MessageError("It is damaged.")
        unpacked += entry
        if len(unpacked) > max_bytes:
            raise MessageError(
                "It unfolds to more than {limit:,} bytes.", limit=max_bytes
            )
        if previous and len(table) < 1 << last_bits:
            table.append(previous + entry[:1])
        previous = entry
        if len(table) >= 1 << bits and bits < last_bits:
            start = position = _next_group(start, position, bits)
            bits += 1
    return bytes(unpacked)


def _next_group(start: int, position: int, bits: int) -> int:
    """Codes of one width come in eights: the rest of the last eight is padding."""
    group = 8 * bits
    return start + -(-(position - start) // group) * group
