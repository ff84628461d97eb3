"""What happens in the room, in the terminal: a live picture there, plain lines in a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from spacebox.engines.host import Host
from spacebox.hub import Entry, Hub
from spacebox.room.model import HOST, Participant, Room
from spacebox.room.wire import event_to_json, snapshot

PICTURES_PER_S = 10
QUIETEST_DB = -60.0
UNREAD_LINES = 1000
LAST_LINES_S = 0.5
_UNTOLD = ("Speaking", "UplinkOpened")


def show_status(hub: Hub, host: Host) -> Callable[[], object]:
    """Show the room on stdout from now on; return what ends that."""
    if sys.stdout.isatty():
        return asyncio.create_task(_draw(hub, host)).cancel
    return _tell(hub)


async def _draw(hub: Hub, host: Host) -> None:
    with Live(console=Console(), auto_refresh=False, transient=True) as live:
        while True:
            live.update(_picture(hub, host), refresh=True)
            await asyncio.sleep(1 / PICTURES_PER_S)


def _tell(hub: Hub) -> Callable[[], None]:
    """Print each event as a line, in a thread: nobody may be reading, and the box goes on."""
    lines: queue.Queue[str | None] = queue.Queue(UNREAD_LINES)
    printer = threading.Thread(target=_print, args=(lines,), name="status", daemon=True)
    printer.start()

    def listener(entry: Entry) -> None:
        if (line := _line(entry)) is not None:
            with contextlib.suppress(queue.Full):
                lines.put_nowait(line)

    stop_listening = hub.listen(listener)

    def stop() -> None:
        stop_listening()
        with contextlib.suppress(queue.Full):
            lines.put_nowait(None)
        printer.join(LAST_LINES_S)

    return stop


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


def _picture(hub: Hub, host: Host) -> RenderableType:
    room, now = hub.room, hub.clock()
    said = snapshot(room, now, HOST)
    minutes, seconds = divmod(int(said["elapsed_s"]), 60)
    head = Text.assemble(
        (f" {room.state.upper()} ", "reverse" if room.open else "dim"),
        f" {room.announcement.title}  {minutes}:{seconds:02}  {room.listeners} listening",
        "  heard" if room.heard else "",
    )
    return Group(head, _stage(room, host), *_queue(said["requests"]))


def _stage(room: Room, host: Host) -> Table:
    table = Table.grid(padding=(0, 2))
    for who in room.participants.values():
        if who.on_stage:
            level = max(0.0, host.levels.get(who.id, QUIETEST_DB) - QUIETEST_DB)
            table.add_row(
                Text(who.name),
                Text(who.role, "dim"),
                Text("muted" if who.muted else "open", "dim" if who.muted else "bold"),
                ProgressBar(total=-QUIETEST_DB, completed=0 if who.muted else level, width=24),
            )
    return table


def _queue(requests: list[dict[str, object]]) -> Iterator[Text]:
    for place, request in enumerate(requests, 1):
        yield Text(
            f"{place}. {request['name']} wants to speak ({request['waiting_s']:.0f} s) "
            f"{request['reason']}"
        )
