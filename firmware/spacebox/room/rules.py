"""Every rule of the room. `decide` is the only way in; nothing here changes anything."""

from __future__ import annotations

from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import people, queue, seats, space, stage
from spacebox.room.events import Decision, Refused
from spacebox.room.model import Room
from spacebox.room.roles import forbidden


def decide(room: Room, command: c.Command | c.Report, now: float) -> Decision:
    """Say what happens when *command* reaches *room* at *now* (seconds, monotonic).

    An empty tuple means: it is so already.
    """
    if isinstance(command, c.Report):
        return seats.decide(room, command, now)
    if refusal := forbidden(room, command):
        return refusal
    if not room.open and not isinstance(command, c.StartSpace | c.EndSpace):
        return Refused("not_now", "no Space is live")
    if isinstance(command, c.SpaceCommand):
        return space.decide(room, command, now)
    if isinstance(command, c.QueueCommand):
        return queue.decide(room, command, now)
    if isinstance(command, c.StageCommand):
        return stage.decide(room, command, now)
    if isinstance(command, c.VoiceCommand | c.PeopleCommand):
        return people.decide(room, command, now)
    assert_never(command)
