from __future__ import annotations

import ctypes
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opuslib.api import libopus

from channels import encoded, encoded_by_ffmpeg, speech
from spacebox.audio.opus import Decoder
from spacebox.mixer.toc import duration, fec_samples

count_samples = libopus["opus_packet_get_nb_samples"]
count_samples.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int]


@given(st.binary(max_size=6))
def test_libopus_counts_the_same(packet: bytes) -> None:
    assert duration(packet) == max(0, count_samples(packet, len(packet), 48_000))


@given(st.binary(max_size=40))
def test_any_bytes_may_be_asked(packet: bytes) -> None:
    assert fec_samples(packet) in {0, 480, 960, 1920, 2880}


@pytest.mark.parametrize("frame_ms", [10, 20, 40, 60])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_packet_that_says_so_holds_more_than_concealment(frame_ms: int, channels: int) -> None:
    """Where there is no such copy libopus conceals: both sound the same, or nearly at first."""
    packets = encoded_by_ffmpeg(speech(5), frame_ms, channels)[1:]
    said = [fec_samples(packet) for packet in packets]
    assert {0, min(960, frame_ms * 48)} == set(said)
    # Some of each kind, in the order they come in.
    without = [index for index, samples in enumerate(said) if not samples and index > 1]
    for index in {*range(2, len(packets), 7), *without}:
        with closing(Decoder()) as one, closing(Decoder()) as other:
            for packet in packets[max(0, index - 6) : index - 1]:
                one.decode(packet)
                other.decode(packet)
            size = min(960, frame_ms * 48)
            apart = np.abs(one.decode_fec(packets[index], size) - other.conceal(size)).max()
        assert (apart > 0.003) == (said[index] > 0)


def test_celt_has_none() -> None:
    assert {fec_samples(packet) for packet in encoded(speech(1))} == {0}
