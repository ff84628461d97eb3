"""What a box remembers over its sudden end: the open Space, and whose seat is whose."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from spacebox.hub import Hub
from spacebox.room.commands import ReportCutOff
from spacebox.room.model import Room
from spacebox.store.book import BookFile
from spacebox.store.journal import BEAT_S, Journal, boot_id

SPACE, TOKENS = "space.jsonl", "tokens.jsonl"


class Memory:
    """Kept in the folder *state*. Raises OSError where that cannot be read."""

    def __init__(self, state: Path, idle: Room) -> None:
        """Begin with the room that was cut off, else with *idle*."""
        self._space = BookFile(state / SPACE)
        self.tokens = BookFile(state / TOKENS)
        self._journal = Journal(self._space, boot_id(), time.time)
        cut_off = self._journal.unfinished(idle, time.monotonic())
        self.hub = Hub(cut_off or idle)
        self.hub.listen(self._journal.on_entry)
        self.goes_on = cut_off is not None
        """Whether a Space goes on that the box was cut off from."""
        if cut_off:
            self.hub.submit(ReportCutOff())

    async def keep(self) -> None:
        """Say again and again that the Space is there; ends with its task."""
        while True:
            await asyncio.sleep(BEAT_S)
            if self.hub.room.open:
                self._journal.beat()

    def forget(self) -> None:
        """Forget all of it for good, whatever happens until the box is gone. Raises OSError."""
        self._space.erase()
        self.tokens.erase()

    def close(self) -> None:
        """Have it all on the card."""
        self._space.close()
        self.tokens.close()
