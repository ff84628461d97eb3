from __future__ import annotations

from contextlib import closing
from itertools import pairwise

import pytest
from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from channels import encoded, lossy, sent, speech, ticks
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_SAMPLES
from spacebox.rtc.red import (
    MOST_BYTES,
    MOST_OFFSET,
    MOST_REDUNDANT,
    Block,
    RedError,
    build,
    parse,
)

RED, OPUS = 63, 111
TYPES = st.integers(0, 127)
REDUNDANT = st.builds(
    Block, TYPES, st.integers(0, MOST_OFFSET), st.binary(max_size=40) | st.just(bytes(MOST_BYTES))
)
PRIMARY = st.builds(Block, TYPES, st.just(0), st.binary(max_size=1500))


def test_the_bits_lie_where_the_rfc_draws_them() -> None:
    """RFC 2198 section 8: LPC (7) 20 ms before DVI4 (5), 14 bytes of it."""
    header = [0b1000_0111, 0b0000_0010, 0b1000_0000, 0b0000_1110, 0b0000_0101]
    payload = bytes(header) + b"L" * 14 + b"D" * 84
    blocks = (Block(7, 160, b"L" * 14), Block(5, 0, b"D" * 84))
    assert parse(payload) == blocks
    assert build(blocks[:1], blocks[1]) == payload


@given(st.lists(REDUNDANT, max_size=6), PRIMARY)
def test_what_is_built_is_what_is_parsed(redundant: list[Block], primary: Block) -> None:
    assert parse(build(redundant, primary)) == (*redundant, primary)


@given(st.binary(max_size=60))
def test_junk_is_refused_or_read_within_its_bounds(payload: bytes) -> None:
    try:
        blocks = parse(payload)
    except RedError:
        return
    assert sum(len(block.payload) for block in blocks) + 4 * len(blocks) - 3 == len(payload)
    assert build(blocks[:-1], blocks[-1]) == payload


@pytest.mark.parametrize("payload", [b"", b"\xef", b"\xef\x0f\x00\x01", b"\xef\x0f\x00\x02\x6fx"])
def test_what_is_cut_short_is_refused(payload: bytes) -> None:
    with pytest.raises(RedError):
        parse(payload)


def test_so_many_blocks_are_read_and_no_more() -> None:
    copies, primary = [Block(OPUS, 960, b"copy")] * MOST_REDUNDANT, Block(OPUS, 0, b"")
    assert len(parse(build(copies, primary))) == MOST_REDUNDANT + 1
    with pytest.raises(RedError):
        parse(build([*copies, copies[0]], primary))


@pytest.mark.parametrize(
    "block", [Block(OPUS, MOST_OFFSET + 1, b""), Block(OPUS, 0, bytes(MOST_BYTES + 1))]
)
def test_what_does_not_fit_cannot_be_built(block: Block) -> None:
    with pytest.raises(RedError):
        build([block], Block(OPUS, 0, b""))


def test_a_stream_with_red_survives_loss_on_its_way_as_rtp() -> None:
    """From the encoder to the ear, with aiortc's RTP between."""
    packets = sent(encoded(speech(20)))
    wire = {
        packet.arrives: RtpPacket(
            payload_type=RED,
            sequence_number=packet.sequence,
            timestamp=packet.timestamp,
            payload=build(
                [Block(OPUS, FRAME_SAMPLES, before.payload)], Block(OPUS, 0, packet.payload)
            ),
        ).serialize()
        for before, packet in pairwise(packets)
    }
    with closing(Received()) as received:
        for now, arrived in ticks(lossy(packets[1:], 0.1), 19):
            for packet in arrived:
                rtp = RtpPacket.parse(wire[packet.arrives])
                *redundant, primary = parse(rtp.payload)
                copies = [(block.offset, block.payload) for block in redundant]
                received.push(
                    rtp.sequence_number, rtp.timestamp, primary.payload, packet.arrives, copies
                )
            received.pull(now)
        assert received.tally.repaired == 0
        assert received.tally.concealed < 0.025 * 950 * FRAME_SAMPLES
        assert received.tally.sent > 0.97 * 950 * FRAME_SAMPLES
