"""Rules of muting, reacting and showing somebody the door."""

from __future__ import annotations

from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import REACTIONS, Participant, Room
from spacebox.room.stage import outranked


def decide(room: Room, command: c.VoiceCommand | c.PeopleCommand, now: float) -> e.Decision:
    match command:
        case c.SetMuted(by=by, muted=muted):
            who = room.participants[by]
            if muted:
                return silence(who, by, now)
            return (e.MuteChanged(now, by, False, by),) if who.muted else ()
        case c.Mute():
            return _mute(room, command, now)
        case c.MuteAll(by=by):
            # Who asks for quiet goes on speaking; everybody can open their own again.
            others = (p for p in room.participants.values() if p.id != by)
            return tuple(event for p in others for event in silence(p, by, now))
        case c.Remove():
            return _remove(room, command, now)
        case c.React(by=by, emoji=emoji):
            if emoji not in REACTIONS:
                return e.Refused("malformed", f"a reaction is one of {' '.join(REACTIONS)}")
            return (e.Reacted(now, by, emoji),)
    assert_never(command)


def silence(who: Participant, by: str, now: float) -> tuple[e.Event, ...]:
    """Close somebody's microphone, which ends what they say; nothing if it is closed."""
    if who.muted:
        return ()
    ended = e.Speaking(now, who.id, False, who.talked(now))
    muted = e.MuteChanged(now, who.id, True, by)
    return (muted,) if who.speaking_since is None else (ended, muted)


def _mute(room: Room, command: c.Mute, now: float) -> e.Decision:
    target = room.participants.get(command.participant)
    if target is None or not target.on_stage:
        return e.Refused("not_now", "they are not on stage")
    return silence(target, command.by, now)


def _remove(room: Room, command: c.Remove, now: float) -> e.Decision:
    target = room.participants.get(command.participant)
    if target is None:
        return e.Refused("not_now", "nobody of that id is here")
    if refusal := outranked(room, command.by, target):
        return refusal
    return (e.Removed(now, target.id, command.ban, command.by),)
