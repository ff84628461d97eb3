"""Our microphone in a room elsewhere: shut here at once, and told to them in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from spacebox.engines.guest.engine import Engine
from spacebox.engines.guest.sound import Sound
from spacebox.ports import Denied
from spacebox.room.model import Participant

SETTLED_S: Final = 12.0
"""By then what we said of our microphone is what they tell of it, also where the connection that
tells had to be made anew."""


class Voice:
    """Whether we may be heard. Used from the event loop only."""

    def __init__(self, sound: Sound, engine: Engine, clock: Callable[[], float]) -> None:
        self._sound = sound
        self._engine = engine
        self._clock = clock
        self.open = False
        """Whether our microphone is open, whatever they say of it."""
        self._told = False
        """What they were told of that last."""
        self._told_at = clock()
        self._telling: asyncio.Task[Denied | None] | None = None
        self._silenced = False
        """Whether their host muted us, as far as was told."""
        sound.mute(True)

    def set(self, *, muted: bool) -> None:
        """Shut or open the microphone, and let them know."""
        self.open = not muted
        self._sound.mute(muted)
        if not self._is_telling and self.open != self._told:
            self._telling = asyncio.create_task(self._tell(), name="our microphone there")

    async def settle(self) -> None:
        """Wait until they know. Raises Denied where they would not have it open, or never knew."""
        telling = self._telling
        if telling is None or telling.done():
            return
        await asyncio.wait((telling,))
        if telling.cancelled():
            raise Denied("not_now", "They were not reached in time.")
        if refusal := telling.result():
            raise refusal

    def follow(self, seat: Participant | None) -> None:
        """Shut the microphone where they have: off stage, or muted by their host."""
        before, self._silenced = self._silenced, seat is not None and seat.silenced
        if not self.open:
            return
        hushed = self._silenced and not before  # it stays so until they hear that we opened
        settled = not self._is_telling and self._clock() - self._told_at >= SETTLED_S
        if seat is None or not seat.on_stage or hushed or (seat.muted and settled):
            self.shut()

    def shut(self) -> None:
        """Shut the microphone, without a word to them."""
        self.open = self._told = False
        self._sound.mute(True)

    def close(self) -> None:
        """Shut the microphone, and tell nothing any more of what was wanted until now."""
        self.shut()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    @property
    def _is_telling(self) -> bool:
        return self._telling is not None and not self._telling.done()

    async def _tell(self) -> Denied | None:
        """Say how it is until they know; return why they would not have it."""
        try:
            while self.open != self._told:
                wanted = self.open
                await self._engine.mute(not wanted)
                self._told, self._told_at = wanted, self._clock()
        except Denied as denied:
            self.shut()
            return denied
        return None
