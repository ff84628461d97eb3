"""Rules of the line of those who wish to speak: one request each, in order of asking."""

from __future__ import annotations

from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import Role, Room
from spacebox.room.names import clean_within

REASON_LENGTH = 60


def decide(room: Room, command: c.QueueCommand, now: float) -> e.Decision:
    match command:
        case c.RequestToSpeak():
            return _request(room, command, now)
        case c.WithdrawRequest(by=by):
            return _about_request(room, by, e.RequestWithdrawn(now, by))
        case c.Approve(participant=who, by=by):
            if room.stage_full() and room.request_of(who):
                return e.Refused("not_now", "the stage is full")
            return _about_request(room, who, e.SteppedUp(now, who, Role.SPEAKER, by))
        case c.Decline(participant=who):
            return _about_request(room, who, e.RequestDeclined(now, who))
        case c.Defer(participant=who):
            return _about_request(room, who, e.RequestDeferred(now, who))
    assert_never(command)


def _about_request(room: Room, who: str, event: e.Event) -> e.Decision:
    if room.request_of(who) is None:
        return e.Refused("not_now", "that request is gone")
    return (event,)


def _request(room: Room, command: c.RequestToSpeak, now: float) -> e.Decision:
    who = room.participants[command.by]
    if not who.name:
        return e.Refused("not_now", "say your name first: the host wants to know who asks")
    reason = clean_within(command.reason, REASON_LENGTH)
    if reason is None:
        return e.Refused("malformed", f"a reason has at most {REASON_LENGTH} characters")
    waiting = room.request_of(who.id)
    if waiting is None and not room.queue_open:
        return e.Refused("not_now", "the queue is closed")
    if waiting is not None and waiting.reason == reason:
        return ()
    return (e.SpeakRequested(now, who.id, who.name, reason),)
