import pytest
from aiortc.rtp import RtcpByePacket, RtcpPacket, RtcpRrPacket, RtcpSdesPacket, RtcpSrPacket
from hypothesis import given
from hypothesis import strategies as st

from spacebox.rtc.reception import Reception
from spacebox.rtc.rtcp import (
    Goodbye,
    Report,
    SenderReport,
    goodbye,
    ntp,
    read,
    receiver_report,
    sender_report,
)
from spacebox.rtc.rtp import Outgoing


def sender() -> Outgoing:
    stream = Outgoing(ssrc=7, sequence=0, origin=2**32 - 480)
    for tick in range(3):
        stream.packet(111, tick * 960, b"x" * 80)
    return stream


def test_a_sender_report_is_true_and_names_the_sender() -> None:
    report, names = RtcpPacket.parse(sender_report(sender(), "box", now=100.5, media=2400))
    assert isinstance(report, RtcpSrPacket)
    info = report.sender_info
    assert (report.ssrc, info.packet_count, info.octet_count) == (7, 3, 240)
    assert info.ntp_timestamp == 100 * 2**32 + 2**31
    assert info.rtp_timestamp == 2400 - 480
    assert isinstance(names, RtcpSdesPacket)
    assert [(chunk.ssrc, chunk.items) for chunk in names.chunks] == [(7, [(1, b"box")])]


def test_the_round_trip_is_what_is_left_of_the_time() -> None:
    compound = sender_report(sender(), "box", now=100.0, media=0)
    [told] = read(compound, now=500.0)  # on the listener's clock
    assert told == SenderReport(7, ntp(100.0))
    listener = Reception(7)
    for number in range(10):
        listener.arrived(2 * number, 960 * number, 400 + 0.02 * number)
    listener.sender_reported(told.ntp, 500.0)
    [report] = read(receiver_report(9, "ear", [listener.report(503.0)]), now=103.25)
    assert isinstance(report, Report)
    assert (report.ssrc, report.highest) == (7, 18)
    assert report.lost == pytest.approx(9 / 19, abs=1 / 256)
    assert report.round_trip_s == pytest.approx(0.25, abs=0.001)


def test_without_a_sender_report_there_is_no_round_trip_and_none_is_below_zero() -> None:
    listener = Reception(7)
    [report] = read(receiver_report(9, "ear", [listener.report(1.0)]), now=1.0)
    assert isinstance(report, Report)
    assert report.round_trip_s is None
    listener.sender_reported(ntp(100.0), 500.0)
    [report] = read(receiver_report(9, "ear", [listener.report(503.0)]), now=102.9)
    assert isinstance(report, Report)
    assert report.round_trip_s == 0.0


def test_an_end_is_said_in_company() -> None:
    compound = goodbye(9, "box")
    kinds = [type(packet) for packet in RtcpPacket.parse(compound)]
    assert kinds == [RtcpRrPacket, RtcpSdesPacket, RtcpByePacket]
    assert read(compound, 0.0) == (Goodbye(9),)


def test_unknown_kinds_are_passed_over() -> None:
    extended = bytes.fromhex("80cf 0001 00000009")
    feedback = bytes.fromhex("81cd 0003 00000009 00000007 00010000")
    assert read(extended + feedback + bytes(RtcpByePacket([9])), 0.0) == (Goodbye(9),)


@given(st.lists(st.tuples(st.integers(0, 31), st.integers(192, 223), st.binary(max_size=60))))
def test_malformed_reports_tell_nothing_and_raise_nothing(
    packets: list[tuple[int, int, bytes]],
) -> None:
    compound = b""
    for count, kind, body in packets:
        body = body[: len(body) // 4 * 4]
        compound += bytes([0x80 | count, kind, 0, len(body) // 4]) + body
    read(compound, 0.0)
    assert read(compound + b"\x80", 0.0) == ()
