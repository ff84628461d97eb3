"""Many listeners in one process, who cost little and count what comes.

Usage: ears.py SERVER URL, with a server of `doors`. Each line of input is how many listeners
there shall be at least; once all of them hear something, a line of JSON says how many packets
came to each so far, and of how many slots of 20 ms. Ends with its input.
"""

from __future__ import annotations

import json
import select
import sys
import time

from benchmarks.doors import DOORS, Door
from benchmarks.listener import Ear

POLL_S = 0.05
HURRY_S = 0.002
"""While somebody is connecting."""
AT_ONCE = 16
PATIENCE_S = 20.0
"""How long nobody new hears anything, before they are too many."""


class Ears:
    """All listeners of one server."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._listeners: list[Ear] = []

    def poll(self) -> None:
        now = time.monotonic()
        for listener in self._listeners:
            listener.poll(now)

    def grow(self, number: int) -> None:
        """Connect until there are *number* who hear something, a few at a time."""
        hearing, since = 0, time.monotonic()
        while (deaf := self._deaf()) or len(self._listeners) < number:
            if len(self._listeners) - deaf > hearing:
                hearing, since = len(self._listeners) - deaf, time.monotonic()
            if time.monotonic() > since + PATIENCE_S:
                sys.exit(f"{deaf} of {len(self._listeners)} listeners hear nothing")
            if deaf < AT_ONCE and len(self._listeners) < number:
                self._listeners.append(self._door.enter(len(self._listeners)))
            else:
                time.sleep(HURRY_S)
            self.poll()

    def counts(self) -> dict[str, list[int]]:
        self.poll()
        return {
            "packets": [listener.count.packets for listener in self._listeners],
            "slots": [listener.count.slots for listener in self._listeners],
        }

    def close(self) -> None:
        self._door.close()
        for listener in self._listeners:
            listener.close()

    def _deaf(self) -> int:
        return sum(not listener.count.packets for listener in self._listeners)


def main(server: str, url: str) -> None:
    ears = Ears(DOORS[server](url))
    while True:
        if not select.select([sys.stdin], [], [], POLL_S)[0]:
            ears.poll()
        elif number := sys.stdin.readline():
            ears.grow(int(number))
            print(json.dumps(ears.counts()), flush=True)
        else:
            ears.close()
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
