"""Junk datagrams at a transport, from a stranger and from a peer that was let in."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ice_network import check

from benchmarks import listener
from benchmarks.listener import address
from peers.sender import OPUS, Sender
from spacebox.audio.received import Received
from spacebox.rtc import patience, stun
from spacebox.rtc.generation import Credentials
from spacebox.rtc.identity import Identity
from spacebox.rtc.rtp import Outgoing
from spacebox.rtc.srtp import SSRCS
from spacebox.rtc.transport import MOST_WAITING, PER_TICK, Reach, Transport
from spacebox.rtc.uplink import Uplink

AT_ONCE = 100
"""Datagrams in a tick: 5,000 in a second."""


@dataclass
class Scene:
    """A transport without a clock of its own, and a speaker that it knows."""

    transport: Transport
    uplink: Uplink
    sender: Sender
    stranger: socket.socket

    def tick(self) -> None:
        self.transport.receive()
        self.transport.attend()
        self.uplink.pull()
        self.sender.poll(time.monotonic())

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not met():
                self.tick()
                await asyncio.sleep(0.005)

    def say(self, media: int) -> None:
        self.sender.say(media, b"\xfc\xff\xfe")


@contextmanager
def speaking(transport: Transport) -> Iterator[tuple[Uplink, Sender]]:
    sender = Sender(Identity.new())
    uplink = transport.uplink(Received, sender.offer(), lambda: None)
    sender.meet(uplink.sdp)
    try:
        yield uplink, sender
    finally:
        uplink.peer.close()
        sender.close()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    transport = Transport(Reach(0))
    with speaking(transport) as (uplink, sender), socket.socket(type=socket.SOCK_DGRAM) as stranger:
        stranger.bind((address(), 0))
        scene = Scene(transport, uplink, sender, stranger)
        await scene.until(lambda: uplink.peer.connected and sender.keys is not None)
        yield scene
    transport.close()


def stun_like() -> st.SearchStrategy[bytes]:
    """Well-formed outside."""
    attribute = st.tuples(
        st.sampled_from((0x6, 0x8, 0x9, 0x20, 0x24, 0x25, 0x8028, 0x8029, 0x802A))
        | st.integers(0, 65535),
        st.binary(max_size=40),
    )
    return st.builds(
        _message,
        st.sampled_from((0x0001, 0x0011, 0x0101, 0x0111, 0x0003)),
        st.binary(min_size=12, max_size=12),
        st.lists(attribute, max_size=6),
    )


def _message(kind: int, transaction: bytes, attributes: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(
        stun.ATTRIBUTE.pack(name, len(value)) + value + bytes(-len(value) % 4)
        for name, value in attributes
    )
    return stun.HEADER.pack(kind, len(body), stun.COOKIE, transaction) + body


def records() -> st.SearchStrategy[bytes]:
    record = st.tuples(st.integers(19, 64), st.integers(0, 2), st.binary(max_size=80)).map(
        lambda drawn: (
            bytes([drawn[0], 0xFE, 0xFD, 0, drawn[1], 0, 0, 0, 0, 0, 9])
            + len(drawn[2]).to_bytes(2, "big")
            + drawn[2]
        )
    )
    return st.lists(record, min_size=1, max_size=4).map(b"".join)


RTP = st.binary(min_size=11, max_size=60).map(lambda rest: b"\x80" + rest)
DATAGRAMS = st.one_of(
    st.binary(max_size=80),
    st.binary(min_size=1400, max_size=1600),
    st.just(bytes([128]) * 4000),
    stun_like(),
    records(),
    RTP,
)


async def test_nothing_raises_and_nothing_piles_up(scene: Scene) -> None:
    there = scene.sender.box

    @settings(
        max_examples=300,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(st.booleans(), DATAGRAMS), max_size=20))
    def feed(datagrams: list[tuple[bool, bytes]]) -> None:
        for admitted, datagram in datagrams:
            if admitted:
                scene.sender.send(datagram)
            else:
                scene.stranger.sendto(datagram, there)
        before = scene.transport.counts.received
        scene.tick()
        assert scene.transport.counts.received >= before + len(datagrams)

    feed()
    assert scene.transport.counts.broken == 0
    assert scene.uplink.peer.connected
    tally = scene.uplink.tally.sent
    for slot in range(20):
        scene.say(slot * 960)
    await scene.until(lambda: scene.uplink.tally.sent > tally)


async def test_what_is_sealed_may_be_anything_too(scene: Scene) -> None:
    seal, report = scene.sender.sealer.seal, scene.sender.reports.seal
    stream = Outgoing.new()

    @settings(
        max_examples=300,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.integers(0, 1 << 33),
        st.binary(min_size=1, max_size=200),
        st.sampled_from((200, 201, 202, 204, 205, 206)),  # all but a goodbye
        st.integers(0, 31),
    )
    def feed(media: int, content: bytes, kind: int, count: int) -> None:
        scene.sender.send(seal(stream.packet(OPUS, media, content)))
        content += bytes(-len(content) % 4)
        header = bytes([0x80 | count, kind, 0, len(content) // 4 + 1])
        scene.sender.send(report(header + stream.ssrc.to_bytes(4, "big") + content))
        scene.tick()

    feed()
    assert scene.transport.counts.broken == 0
    assert scene.uplink.peer.connected


async def test_a_stranger_who_knows_a_name_drowns_nobody(scene: Scene) -> None:
    ours = Credentials(scene.sender.ufrag, "not the password of this one")
    junk = check(ours, Credentials.fresh())
    for _ in range(AT_ONCE):
        scene.stranger.sendto(junk, scene.sender.box)
    for _ in range(PER_TICK):
        scene.sender.check()
    scene.tick()
    assert scene.transport.counts.flooded == AT_ONCE - PER_TICK, "none of the peer's own"


async def test_an_alert_that_anybody_could_write_ends_nobody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "DOUBT_S", 0.5)
    monkeypatch.setattr(listener, "CHECK_S", 1000.0)  # it only answers, as some do
    met_at = time.monotonic()
    await scene.until(lambda: time.monotonic() > met_at + 0.5)  # then nobody asks for a while
    doubted_at = time.monotonic()
    scene.sender.send(bytes([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0]))
    await scene.until(lambda: time.monotonic() > doubted_at + 2 * patience.DOUBT_S)
    assert not scene.uplink.peer.over


async def test_a_peer_has_so_many_streams_and_no_more(scene: Scene) -> None:
    for _ in range(AT_ONCE):
        scene.sender.stream = Outgoing.new()
        scene.say(0)
    scene.tick()
    assert scene.transport.counts.refused == AT_ONCE - SSRCS


async def test_the_queues_have_an_end(scene: Scene) -> None:
    for _ in range(2 * MOST_WAITING // AT_ONCE):
        for first in (0, 22):
            for _ in range(AT_ONCE):
                scene.stranger.sendto(bytes([first]) * 30, scene.sender.box)
            scene.transport.receive()
    for round_ in (1, 2, 2):
        scene.transport.attend()
        assert scene.transport.counts.unknown == round_ * MOST_WAITING
