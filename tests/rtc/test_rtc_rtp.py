import pytest
from aiortc.rtp import RtpPacket as TheirPacket
from hypothesis import given
from hypothesis import strategies as st

from spacebox.rtc.rtp import HEADER_BYTES, SEQUENCES, TIMESTAMPS, Outgoing, RtpPacket, new_ssrc


def theirs(**fields: object) -> bytes:
    packet = TheirPacket(
        payload_type=111, sequence_number=65_535, timestamp=2**32 - 1, ssrc=7, payload=b"opus"
    )
    for name, value in fields.items():
        setattr(packet, name, value)
    return packet.serialize()


@pytest.mark.parametrize(
    "data",
    [
        theirs(),
        theirs(csrc=[1, 2, 3]),
        theirs(padding_size=5),
        theirs()[:1].replace(b"\x80", b"\x90")
        + theirs()[1:12]
        + bytes.fromhex("bede 0001 10ff 0000")
        + b"opus",
    ],
    ids=["bare", "sources", "padding", "extension"],
)
def test_any_header_is_understood(data: bytes) -> None:
    assert RtpPacket.parse(data) == RtpPacket(111, 65_535, 2**32 - 1, 7, b"opus")


def test_the_marker_is_no_part_of_the_type() -> None:
    packet = RtpPacket.parse(theirs(marker=1))
    assert packet is not None
    assert packet.marker
    assert packet.payload_type == 111


@pytest.mark.parametrize(
    "data",
    [
        b"",
        theirs()[:HEADER_BYTES],
        b"\x40" + theirs()[1:],
        b"\x8f" + theirs()[1:],
        b"\x90" + theirs()[1:],
        b"\x90" + theirs()[1:12] + b"\xbe\xde\xff\xff" + bytes(100),
        b"\xa0" + theirs()[1:12] + b"opus\x00",
        b"\xa0" + theirs()[1:12] + b"opus\x05",
        b"\xa0" + theirs()[1:12] + b"opus\xff",
    ],
)
def test_what_is_no_packet_or_an_empty_one_is_none(data: bytes) -> None:
    assert RtpPacket.parse(data) is None


@given(st.binary(max_size=64))
def test_bytes_never_raise(data: bytes) -> None:
    packet = RtpPacket.parse(b"\xb0" + data)
    assert packet is None or packet.payload


def test_what_we_build_is_the_bare_header_and_others_read_it() -> None:
    stream = Outgoing(ssrc=0xFFFFFFFF, sequence=65_535, origin=2**32 - 960)
    first, second = (
        stream.packet(kind, tick * 960, b"x" * 80) for tick, kind in ((0, 111), (1, 63))
    )
    assert len(first) == HEADER_BYTES + 80
    read = [TheirPacket.parse(data) for data in (first, second)]
    assert [each.sequence_number for each in read] == [65_535, 0]
    assert [each.timestamp for each in read] == [2**32 - 960, 0]
    assert [each.payload_type for each in read] == [111, 63]
    assert {each.ssrc for each in read} == {0xFFFFFFFF}
    assert {each.payload for each in read} == {b"x" * 80}
    assert (stream.packets, stream.octets) == (2, 160)


def test_streams_begin_anywhere() -> None:
    packets = [RtpPacket.parse(Outgoing.new().packet(111, 0, b"x")) for _ in range(50)]
    seen = [each for each in packets if each is not None]
    assert len({each.sequence for each in seen}) > 40
    assert all(each.sequence < SEQUENCES // 2 for each in seen)
    assert len({each.timestamp for each in seen}) == len({each.ssrc for each in seen}) == 50
    assert 0 <= new_ssrc() < TIMESTAMPS
