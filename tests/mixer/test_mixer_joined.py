from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opuslib.api import libopus

from channels import encoded, speech
from spacebox.audio.opus import Decoder, Encoder
from spacebox.mixer.frame import FRAME_SAMPLES, Samples
from spacebox.mixer.joined import joined
from spacebox.mixer.toc import duration, fec_samples
from tones import frames

THREE = 3
CELT, HYBRID, STEREO = 0xF8, 0x78, 0x04

parse = libopus["opus_packet_parse"]


def decoded(packets: Sequence[bytes]) -> Samples:
    with closing(Decoder()) as decoder:
        return np.concatenate([decoder.decode(packet) for packet in packets])


def taken_apart(packet: bytes) -> list[bytes]:
    """Return the frames that libopus finds."""
    toc = ctypes.c_ubyte()
    starts, sizes = (ctypes.c_void_p * 48)(), (ctypes.c_int16 * 48)()
    data = ctypes.create_string_buffer(packet, len(packet))
    count = parse(data, len(packet), ctypes.byref(toc), starts, sizes, None)
    assert count > 0
    return [
        ctypes.string_at(start, size)
        for start, size in zip(starts[:count], sizes[:count], strict=True)
        if start is not None
    ]


@pytest.mark.parametrize("expected_loss", [0, 20])
def test_60_ms_sound_like_the_three_parts(expected_loss: int) -> None:
    packets = encoded(speech(6), expected_loss=expected_loss)
    groups = [packets[at : at + THREE] for at in range(0, len(packets) // THREE * THREE, THREE)]
    long = [joined(group) for group in groups]
    assert all(packet and duration(packet) == THREE * FRAME_SAMPLES for packet in long)
    together = decoded([packet or b"" for packet in long])
    assert np.array_equal(together, decoded(packets[: len(groups) * THREE]))


def test_the_redundancy_of_the_first_part_is_that_of_the_whole() -> None:
    packets = encoded(speech(3), expected_loss=20)
    groups = [packets[at : at + THREE] for at in range(30, 120, THREE)]
    assert all(fec_samples(joined(group) or b"") == fec_samples(group[0]) for group in groups)


def test_a_frame_may_be_large() -> None:
    with closing(Encoder(400_000)) as encoder:
        noise = np.random.default_rng(1).normal(0, 0.2, 48_000).astype(np.float32)
        packets = [encoder.encode(frame) for frame in frames(noise)][-THREE:]
    assert max(map(len, packets)) > 600
    assert taken_apart(joined(packets) or b"") == [packet[1:] for packet in packets]


@given(st.lists(st.binary(max_size=1275), min_size=1, max_size=6))
def test_libopus_takes_apart_what_was_joined(parts: list[bytes]) -> None:
    packet = joined([bytes((CELT,)) + part for part in parts])
    assert taken_apart(packet or b"") == parts


@pytest.mark.parametrize(
    "packets",
    [
        [],
        [b""],
        [b"", b""],
        [bytes((CELT, 1)), b""],
        [bytes((CELT, 1)), bytes((HYBRID, 1))],
        [bytes((CELT, 1)), bytes((CELT | STEREO, 1))],
        [bytes((CELT | 1, 1, 1))] * 3,
        [bytes((CELT, 1))] * 7,
        [bytes((CELT, *bytes(1276)))] * 2,
    ],
)
def test_what_does_not_fit_together_stays_apart(packets: list[bytes]) -> None:
    assert joined(packets) is None
