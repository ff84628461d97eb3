"""Whoever may not be heard any more is not, from the next tick on, whatever they go on sending."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pytest

from peers.sender import Sender
from spacebox.audio.opus import Encoder
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Frame
from spacebox.ports import Tick
from spacebox.room.commands import (
    Command,
    EndSpace,
    Join,
    Leave,
    MoveToAudience,
    Remove,
    Report,
    SetMuted,
    StartSpace,
    StepDown,
)
from spacebox.room.model import HOST, Role
from spacebox.rtc.identity import Identity
from spacebox.rtc.transport import Reach, Transport

HERTZ, HEARD = 500, 0.05
AFTER = 50
"""Ticks for which they go on sending."""


class Recorder:
    """The box's own speaker: what everybody but the host says, tick by tick."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def push(self, frame: Frame) -> None:
        self.frames.append(frame)


@dataclass
class Scene:
    hub: Hub
    transport: Transport
    recorder: Recorder
    ana: Sender
    said: int = 0

    async def until(self, check: Callable[[], bool]) -> None:
        """Let Ana speak until *check* holds, as fast as the clock goes."""
        encoder, began = Encoder(), time.monotonic() - self.said * FRAME_S
        async with asyncio.timeout(30):
            while not check():
                now = time.monotonic()
                self.ana.poll(now)
                while self.ana.keys is not None and began + self.said * FRAME_S <= now:
                    times = (np.arange(FRAME_SAMPLES) + self.said * FRAME_SAMPLES) / SAMPLE_RATE
                    tone = 0.1 * np.sin(2 * np.pi * HERTZ * times)
                    self.ana.say(self.said * FRAME_SAMPLES, encoder.encode(tone.astype(np.float32)))
                    self.said += 1
                await asyncio.sleep(0.005)

    @property
    def heard(self) -> bool:
        last = self.recorder.frames[-10:]
        return len(last) == 10 and min(np.abs(frame).max() for frame in last) > HEARD


@pytest.fixture
async def scene(hub: Hub) -> AsyncIterator[Scene]:
    loop, transport, recorder = asyncio.get_running_loop(), Transport(Reach(0)), Recorder()

    def deliver(tick: Tick) -> None:
        loop.call_soon_threadsafe(host.on_tick, tick)

    pump = Pump(deliver, transport)
    host = Host(hub, pump, Tone(440), transport, 10)
    pump.hear(HOST, recorder)
    hub.submit(StartSpace(HOST))
    hub.submit(Join("ana", "Ana", Role.SPEAKER))
    with closing(Sender(Identity.new())) as ana:
        ana.meet(host.lines.speak("ana", ana.offer(), tool=True).sdp)
        pump.start()
        try:
            scene = Scene(hub, transport, recorder, ana)
            await scene.until(lambda: scene.heard)
            yield scene
        finally:
            host.close()
            pump.stop()
            transport.close()


@pytest.mark.parametrize(
    "event",
    [
        Remove(HOST, "ana"),
        MoveToAudience(HOST, "ana"),
        StepDown("ana"),
        Leave("ana"),
        SetMuted("ana", True),
        EndSpace(HOST, now=True),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_nothing_is_heard_from_the_next_tick_on(
    scene: Scene, event: Command | Report
) -> None:
    scene.hub.submit(event)
    at, said = len(scene.recorder.frames), scene.said
    await scene.until(lambda: len(scene.recorder.frames) > at + AFTER)
    # Tick `at` may have been under way, and the fade takes half of the next.
    rest = np.concatenate(scene.recorder.frames[at + 1 :])
    assert np.abs(rest[FRAME_SAMPLES // 2 :]).max() == 0.0
    assert scene.said > said + AFTER / 2


async def test_packets_of_who_was_removed_are_a_strangers(scene: Scene) -> None:
    assert scene.transport.counts.strangers == 0
    scene.hub.submit(Remove(HOST, "ana"))
    said = scene.said
    await scene.until(lambda: scene.said > said + AFTER)
    await scene.until(lambda: scene.transport.counts.strangers >= AFTER)
