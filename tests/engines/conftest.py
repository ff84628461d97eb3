"""A host without a network or a clock of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from exchange import Exchange
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.room.model import Announcement, new_room
from wires import Loose


@pytest.fixture
def hub() -> Hub:
    return Hub(new_room("Mira", Announcement(), 10))


@pytest.fixture
def microphone() -> Tone:
    return Tone(440)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
async def host(hub: Hub, microphone: Tone, exchange: Exchange) -> AsyncIterator[Host]:
    pump = Pump(lambda _: None, Loose())
    host = Host(hub, pump, microphone, exchange, 10)
    yield host
    host.close()
    pump.stop()
