"""The agent against another implementation of ICE, over real sockets, and against junk."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import cast

import aioice
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ice_network import BOX, HIGH, PEER, check

from spacebox.rtc import stun
from spacebox.rtc.actions import Action, Away, Selected, Send
from spacebox.rtc.candidates import Address, Candidate
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ice import Agent


def own_address(*, ipv6: bool) -> str:
    """Return an address of this machine that is not loopback; aioice uses no other."""
    hosts = aioice.ice.get_host_addresses(use_ipv4=not ipv6, use_ipv6=ipv6)
    if not hosts:
        pytest.skip("this machine has no address but loopback")
    return hosts[0]


class Wire(asyncio.DatagramProtocol):
    """An agent on one socket. It loses every second datagram at first, if *lossy*."""

    def __init__(self, agent: Agent, *, lossy: bool) -> None:
        self.agent, self.lossy = agent, lossy
        self.log: list[Action] = []
        self.received = self.lost = self.unknown = 0
        self.changed = asyncio.Event()
        self._closed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)
        self.local: Address = transport.get_extra_info("sockname")[:2]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.received += 1
        if self.lossy and self.received < 10 and self.received % 2:
            self.lost += 1
            return
        seen = stun.outline(data)
        if seen is None:
            return
        if seen.ufrag in self.agent.ufrags or seen.transaction.startswith(self.agent.token):
            self.do(self.agent.receive(data, self.local, addr[:2], monotonic()))
        else:
            self.unknown += 1

    def do(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self.transport.sendto(action.datagram, action.remote)
            else:
                self.log.append(action)
        self.changed.set()
        self.wake()

    def wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = self.agent.next_at()
        if at < monotonic() + 60:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(at - monotonic(), self.act)

    def act(self) -> None:
        self.do(self.agent.due(monotonic()))

    async def until(self, kind: type[Action]) -> None:
        while not any(isinstance(each, kind) for each in self.log):
            self.changed.clear()
            await self.changed.wait()

    def connection_lost(self, _: Exception | None) -> None:
        self._closed.set()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.transport.close()
        await self._closed.wait()


@asynccontextmanager
async def joined(
    *, controlling: bool, lossy: bool = False, ipv6: bool = False
) -> AsyncIterator[tuple[Wire, aioice.Connection]]:
    """Give an agent and aioice, each of which found the other."""
    host = own_address(ipv6=ipv6)
    peer = aioice.Connection(ice_controlling=controlling)
    ours = Credentials.fresh()
    theirs = Credentials(peer.local_username, peer.local_password)
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as free:
        free.bind((host, 0))
        local = free.getsockname()[:2]
    agent = Agent(ours, theirs, [Candidate(local, HIGH)])
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_datagram_endpoint(
        lambda: Wire(agent, lossy=lossy), local_addr=local
    )
    try:
        await peer.gather_candidates()
        peer.remote_username, peer.remote_password = ours.ufrag, ours.password
        line = f"1 1 udp {HIGH} {local[0]} {local[1]} typ host"
        await peer.add_remote_candidate(aioice.Candidate.from_sdp(line))
        await peer.add_remote_candidate(None)
        for each in peer.local_candidates:
            agent.add_candidate(theirs.ufrag, Candidate((each.host, each.port), each.priority))
        wire.wake()
        async with asyncio.timeout(20):
            await asyncio.gather(peer.connect(), wire.until(Selected))
        yield wire, peer
    finally:
        await peer.close()
        await wire.close()


@pytest.mark.parametrize(("controlling", "ipv6"), [(True, False), (False, False), (True, True)])
async def test_aioice_and_the_agent_find_each_other(controlling: bool, ipv6: bool) -> None:
    async with joined(controlling=controlling, ipv6=ipv6) as (wire, peer):
        assert wire.agent.selected is not None
        local, remote = wire.agent.selected
        wire.transport.sendto(b"\x80hello", remote)
        async with asyncio.timeout(5):
            assert await peer.recv() == b"\x80hello"
        assert local == wire.local
        assert (wire.agent.ignored, wire.unknown) == (0, 0)


async def test_they_find_each_other_when_the_first_datagrams_are_lost() -> None:
    async with joined(controlling=True, lossy=True) as (wire, _):
        assert wire.lost


async def test_a_peer_that_closed_is_missed() -> None:
    async with joined(controlling=True) as (wire, peer):
        await peer.close()
        async with asyncio.timeout(20):
            await wire.until(Away)


THEIRS, OURS = Credentials("peer", "p" * 22), Credentials("boxs", "b" * 22)
REQUEST = check(OURS, THEIRS, nominating=True)
PLACES = st.integers(0, len(REQUEST))


@given(st.lists(st.tuples(st.binary(max_size=60), PLACES, PLACES, st.booleans()), max_size=8))
def test_junk_datagrams_move_nothing_and_raise_nothing(
    junk: list[tuple[bytes, int, int, bool]],
) -> None:
    agent, now = Agent(OURS, THEIRS, [Candidate(BOX, HIGH)]), 0.0
    for piece, start, end, echo in junk:
        datagram = REQUEST[:start] + piece + REQUEST[end:]
        if echo:
            agent.add_candidate(THEIRS.ufrag, Candidate(PEER, HIGH))
            sent = [each.datagram for each in agent.due(now) if isinstance(each, Send)]
            datagram = b"\1\1" + (sent[0] if sent else datagram)[2:]
        actions = agent.receive(datagram, BOX, PEER, now)
        now += 0.1
        assert all(isinstance(action, Send) for action in actions)
    assert agent.selected is None


def test_an_answer_counts_once_and_only_from_where_it_was_asked_for() -> None:
    agent = Agent(OURS, THEIRS, [Candidate(BOX, HIGH)])
    agent.add_candidate(THEIRS.ufrag, Candidate(PEER, HIGH))
    (sent,) = agent.due(0.0)
    assert isinstance(sent, Send)
    transaction = sent.datagram[8:20]
    answer = stun.success(transaction, BOX, THEIRS.password)
    assert agent.receive(answer, BOX, ("198.51.100.8", 40000), 0.1) == ()
    assert agent.receive(stun.success(transaction, BOX, OURS.password), BOX, PEER, 0.1) == ()
    assert agent.receive(stun.refusal(transaction, 401), BOX, PEER, 0.1) == ()
    assert agent.receive(stun.refusal(transaction, 487), BOX, PEER, 0.1) == ()
    assert not agent.controlling
    assert agent.ignored == 4
    assert len(agent.receive(answer, BOX, PEER, 0.1)) == 1
    assert agent.receive(answer, BOX, PEER, 0.1) == ()
    assert agent.ignored == 5
