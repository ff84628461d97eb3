"""Several Opus packets as one, for lines that feel the weight of each packet's headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spacebox.mixer.toc import LONGEST_SAMPLES, duration

_CODE: Final = 0b11
_ANY_NUMBER: Final = 3
_VARIABLE: Final = 0x80
_LONG_SIZE: Final = 252
_LONGEST_FRAME: Final = 1275


def joined(packets: Sequence[bytes]) -> bytes | None:
    """Return one packet with the frames of *packets* (RFC 6716 section 3.2.5, variable bitrate).

    Each must hold one frame. None where they cannot share a packet: they are of different modes,
    bandwidths or lengths, or last longer than 120 ms together.
    """
    headers = {packet[:1] for packet in packets}
    if len(headers) != 1 or sum(map(duration, packets)) > LONGEST_SAMPLES:
        return None
    (header,) = headers
    frames = [packet[1:] for packet in packets]
    if not header or header[0] & _CODE or max(map(len, frames)) > _LONGEST_FRAME:
        return None
    start = bytes((header[0] | _ANY_NUMBER, _VARIABLE | len(frames)))
    # The last frame's size is what remains.
    return b"".join((start, *(_size(len(frame)) for frame in frames[:-1]), *frames))


def _size(size: int) -> bytes:
    """Write a frame's size in bytes (section 3.2.1)."""
    if size < _LONG_SIZE:
        return bytes((size,))
    first = _LONG_SIZE + size % 4
    return bytes((first, (size - first) // 4))
