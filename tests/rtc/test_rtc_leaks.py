"""What is left in a transport of connections that are over."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import ExitStack, closing
from weakref import WeakSet

import pytest
from studio import studio, until

from peers.sender import Ear, Newcomer, Sender
from spacebox.audio.received import Received
from spacebox.rtc import liveness, patience
from spacebox.rtc.downlink import Downlink
from spacebox.rtc.identity import Identity
from spacebox.rtc.peer import Peer
from spacebox.rtc.transport import Transport
from spacebox.rtc.uplink import Uplink

AT_ONCE, ROUNDS = 12, 3


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up sooner than is kind."""
    monkeypatch.setattr(patience, "KEPT_S", 0.5)
    monkeypatch.setattr(patience, "DOUBT_S", 0.5)
    monkeypatch.setattr(liveness, "AWAY_S", 3.0)
    monkeypatch.setattr(liveness, "GONE_S", 3.5)


async def test_however_it_ends_nothing_is_left() -> None:
    async with studio() as transport:
        tasks, peers = asyncio.all_tasks(), WeakSet[Peer]()
        for _ in range(ROUNDS):
            await come_and_go(transport, peers)
        gc.collect()
        assert list(peers) == []
        assert asyncio.all_tasks() == tasks
        assert not any(vars(transport._demux).values())
        assert not transport._fanout._outlets
        assert transport.counts.joins == AT_ONCE * ROUNDS


async def test_who_is_found_but_shakes_no_hands_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Falling silent and coming back gives no more time to connect."""
    monkeypatch.setattr(patience, "CONNECT_S", 2.0)
    monkeypatch.setattr(patience, "KEPT_S", 1000.0)
    monkeypatch.setattr(liveness, "AWAY_S", 0.1)
    monkeypatch.setattr(liveness, "GONE_S", 0.2)
    async with studio() as transport, asyncio.timeout(20):
        with closing(Newcomer(Identity.new())) as newcomer:
            peer = linked(transport, newcomer).peer
            while not peer.over:
                await polled([newcomer])
                if newcomer.found:
                    await asyncio.sleep(0.4)
                    newcomer.check()


async def come_and_go(transport: Transport, peers: WeakSet[Peer]) -> None:
    """Make connections both ways, and end them: from here, from there, or by silence."""
    identity = Identity.new()
    with ExitStack() as stack:
        ends = [stack.enter_context(closing(Ear(identity))) for _ in range(AT_ONCE // 2)]
        ends += [stack.enter_context(closing(Sender(identity))) for _ in range(AT_ONCE // 2)]
        links = [linked(transport, end) for end in ends]
        peers.update(link.peer for link in links)
        while not all(link.peer.connected for link in links) or any(e.keys is None for e in ends):
            await polled(ends)
        for end in ends[-3:]:
            end.say(0, b"\xfc\xff\xfe")
        await until(lambda: links[-1].pull() is not None)
        for number, (link, end) in enumerate(zip(links, ends, strict=True)):
            [link.peer.close, end.close, end.vanish][number % 3]()
        await until(lambda: all(link.peer.over for link in links))


def linked(transport: Transport, end: Sender) -> Downlink | Uplink:
    if isinstance(end, Ear):
        link = transport.downlink(None, end.offer(), lambda: None)
    else:
        link = transport.uplink(Received, end.offer(), lambda: None)
    end.meet(link.sdp)
    return link


async def polled(ends: list[Sender]) -> None:
    for end in ends:
        end.poll(time.monotonic())
    await asyncio.sleep(0.005)
