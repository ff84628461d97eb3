"""The journal: the events of the open Space, so that it goes on after the box's sudden end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import reduce
from pathlib import Path

from spacebox.hub import Entry
from spacebox.ports.book import Book, Line
from spacebox.room import events as e
from spacebox.room import evolve
from spacebox.room import journal as written
from spacebox.room.model import Room, State
from spacebox.room.wire import Malformed

GONE_S = 600.0
"""Who was away for longer does not go on by themselves: their guests went home."""
LOOP, LOOP_S = 3, 120.0
"""A Space that the box fell with so often in so many seconds may be what it falls by."""
BEAT_S = 60.0
"""How often a Space in which nothing happens is said to be there."""
MOST_LINES = 100_000
"""Enough for a night of lively talk. Who makes more happen would fill the card, and the memory that
it is read into: better a Space that does not outlive a crash.
"""

log = logging.getLogger(__name__)


def boot_id(file: Path = Path("/proc/sys/kernel/random/boot_id")) -> str:
    """Return what changes with each start of the machine: its monotonic clock begins anew then."""
    return file.read_text().strip()


class Journal:
    """Writes the Space of a hub into a *book*; `on_entry` listens to the hub."""

    def __init__(self, book: Book, boot: str, wall: Callable[[], float]) -> None:
        """*boot* names this start of the machine; *wall* is the time of day, in seconds."""
        self._book = book
        self._boot = boot
        self._wall = wall
        self._left = 0
        """So many lines more may be written of this Space."""

    def unfinished(self, idle: Room, now: float) -> Room | None:
        """Return the room that was cut off, on the clock of *now*; None where there is none.

        *idle* is what a box has that was just started.
        """
        lines = self._book.read()
        if len(lines) < 2 or not self._lately(lines[-1]):
            return None
        try:
            return self._go_on(idle, lines, now)
        except (Malformed, LookupError, TypeError) as error:
            log.warning("the journal of the last Space cannot be read: %s", error)
            return None

    def on_entry(self, entry: Entry) -> None:
        """Write an event down."""
        match entry.event:
            case e.SpaceStarted() as event:
                self._book.begin(({"boot": self._boot}, self._line(event)))
                self._left = MOST_LINES
            case e.SpaceClosed():
                self._book.begin()
            case e.SpacePrepared():
                pass  # the configuration tells that anew
            case e.Reacted():
                pass  # a hall of applause would fill the card; the count is lost with a crash
            case event if entry.after.state is not State.IDLE:
                self._append(self._line(event))
            case _:
                pass

    def beat(self) -> None:
        """Say that the Space is there."""
        self._append({"wall": self._wall()})

    def _append(self, line: Line) -> None:
        if not self._left:
            return
        self._left -= 1
        if self._left:
            self._book.append(line)
        else:
            log.warning("too much happens in this Space: it will not outlive a sudden end")
            self._book.begin()

    def _line(self, event: e.Event) -> Line:
        return {"wall": self._wall(), **written.line(event)}

    def _lately(self, line: Line) -> bool:
        """Say whether *line* is of just now; before the clock is set a Pi lives in the past."""
        wall = line.get("wall")
        return isinstance(wall, float) and self._wall() - wall < GONE_S

    def _go_on(self, idle: Room, lines: tuple[Line, ...], now: float) -> Room | None:
        """Replay it, and write it down anew: on the clock of now, and how often that happened."""
        wall = self._wall()
        lately = [at for at in lines[0].get("resumed", []) if wall - at < LOOP_S]
        if len(lately) >= LOOP:
            log.warning("the box fell again and again with this Space: it is given up")
            return None
        happened = [line for line in lines[1:] if "event" in line]
        shift_s = 0.0
        if lines[0].get("boot") != self._boot:
            away_s = max(0.0, wall - happened[-1]["wall"])
            shift_s = now - away_s - happened[-1]["at"]
        events = [written.event(line, shift_s) for line in happened]
        room = reduce(evolve, events, idle)
        if not room.open:
            return None
        head = {"boot": self._boot, "resumed": [*lately, wall]}
        self._left = max(1, MOST_LINES - len(events))
        anew = ({**line, "at": event.at} for line, event in zip(happened, events, strict=True))
        self._book.begin((head, *anew, {"wall": wall}))
        return room
