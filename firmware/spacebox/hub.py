"""Where commands meet the room: one writer, and everybody who wants to know."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from spacebox.room import decide, evolve
from spacebox.room.commands import Command, Report, Stamp, StartSpace
from spacebox.room.events import Decision, Event, Refused
from spacebox.room.model import Room

HISTORY = 1000
"""How many events back somebody may resume. In a room of a thousand they take 26 MB."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its number and the room around it."""

    number: int
    event: Event
    before: Room
    after: Room


Listener = Callable[[Entry], None]


class Hub:
    """Holds the one room. Used from one thread only, the event loop's."""

    def __init__(self, room: Room, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room
        self.clock = clock
        self.history: deque[Entry] = deque(maxlen=HISTORY)
        self._number = 0
        self._listeners: list[Listener] = []
        self._unpublished: deque[Entry] = deque()
        self._publishing = False

    @property
    def number(self) -> int:
        """The number of the newest event, 0 before the first."""
        return self._number

    def since(self, number: int) -> list[Entry]:
        """Return what came after the event of that number, as far back as is kept."""
        return [entry for entry in self.history if entry.number > number]

    def submit(self, command: Command | Report) -> Decision:
        """Let the room decide; on events, change it and tell every listener."""
        if isinstance(command, StartSpace):
            command = replace(command, stamp=_stamp())
        decision = decide(self.room, command, self.clock())
        if not isinstance(decision, Refused):
            for event in decision:
                self._append(event)
            self._publish()
        return decision

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call *listener* for each event from now on; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _append(self, event: Event) -> None:
        before, self.room = self.room, evolve(self.room, event)
        self._number += 1
        entry = Entry(self._number, event, before, self.room)
        self.history.append(entry)
        self._unpublished.append(entry)

    def _publish(self) -> None:
        """Tell the listeners in order, also when one of them submits again meanwhile."""
        if self._publishing:
            return
        self._publishing = True
        try:
            while self._unpublished:
                entry = self._unpublished.popleft()
                for listener in tuple(self._listeners):
                    if listener in self._listeners:  # an earlier one may have ended it
                        listener(entry)
        finally:
            self._publishing = False


def _stamp() -> Stamp:
    return Stamp(
        id=secrets.token_hex(8),
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        pin=f"{secrets.randbelow(10_000):04}",
    )
