"""Our address as a real STUN server sees it, and what is not believed."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spacebox.rtc import socket as media
from spacebox.rtc.reflexive import Reflexive
from spacebox.rtc.socket import MediaSocket
from spacebox.rtc.stun import outline, success
from turn import turn


@pytest.fixture
async def sockets() -> AsyncIterator[MediaSocket]:
    sockets = MediaSocket(0, loopback=True)
    yield sockets
    sockets.close()


async def told(sockets: MediaSocket, reflexive: Reflexive) -> None:
    """Go on until the first answer was taken."""
    asking = asyncio.create_task(reflexive.run())
    async with asyncio.timeout(20):
        while not await taken(sockets, reflexive):
            await asyncio.sleep(0.02)
    asking.cancel()


async def taken(sockets: MediaSocket, reflexive: Reflexive) -> bool:
    for data, local, remote in sockets.receive(10):
        assert reflexive.expects(data)
        reflexive.receive(data, local, remote)
        return True
    return False


async def test_a_server_tells_that_no_nat_is_between(sockets: MediaSocket, tmp_path: Path) -> None:
    with turn(tmp_path) as server:
        uri = server.uri.replace("turn:", "stun:").partition("?")[0]
        reflexive = Reflexive(sockets, [uri], time.monotonic)
        await told(sockets, reflexive)
    assert reflexive.mapped() == {}


async def test_no_address_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ("127.0.0.1", "127.0.0.2")
    monkeypatch.setattr(media, "_own_hosts", lambda **_: hosts)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((hosts[0], 0))
        server.setblocking(False)
        sockets = MediaSocket(0, loopback=True)
        uri = f"stun:{hosts[0]}:{server.getsockname()[1]}"
        asking = asyncio.create_task(Reflexive(sockets, [uri], time.monotonic).run())
        async with asyncio.timeout(20):
            receive = asyncio.get_running_loop().sock_recvfrom
            asked = [(await receive(server, 1500))[1] for _ in hosts]
        asking.cancel()
        sockets.close()
    assert {host for host, _ in asked} == set(hosts)


async def test_another_address_is_asked_for_at_once_and_the_one_before_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = "127.0.0.1", "127.0.0.2"
    monkeypatch.setattr("spacebox.rtc.reflexive.AGAIN_S", 3600)
    monkeypatch.setattr("spacebox.rtc.reflexive.TRIES", 1)
    monkeypatch.setattr(media, "_own_hosts", lambda **_: (first,))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((first, 0))
        server.setblocking(False)
        sockets = MediaSocket(0, loopback=True)
        there = server.getsockname()
        reflexive = Reflexive(sockets, [f"stun:{there[0]}:{there[1]}"], lambda: 100.0)
        asking = asyncio.create_task(reflexive.run())
        receive = asyncio.get_running_loop().sock_recvfrom
        async with asyncio.timeout(20):
            request, local = await receive(server, 1500)
            asked = outline(request)
            assert asked is not None
            reflexive.receive(success(asked.transaction, there, "x"), local, there)
            assert set(reflexive.told()) == {local}
            monkeypatch.setattr(media, "_own_hosts", lambda **_: (second,))
            sockets.refresh()
            assert reflexive.told() == {}
            assert (await receive(server, 1500))[1] == (second, sockets.port)
        asking.cancel()
        sockets.close()


async def test_what_was_not_asked_is_not_believed(sockets: MediaSocket) -> None:
    now = 100.0
    local = sockets.addresses[0]
    outside = ("203.0.113.5", 40_000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((local[0], 0))
        server.setblocking(False)
        there = server.getsockname()
        servers = ["stun:no..name", "stuns:192.0.2.1", f"stun:{there[0]}:{there[1]}"]
        reflexive = Reflexive(sockets, servers, lambda: now)
        asking = asyncio.create_task(reflexive.run())
        async with asyncio.timeout(20):
            request = await asyncio.get_running_loop().sock_recv(server, 1500)
        asking.cancel()
    asked = outline(request)
    assert asked is not None
    answer = success(asked.transaction, outside, "nobody checks this")
    assert not reflexive.expects(success(bytes(12), outside, "x"))
    reflexive.receive(answer, local, ("192.0.2.66", 3478))
    assert reflexive.mapped() == {}
    reflexive.receive(answer, local, there)
    assert reflexive.mapped() == {local: outside}
    now += 1000
    assert reflexive.mapped() == {}
