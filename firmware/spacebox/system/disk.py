"""The disk, looked at again and again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from spacebox.ports import Fault
from spacebox.system.health import disk_faults

LOOK_S = 2.0


class Disk:
    """Knows how the disk is, from `watch` on."""

    def __init__(self, file: Path, keep_free_mb: int) -> None:
        """*file* is one that is always there, and that the disk itself is asked for."""
        self._file = file
        self.keep_free_mb = keep_free_mb
        self.faults: tuple[Fault, ...] = ()
        self.answered_at = time.monotonic()

    async def watch(self) -> None:
        """Look at it, without end, in a thread: a card that is dying blocks for long."""
        while True:
            self.faults = await asyncio.to_thread(self._look)
            self.answered_at = time.monotonic()
            await asyncio.sleep(LOOK_S)

    def _look(self) -> tuple[Fault, ...]:
        return tuple(disk_faults(self._file, self.keep_free_mb))
