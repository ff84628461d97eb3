"""Our pages, read by FFmpeg and by the book."""

from __future__ import annotations

import io
import struct

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacebox.audio.opus import Decoder, Encoder
from spacebox.mixer.frame import SAMPLE_RATE
from spacebox.ogg.pages import (
    PREROLL_SAMPLES,
    SEGMENTS,
    Mark,
    OpusPages,
    checksum,
    opus_tags,
    padded,
    page,
)
from tones import amplitude, frames, tone

HEADER = struct.Struct("<4sBBqIIIB")


def read(data: bytes) -> list[tuple[Mark, int, int, int, list[bytes]]]:
    """Return mark, granule position, serial, number and packets of each page."""
    pages = []
    while data:
        magic, version, mark, granule, serial, number, crc, segments = HEADER.unpack_from(data)
        lacing, body = data[HEADER.size :][:segments], HEADER.size + segments
        whole = body + sum(lacing)
        assert (magic, version) == (b"OggS", 0)
        assert crc == checksum(data[:22] + bytes(4) + data[26:whole])
        packets, packet = [], b""
        for length in lacing:
            packet, body = packet + data[body : body + length], body + length
            if length < 255:
                packets.append(packet)
                packet = b""
        assert packet == b"", "a packet goes on in the next page"
        pages.append((Mark(mark), granule, serial, number, packets))
        data = data[whole:]
    return pages


@given(st.binary(max_size=200))
def test_the_checksum_is_a_division_by_the_polynomial(data: bytes) -> None:
    remainder = 0
    for byte in data:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x104C11DB7 if remainder & 0x80000000 else 0)
    assert checksum(data) == remainder


@given(st.lists(st.binary(max_size=1275), max_size=40), st.integers(0, 2**32 - 1))
def test_what_goes_in_comes_out(packets: list[bytes], serial: int) -> None:
    written = page(packets, granule=7, serial=serial, number=3)
    assert read(written) == [(Mark.MIDDLE, 7, serial, 3, packets)]


def test_a_page_is_not_filled_beyond_its_measure() -> None:
    page([b""] * SEGMENTS, granule=0, serial=0, number=0)
    with pytest.raises(ValueError, match="256"):
        page([b""] * (SEGMENTS + 1), granule=0, serial=0, number=0)
    with pytest.raises(ValueError, match="257"):
        page([bytes(255 * 256)], granule=0, serial=0, number=0)


def test_a_stream_counts_its_pages_and_samples_from_the_start() -> None:
    stream = OpusPages(9, {"TITLE": "Slow radio"})
    pages = read(stream.start() + stream.sound([b"a", b"b"]) + stream.sound([b"c"]) + stream.end())
    head, tags, *sound, end = pages
    assert (head[:4], tags[:4]) == ((Mark.FIRST, 0, 9, 0), (Mark.MIDDLE, 0, 9, 1))
    assert sound == [
        (Mark.MIDDLE, 1920, 9, 2, [b"a", b"b"]),
        (Mark.MIDDLE, 2880, 9, 3, [b"c"]),
    ]
    assert end == (Mark.LAST, 2880, 9, 4, [])
    assert head[4][0][:10] == b"OpusHead\x01\x01"
    assert struct.unpack_from("<HIhB", head[4][0], 10) == (PREROLL_SAMPLES, SAMPLE_RATE, 0, 0)


@given(st.dictionaries(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), st.text()))
def test_tags_bear_any_text(comments: dict[str, str]) -> None:
    tags = opus_tags("Space box", comments)
    fields, at = [], 8
    for index in range(len(comments) + 2):
        (size,) = struct.unpack_from("<I", tags, at)
        at += 4
        if index != 1:  # the second figure is how many come
            fields.append(tags[at : at + size].decode())
            at += size
    assert fields == ["Space box", *(f"{name}={value}" for name, value in comments.items())]
    assert at == len(tags)


@given(st.integers(0, 4000), st.sampled_from([0.0, 0.1]))
def test_padding_has_its_size_and_no_sound(size: int, loudness: float) -> None:
    encoder, ears = Encoder(), (Decoder(), Decoder())
    for frame in frames(tone(440, 0.06, loudness)):
        packet = encoder.encode(frame)
        longer = padded(packet, size)
        assert len(longer) == (size if size - len(packet) >= 2 else len(packet))
        heard = [ear.decode(each) for ear, each in zip(ears, (packet, longer), strict=True)]
        assert np.array_equal(*heard)
    for codec in (encoder, *ears):
        codec.close()


def test_packets_of_several_frames_are_not_padded() -> None:
    assert padded(b"\xfbx", 100) == b"\xfbx"


def test_ffmpeg_plays_it_from_whatever_packet_it_begins_with() -> None:
    encoder, stream = Encoder(), OpusPages(1, {"TITLE": "Zoë", "ARTIST": "Mira"})
    packets = [encoder.encode(frame) for frame in frames(tone(440, 4))]
    sent = [padded(packet, 300) for packet in packets[50:]]
    encoder.close()
    pages = [stream.start()]
    pages += [stream.sound(sent[at : at + 25]) for at in range(0, 150, 25)]
    with av.open(io.BytesIO(b"".join(pages) + stream.end())) as file:
        assert file.streams.audio[0].metadata == {"TITLE": "Zoë", "ARTIST": "Mira"}
        demuxed = [bytes(packet) for packet in file.demux(audio=0) if packet.size]
        file.seek(0)
        played = np.concatenate([f.to_ndarray().mean(axis=0) for f in file.decode(audio=0)])
    assert demuxed == sent
    assert len(played) == 3 * SAMPLE_RATE - PREROLL_SAMPLES
    assert amplitude(played, 440) == pytest.approx(0.1, rel=0.02)
