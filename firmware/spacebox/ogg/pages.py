"""Ogg pages (RFC 3533) with Opus in them (RFC 7845)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from enum import IntFlag
from typing import Final

PACKET_SAMPLES: Final = 960
"""Of a packet of 20 ms, at the 48 kHz that granule positions count in."""
PREROLL_SAMPLES: Final = 3840
"""What a decoder that joins in the middle needs before it sounds right: RFC 7845 section 4.6."""
SEGMENTS: Final = 255
"""Of a page, at most; each holds up to 255 bytes of a packet."""

_HEADER: Final = struct.Struct("<4sBBqIIIB")
_CHECKSUM_AT: Final = 22
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Mark(IntFlag):
    """What a page is in its stream."""

    MIDDLE = 0
    FIRST = 2
    LAST = 4


def checksum(data: bytes | bytearray) -> int:
    """Return the CRC-32 that a page of such bytes bears, its own field being zero.

    It is zlib's with every bit the other way round, from 0 and not inverted.
    """
    mirrored = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_REVERSED), "big")


def page(
    packets: Sequence[bytes], *, granule: int, serial: int, number: int, mark: Mark = Mark.MIDDLE
) -> bytes:
    """Return one page of whole packets.

    *granule* is the position at its end, *number* counts the stream's pages from 0. Raises
    ValueError for packets that do not fit: more than `SEGMENTS`.
    """
    lacing = b"".join(_lace(len(packet)) for packet in packets)
    if len(lacing) > SEGMENTS:
        raise ValueError(f"a page holds {SEGMENTS} segments, and this would be {len(lacing)}")
    header = _HEADER.pack(b"OggS", 0, mark, granule, serial, number, 0, len(lacing))
    whole = bytearray(b"".join((header, lacing, *packets)))
    struct.pack_into("<I", whole, _CHECKSUM_AT, checksum(whole))
    return bytes(whole)


def opus_head(*, pre_skip: int) -> bytes:
    """Return the first packet of a mono stream; *pre_skip* samples are decoded and not played."""
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, pre_skip, 48_000, 0, 0)


def opus_tags(vendor: str, comments: Mapping[str, str]) -> bytes:
    """Return the second packet: *comments* by their field's name, such as ``TITLE``."""
    fields = [f"{name}={value}" for name, value in comments.items()]
    return b"".join(
        (b"OpusTags", _text(vendor), struct.pack("<I", len(fields)), *map(_text, fields))
    )


def padded(packet: bytes, size: int) -> bytes:
    """Return *packet*, of one frame, as one of *size* bytes that decodes to the same.

    RFC 6716 section 3.2.5 has the padding. What is no smaller by two bytes stays as it is, and so
    does a packet of several frames.
    """
    if packet[0] & 3 or size - len(packet) < 2:
        return packet
    # A length of 255 stands for 254 bytes and a further length.
    more, last = divmod(size - len(packet) - 2, 255)
    lengths = b"\xff" * more + bytes([last])
    return b"".join((bytes([packet[0] | 3, 0x41]), lengths, packet[1:], bytes(254 * more + last)))


class OpusPages:
    """Writes the pages of one stream: positions from 0, without a hole."""

    def __init__(self, serial: int, comments: Mapping[str, str]) -> None:
        """Take a *serial* number of 32 bits, which tells streams in one file apart."""
        self._serial = serial
        self._comments = comments
        self._number = 0
        self._granule = 0

    def start(self) -> bytes:
        """Return the two pages that come before all others."""
        head = opus_head(pre_skip=PREROLL_SAMPLES)
        tags = opus_tags("Space box", self._comments)
        return self._page([head], Mark.FIRST) + self._page([tags])

    def sound(self, packets: Sequence[bytes]) -> bytes:
        """Return the page of the next *packets*, each of 20 ms. Raises ValueError for too many."""
        self._granule += PACKET_SAMPLES * len(packets)
        return self._page(packets)

    def end(self) -> bytes:
        """Return the page that closes the stream; it holds no packet."""
        return self._page([], Mark.LAST)

    def _page(self, packets: Iterable[bytes], mark: Mark = Mark.MIDDLE) -> bytes:
        number, self._number = self._number, self._number + 1
        return page(
            tuple(packets), granule=self._granule, serial=self._serial, number=number, mark=mark
        )


def _lace(size: int) -> bytes:
    """Return a packet's lengths: as many times 255 as there are, and the rest, if only 0."""
    return b"\xff" * (size // 255) + bytes([size % 255])


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<I", len(encoded)) + encoded
