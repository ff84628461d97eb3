"""What happens in the room, as plain lines for a pipe, and what is the case, in a word."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator

from spacebox.hub import Entry, Hub
from spacebox.room.model import HOST, Participant, Room
from spacebox.room.wire import event_to_json

UNREAD_LINES = 1000
LAST_LINES_S = 0.5
_UNTOLD = ("Speaking", "UplinkOpened")


def state(room: Room) -> str:
    """Say whether the host is on air, as the chip on the glass does."""
    if not room.open:
        return "off air"
    if room.participants[HOST].muted:
        return "MUTED"
    return "ON AIR" if room.heard else "UNHEARD"


@contextlib.contextmanager
def told(hub: Hub) -> Iterator[None]:
    """Print each event meanwhile, in a thread: nobody may be reading, and the box goes on."""
    lines: queue.Queue[str | None] = queue.Queue(UNREAD_LINES)
    printer = threading.Thread(target=_print, args=(lines,), name="status", daemon=True)
    printer.start()

    def listener(entry: Entry) -> None:
        if (line := _line(entry)) is not None:
            with contextlib.suppress(queue.Full):
                lines.put_nowait(line)

    stop_listening = hub.listen(listener)
    try:
        yield
    finally:
        stop_listening()
        with contextlib.suppress(queue.Full):
            lines.put_nowait(None)
        printer.join(LAST_LINES_S)


def _print(lines: queue.Queue[str | None]) -> None:
    with contextlib.suppress(BrokenPipeError):
        while (line := lines.get()) is not None:
            # Not by print(): its lock would keep the process from ending while nobody reads.
            os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _line(entry: Entry) -> str | None:
    event = event_to_json(entry.event, entry.before, entry.after, viewer=HOST)
    if event is None or event["event"] in _UNTOLD:
        return None
    names = {who.id: who.name or who.id for who in _everybody(entry)}
    told = {
        key: names.get(value, value) if key in ("participant", "by") else value
        for key, value in event.items()
        if key not in ("event", "at") and value not in ("", [])
    }
    fields = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in told.items())
    return f"{event['at']:9.2f} {event['event']} {' '.join(fields)}".rstrip()


def _everybody(entry: Entry) -> Iterator[Participant]:
    yield from entry.before.participants.values()
    yield from entry.after.participants.values()
