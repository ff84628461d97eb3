"""A box's sound without its box: a tone as the microphone, a tape as the speaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from spacebox.audio.cut import Cut
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.engines.guest.sound import Sound
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Frame
from spacebox.room.model import HOST
from spacebox.rtc.transport import Reach, Transport
from tones import amplitude

HERTZ = 440
WINDOW_S = 0.5
_WINDOW = round(WINDOW_S * SAMPLE_RATE / FRAME_SAMPLES)


@dataclass
class Tape:
    """What the speaker played."""

    frames: list[Frame] = field(default_factory=list)

    def push(self, frame: Frame) -> None:
        self.frames.append(frame)

    async def hears(self, *loud: int, quiet: tuple[int, ...] = ()) -> None:
        """Wait until half a second has all of *loud* (Hz) in it and nothing of *quiet*."""
        async with asyncio.timeout(30):
            while not self._has(loud, quiet):
                await asyncio.sleep(0.05)

    def _has(self, loud: tuple[int, ...], quiet: tuple[int, ...]) -> bool:
        if len(self.frames) < _WINDOW:
            return False
        sound = np.concatenate(self.frames[-_WINDOW:])
        return all(amplitude(sound, hertz) > 0.03 for hertz in loud) and all(
            amplitude(sound, hertz) < 0.003 for hertz in quiet
        )


@dataclass(frozen=True)
class Visitor:
    """What an engine plays by and is heard by, and what came of it."""

    sound: Sound
    tape: Tape


@asynccontextmanager
async def visitor() -> AsyncIterator[Visitor]:
    """Run a media clock and its transport, with a microphone that is shut at first."""
    loop = asyncio.get_running_loop()
    transport = Transport(Reach(0))
    pump = Pump(lambda _: loop.call_soon_threadsafe(transport.attend), transport)
    microphone, tape = Tone(HERTZ), Tape()
    pump.seat(HOST, microphone, muted=True)
    pump.hear(HOST, tape)
    pump.start()
    try:
        yield Visitor(Sound(pump, Cut(microphone.mute), transport), tape)
    finally:
        pump.stop()
        transport.close()
