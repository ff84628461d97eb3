"""RTP packets (RFC 3550 §5.1): built with the bare header, understood with any."""

from __future__ import annotations

import secrets
from struct import Struct
from typing import NamedTuple

HEADER_BYTES = 12
SEQUENCES = 1 << 16
TIMESTAMPS = 1 << 32
_HEADER = Struct("!BBHII")
_VERSION_2 = 0x80
_PADDED, _EXTENDED, _SOURCES = 0x20, 0x10, 0x0F


class RtpPacket(NamedTuple):
    """What an inbound packet says."""

    payload_type: int
    sequence: int
    """Modulo 2^16."""
    timestamp: int
    """In samples, modulo 2^32, from an origin that only the sender knows."""
    ssrc: int
    payload: bytes
    marker: bool = False
    """Sound begins here again after silence that was not sent (RFC 7587 §4.1)."""

    @classmethod
    def parse(cls, data: bytes) -> RtpPacket | None:
        """Return the packet in *data*, None if it is none or nothing is in it."""
        if len(data) <= HEADER_BYTES or data[0] >> 6 != 2:
            return None
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        start = HEADER_BYTES + 4 * (first & _SOURCES)
        if first & _EXTENDED:
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
        end = len(data) - (data[-1] if first & _PADDED else 0)
        if start >= end or (first & _PADDED and not data[-1]):
            return None
        return cls(second & 0x7F, sequence, timestamp, ssrc, data[start:end], second > 0x7F)


class Outgoing:
    """One stream towards one peer: it numbers packets, and knows for reports what it sent."""

    def __init__(self, ssrc: int, sequence: int, origin: int) -> None:
        self.ssrc = ssrc
        self.packets = 0
        self.octets = 0
        """Of payload."""
        self._sequence = sequence
        self._origin = origin

    @classmethod
    def new(cls) -> Outgoing:
        """Begin where nobody can guess (RFC 3550 §5.1)."""
        # In the lower half: a loss before the first wrap would put SRTP's counter out of step.
        return cls(new_ssrc(), secrets.randbelow(SEQUENCES // 2), secrets.randbelow(TIMESTAMPS))

    def packet(self, payload_type: int, media: int, payload: bytes) -> bytes:
        """Return the next packet, for tick *media* of the media clock in samples."""
        header = _HEADER.pack(
            _VERSION_2, payload_type, self._sequence, self.timestamp(media), self.ssrc
        )
        self._sequence = (self._sequence + 1) % SEQUENCES
        self.packets += 1
        self.octets += len(payload)
        return header + payload

    def timestamp(self, media: int) -> int:
        """Return the RTP timestamp of *media*, in samples of the media clock."""
        return (self._origin + media) % TIMESTAMPS


def new_ssrc() -> int:
    """Return a random name for a stream (RFC 3550 §8)."""
    return secrets.randbelow(TIMESTAMPS)
