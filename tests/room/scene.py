"""A Space with a few people in it, and what happens when more is said."""

from __future__ import annotations

from collections.abc import Iterable

from spacebox.room import commands as c
from spacebox.room import decide, evolve
from spacebox.room import events as e
from spacebox.room.model import HOST, Access, Role, Room, new_room

STAMP = c.Stamp("s1", "2026-11-20T18:00:00+00:00", "0417")
START = c.StartSpace(HOST, title="Evening radio", access=Access.PIN, stamp=STAMP)
PEOPLE = (
    c.Join("carla", "Carla", Role.COHOST),
    c.Join("ana", "Ana"),
    c.Join("kofi", "Kofi"),
    c.Join("anon"),
)
T0 = 100.0


def after(*commands: c.Command | c.Report, room: Room | None = None, at: float = T0) -> Room:
    return list(around(*commands, room=room, at=at))[-1][2]


def around(
    *commands: c.Command | c.Report, room: Room | None = None, at: float = T0
) -> Iterable[tuple[e.Event, Room, Room]]:
    """Give each event of *commands* with the room before and after it."""
    room = room or new_room("Mira")
    for command in commands:
        decision = decide(room, command, at)
        assert not isinstance(decision, e.Refused), decision
        for event in decision:
            before, room = room, evolve(room, event)
            yield event, before, room
