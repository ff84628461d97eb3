"""What an Opus packet says of itself before it is decoded (RFC 6716 section 3)."""

from __future__ import annotations

from typing import Final

LONGEST_SAMPLES: Final = 5760
"""120 ms, RFC 6716 section 3.4."""

_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)
_FIRST_CELT: Final = 16
_FRAMES = (1, 2, 2)
_LONG_SIZE: Final = 252
"""From here on a frame's size takes two bytes."""


def duration(packet: bytes) -> int:
    """Return how many samples at 48 kHz *packet* holds; 0 if it cannot be one of Opus."""
    if not packet:
        return 0
    code = packet[0] & 3
    if code == 3 and len(packet) < 2:
        return 0
    frames = packet[1] & 63 if code == 3 else _FRAMES[code]
    samples = frames * _frame_samples(packet)
    return samples if samples <= LONGEST_SAMPLES else 0


def fec_samples(packet: bytes) -> int:
    """Return how much of what came just before *packet* it holds too, in samples; mostly 0.

    That is one frame, by low bit-rate redundancy (RFC 6716 section 4.2.4). CELT has none.
    """
    if not packet or packet[0] >> 3 >= _FIRST_CELT:
        return 0
    samples, at = _frame_samples(packet), _first_frame(packet)
    if at >= len(packet):
        return 0
    # One bit of voice activity for each 20 ms comes first, then the redundancy's; the same for
    # the side channel of stereo.
    frames = max(1, samples // 960)
    channels = 2 if packet[0] & 4 else 1
    flags = [packet[at] >> (8 - (channel + 1) * (frames + 1)) & 1 for channel in range(channels)]
    return samples if any(flags) else 0


def _frame_samples(packet: bytes) -> int:
    configuration = packet[0] >> 3
    if configuration >= _FIRST_CELT:
        return _CELT[configuration & 3]
    return _HYBRID[configuration & 1] if configuration >= 12 else _SILK[configuration & 3]


def _first_frame(packet: bytes) -> int:
    """Return where the first frame begins; behind the end if the packet is broken."""
    code = packet[0] & 3
    if code < 2:
        return 1
    at, sizes = 1, 1
    if code == 3:
        flags = packet[1] if len(packet) > 1 else 0
        sizes = (flags & 63) - 1 if flags & 0x80 else 0
        at = _behind_padding(packet) if flags & 0x40 else 2
    for _ in range(sizes):
        if at < len(packet):
            at += 2 if packet[at] >= _LONG_SIZE else 1
    return at


def _behind_padding(packet: bytes) -> int:
    at = 2
    while at < len(packet) and packet[at] == 255:
        at += 1
    return at + 1
