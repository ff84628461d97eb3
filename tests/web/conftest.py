"""Fixtures of the web's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from away import Trips
from served import SITE, Box, Clock, Ether, Face, Lines

from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.room.model import new_room
from spacebox.web.pair import Pairing
from spacebox.web.server import Server
from spacebox.web.services import Services


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    clock, lines, face = Clock(), Lines(), Face()
    hub = Hub(new_room("Mira"), clock)
    streams = Streams(hub)
    presence: list[tuple[str, bool]] = []
    ills: list[str] = []
    trips, pairing, ether = Trips(clock), Pairing(clock), Ether()
    server = Server(
        hub,
        SITE,
        Services(
            signalling=lines,
            broadcast=streams,
            health=lambda: tuple(ills),
            faults=lambda: ("disk: nearly full",),
            metrics=lambda: b"spacebox_ticks_total 1\n",
            presence=lambda who, present: presence.append((who, present)),
            front=face,
            fingers=face.fingers,
            visits=trips,
            pairing=pairing,
            wifi=ether,
        ),
    )
    port = await server.listen("127.0.0.1", 0)
    socket = tmp_path / "control.sock"
    await server.listen_unix(socket)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Box(
            hub,
            clock,
            lines,
            streams,
            server,
            session,
            port,
            socket,
            presence,
            ills,
            face,
            trips,
            pairing,
            ether,
        )
    await server.stop()
    streams.close()


@pytest.fixture
async def control(box: Box) -> AsyncIterator[aiohttp.ClientSession]:
    """The box's control socket."""
    connector = aiohttp.UnixConnector(str(box.socket))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


@pytest.fixture
async def host(box: Box, control: aiohttp.ClientSession) -> str:
    """A host's token, had by a link from the control socket."""
    async with control.post("http://localhost/api/link", json={"role": "host"}) as response:
        link = await response.json()
    seat = await box.join(invite=link["token"])
    return str(seat["token"])
