"""The panel beside the media clock: mute takes one tick, and a broken glass takes none."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from PIL import Image

from box import eventually
from exchange import Exchange
from panel.abroad import Abroad
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.config import schema
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.panel.glass import MemoryGlass
from spacebox.panel.unit import Hardware, Reach, Unit
from spacebox.panel.view import Surroundings
from spacebox.ports import Tick
from spacebox.room.commands import SetMuted, StartSpace
from spacebox.room.model import HOST, new_room
from wires import Loose

SILENT_DB = -90.0
BLOCKED_TICKS = 10
HUNG_TICKS = 150


@dataclass
class Studio:
    """A panel, a microphone that hears a tone, and the media clock."""

    ticks: list[Tick] = field(default_factory=list)
    glass: MemoryGlass = field(default_factory=MemoryGlass)
    pins: MockFactory = field(default_factory=lambda: MockFactory(pin_class=MockPWMPin))

    def __post_init__(self) -> None:
        self.microphone = Tone(440)
        self.pump = Pump(self.ticks.append, Loose())
        self.hub = Hub(new_room("Mira"))
        self.host = Host(self.hub, self.pump, self.microphone, Exchange(), 10)
        self.abroad = Abroad(self.hub.clock)
        cut = self.host.cut
        reach = Reach(self._around, cut.cut, cut.know, {}, int, self.abroad)
        hardware = Hardware(lambda: self.pins, lambda _: self.glass)
        self.unit = Unit(schema.Panel(), hardware, self.hub, reach)

    def _around(self) -> Surroundings:
        return Surroundings(datetime.now(UTC), "http://box.local", self.microphone.loudness())

    def level_db(self, at: int) -> float:
        return self.ticks[at].voices[HOST].level_db

    def block(self, ticks: int) -> None:
        """Let nothing else of the event loop run for so many ticks of the media clock."""
        until = len(self.ticks) + ticks
        eventually(lambda: len(self.ticks) >= until)


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    studio.pump.start()
    yield studio
    await close(studio)


async def close(studio: Studio) -> None:
    studio.unit.close()
    studio.host.close()
    studio.pump.stop()


async def test_mute_is_heard_after_one_tick_though_the_event_loop_hangs(studio: Studio) -> None:
    studio.hub.submit(StartSpace(HOST))
    studio.hub.submit(SetMuted(HOST, False))
    eventually(lambda: studio.ticks and studio.level_db(-1) > -30)
    pin = studio.pins.pin(schema.Buttons().mute)
    before = len(studio.ticks)
    pin.drive_low()
    begun = len(studio.ticks)  # a tick that was under way may have been heard
    studio.block(BLOCKED_TICKS)
    assert not studio.hub.room.participants[HOST].muted, "the room does not even know yet"
    assert studio.level_db(before - 1) > -30
    # The tick that is under way, the one that fades, and silence.
    levels = [studio.level_db(at) for at in range(begun + 2, len(studio.ticks))]
    assert levels
    assert max(levels) < SILENT_DB


async def test_nobody_is_muted_by_a_bounce(studio: Studio) -> None:
    studio.hub.submit(StartSpace(HOST))
    pin = studio.pins.pin(schema.Buttons().mute)
    for _ in range(5):
        pin.drive_low()
        pin.drive_high()
        time.sleep(0.001)
    pin.drive_low()
    await until_open(studio)
    studio.block(3)
    assert studio.level_db(-1) > -30


class HangingGlass(MemoryGlass):
    """A glass on a bus that hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()
        self.again = threading.Event()

    def show(self, picture: Image.Image) -> None:
        self.hangs.set()
        self.again.wait()
        super().show(picture)


async def test_a_glass_that_hangs_delays_no_tick_and_no_press() -> None:
    glass = HangingGlass()
    studio = Studio(glass=glass)
    studio.pump.start()
    watching = asyncio.create_task(studio.unit.panel.run())
    try:
        assert await asyncio.to_thread(glass.hangs.wait, 5)
        studio.hub.submit(StartSpace(HOST))
        studio.pins.pin(schema.Buttons().mute).drive_low()
        await until_open(studio)
        until = len(studio.ticks) + HUNG_TICKS
        while len(studio.ticks) < until:
            await asyncio.sleep(0.02)
        indices = [tick.index for tick in studio.ticks]
        assert indices == list(range(len(indices))), "not a slot is missing"
        assert not studio.unit.faults(), "it hangs still"
    finally:
        glass.again.set()
        watching.cancel()
        await close(studio)


async def until_open(studio: Studio) -> None:
    async with asyncio.timeout(5):
        while studio.hub.room.participants[HOST].muted:
            await asyncio.sleep(0.005)
