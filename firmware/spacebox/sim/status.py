"""What happens in the room, in the terminal: a live picture there, plain lines in a pipe."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from spacebox.engines.host import Host
from spacebox.hub import Entry, Hub
from spacebox.room.model import Participant, Room
from spacebox.room.wire import event_to_json, snapshot

PICTURES_PER_S = 10
QUIETEST_DB = -60.0
_UNTOLD = ("Speaking", "UplinkOpened")


async def show_status(hub: Hub, host: Host) -> None:
    """Show the room on stdout until cancelled."""
    if not sys.stdout.isatty():
        stop = hub.listen(_print_event)
        try:
            await asyncio.Event().wait()
        finally:
            stop()
    with Live(console=Console(), auto_refresh=False, transient=True) as live:
        while True:
            live.update(_picture(hub, host), refresh=True)
            await asyncio.sleep(1 / PICTURES_PER_S)


def _print_event(entry: Entry) -> None:
    event = event_to_json(entry.event, entry.before, entry.after, viewer="host")
    if event is None or event["event"] in _UNTOLD:
        return
    names = {who.id: who.name or who.id for who in _everybody(entry)}
    told = {
        key: names.get(value, value) if key in ("participant", "by") else value
        for key, value in event.items()
        if key not in ("event", "at") and value not in ("", [])
    }
    fields = " ".join(
        f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in told.items()
    )
    print(f"{event['at']:9.2f} {event['event']} {fields}".rstrip(), flush=True)


def _everybody(entry: Entry) -> Iterator[Participant]:
    yield from entry.before.participants.values()
    yield from entry.after.participants.values()


def _picture(hub: Hub, host: Host) -> RenderableType:
    room, now = hub.room, hub.clock()
    said = snapshot(room, now, "host")
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
