"""The Wi-Fi part of the set-up page, with a real server and a model of a radio."""

from __future__ import annotations

import asyncio
import os
from ipaddress import IPv4Interface
from pathlib import Path

import pytest
from test_browser import node_test

from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.room.model import new_room
from spacebox.system import wifi
from spacebox.system.wifi import NoWifi, WifiSetup
from spacebox.web.pair import Pairing
from spacebox.web.server import Server
from spacebox.web.services import Services
from spacebox.web.site import Site

HERE = IPv4Interface("127.0.0.1/8")
"""The box's own network is where the browser is."""


class Air:
    """What is around, and what became of it."""

    def __init__(self) -> None:
        self.joined = asyncio.Event()

    async def present(self) -> bool:
        return True

    async def known(self) -> bool:
        return self.joined.is_set()

    async def scan(self) -> tuple[Nearby, ...]:
        return (Nearby("Küche", 80, True), Nearby("Café zur Post", 20, False))

    async def open(self, _hotspot: Hotspot) -> None:
        pass

    async def close(self) -> None:
        pass

    async def join(self, network: Credentials) -> None:
        if network != Credentials("Küche", "a long one"):
            raise NoWifi(f"{network.name} did not take this key.")
        self.joined.set()


async def test_the_set_up_page_in_the_boxes_own_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi, "ADDRESS", HERE)
    hub, air = Hub(new_room("Mira")), Air()
    setup = WifiSetup(air, "SPACEBOX", lambda: False, lambda _: None)
    streams = Streams(hub)
    services = Services(
        signalling=None,  # type: ignore[arg-type]
        broadcast=streams,
        health=tuple,
        faults=tuple,
        metrics=bytes,
        presence=lambda _who, _present: None,
        pairing=Pairing(hub.clock),
        wifi=setup,
    )
    server = Server(hub, Site(box_id="b0c5", name="attic"), services)
    port = await server.listen("127.0.0.1", 0)
    setup.ask()
    await setup.look()
    running = asyncio.create_task(setup.run())
    shots = os.environ.get("SHOTS", str(tmp_path / "shots"))
    places = {"SPACEBOX_URL": f"http://127.0.0.1:{port}", "SHOTS": shots}
    try:
        await asyncio.to_thread(node_test, "wifi.test.mjs", {**os.environ, **places})
        await asyncio.wait_for(air.joined.wait(), 10)
    finally:
        running.cancel()
        await server.stop()
        streams.close()
