"""The relay that stands for bad networks: what it loses, and what it must not touch."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import groupby, islice

import pytest

import losses
from relay import Direction, Relay, is_media, without_candidates

HERE = "127.0.0.1"
RTP, RTCP, STUN, DTLS = b"\x80\x6f", b"\x80\xc9", b"\x00\x01", b"\x16\xfe"
ANSWER = (
    "v=0\r\na=ice-pwd:x\r\na=candidate:a 1 tcp 9 {0} 9 typ host tcptype active\r\n"
    "a=candidate:b 1 UDP 2130706431 {0} {1} typ host\r\n"
    "a=candidate:c 1 udp 2130706431 fd00::2 {1} typ host\r\n"
    "a=end-of-candidates\r\na=setup:passive\r\n"
)


def bound() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((HERE, 0))
    one.settimeout(10)
    return one


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as relay:
        yield relay


@pytest.fixture
def box() -> Iterator[socket.socket]:
    with bound() as box:
        yield box


@pytest.fixture
def peer(relay: Relay, box: socket.socket) -> Iterator[socket.socket]:
    """A peer that took the answer which the relay wrote."""
    with bound() as peer:
        peer.connect((HERE, port_in(relay.via(answer_of(box)))))
        yield peer


def answer_of(box: socket.socket) -> str:
    return ANSWER.format(HERE, box.getsockname()[1])


def port_in(answer: str) -> int:
    (line,) = (line for line in answer.splitlines() if line.startswith("a=candidate"))
    assert line.split()[2:5:2] == ["udp", HERE]
    return int(line.split()[5])


def numbered(kind: bytes, count: int) -> list[bytes]:
    return [kind + number.to_bytes(2, "big") for number in range(count)]


def through(one: socket.socket, other: socket.socket, kind: bytes, count: int) -> list[bytes]:
    """Send as many over the relay and return what came; a datagram that is not media ends it."""
    came = []
    for datagram in [*numbered(kind, count), STUN]:
        one.send(datagram)
    while (datagram := other.recv(100)) != STUN:
        came.append(datagram)
    return came


def test_the_answer_names_the_relay_and_nothing_else(relay: Relay, box: socket.socket) -> None:
    answer = relay.via(answer_of(box))
    assert port_in(answer) != box.getsockname()[1]
    assert port_in(relay.via(answer_of(box))) == port_in(answer)
    assert answer.splitlines()[:3] == ["v=0", "a=ice-pwd:x", "a=setup:passive"]
    assert "candidate" not in without_candidates(answer)


def test_each_peer_has_an_address_of_its_own(
    relay: Relay, box: socket.socket, peer: socket.socket
) -> None:
    with bound() as other:
        other.connect(peer.getpeername())
        addresses = []
        for number, one in enumerate((peer, other)):
            one.send(bytes([number]))
            datagram, address = box.recvfrom(100)
            addresses.append(address)
            box.sendto(datagram, address)
        assert (peer.recv(100), other.recv(100)) == (b"\x00", b"\x01")
        assert len({*addresses, peer.getsockname(), other.getsockname()}) == 4
    assert relay.up.seen == relay.down.seen == 0


def test_only_media_is_lost_each_way_by_itself_and_only_while_told(
    relay: Relay, box: socket.socket, peer: socket.socket
) -> None:
    peer.send(STUN)
    box.connect(box.recvfrom(100)[1])
    assert through(peer, box, RTP, 100) == numbered(RTP, 100)
    relay.up.losses = losses.independent(1.0)
    for kind in (RTCP, STUN, DTLS):
        assert is_media(kind) is False
    assert through(peer, box, RTCP, 10) == numbered(RTCP, 10)
    assert through(peer, box, RTP, 10) == []
    assert through(box, peer, RTP, 10) == numbered(RTP, 10)
    relay.up.losses = losses.first(2)
    assert through(peer, box, RTP, 10) == numbered(RTP, 10)[2:]
    assert (relay.up.forwarded, relay.up.dropped) == (108, 12)
    assert (relay.down.forwarded, relay.down.dropped) == (10, 0)


def test_a_box_that_is_gone_harms_nobody(
    relay: Relay, box: socket.socket, peer: socket.socket
) -> None:
    with bound() as gone, bound() as lonely:
        lonely.connect((HERE, port_in(relay.via(answer_of(gone)))))
        gone.close()
        for _ in range(3):
            lonely.send(RTP)
            peer.send(STUN)
            assert box.recv(100) == STUN


def test_a_sender_that_was_held_up_is_made_even_again() -> None:
    """The first of ten packets comes in time and the rest at once; timestamps wrap meanwhile."""
    way, went = Direction(), []
    way.steady_s = 0.5
    for index in range(10):
        timestamp = ((1 << 32) - 960 + 960 * index) % (1 << 32)
        way.take(RTP * 2 + timestamp.to_bytes(4, "big"), went.append, now=100 + 0.3 * (index > 0))
    now = 100.0
    while (wait := way.due_in(now)) is not None:
        now += wait
        way.release(now)
        assert len(went) == way.seen == round((now - 100.5) / 0.02) + 1
    assert now == pytest.approx(100.68)
    assert way.unrest_s(0) < 0.001


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_shares_and_bursts_are_what_they_say(share: float) -> None:
    alone = list(islice(losses.independent(share), 50_000))
    assert sum(alone) / len(alone) == pytest.approx(share, abs=0.01)
    bursty = list(islice(losses.bursts(share, 3), 100_000))
    assert sum(bursty) / len(bursty) == pytest.approx(share, abs=0.01)
    lengths = [len(list(run)) for lost, run in groupby(bursty) if lost]
    assert sum(lengths) / len(lengths) == pytest.approx(3, abs=0.15)
    assert list(islice(losses.bursts(share, 3), 1000)) == bursty[:1000]
