"""Rules of the Space as a whole: opening, editing, wrapping up, ending."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import (
    GRACE_S,
    HOST,
    STAGE_LIMIT,
    Access,
    Announcement,
    Room,
    State,
)
from spacebox.room.names import clean_within
from spacebox.room.people import silence

TITLE_LENGTH = 100
TOPIC_LENGTH = 40
TOPICS = 3
TEXT_LENGTH = 2000


def decide(room: Room, command: c.SpaceCommand, now: float) -> e.Decision:
    match command:
        case c.StartSpace():
            return _start(room, command, now)
        case c.EditSpace():
            return _edit(room, command, now)
        case c.WrapUp():
            return () if room.state is State.WRAPPING else (e.WrappingUp(now),)
        case c.EndSpace():
            return _end(room, command, now)
        case c.SetStage():
            return _set_stage(room, command, now)
    assert_never(command)


def _start(room: Room, command: c.StartSpace, now: float) -> e.Decision:
    if room.open:
        return e.Refused("not_now", "a Space is live already")
    if room.state is State.ENDED and now - room.ended_at < room.grace_s:
        return (e.SpaceResumed(now),)
    announced = _announce(room.defaults, command)
    if isinstance(announced, e.Refused):
        return announced
    announced = replace(
        announced,
        access=room.defaults.access if command.access is None else command.access,
        record=room.defaults.record if command.record is None else command.record,
    )
    started = _started(announced, command.stamp, now)
    return (e.SpaceClosed(now), started) if room.state is State.ENDED else (started,)


def _started(announced: Announcement, stamp: c.Stamp, now: float) -> e.SpaceStarted:
    return e.SpaceStarted(
        now,
        id=stamp.id,
        started_at=stamp.started_at,
        title=announced.title,
        topics=announced.topics,
        description=announced.description,
        rules=announced.rules,
        access=announced.access,
        record=announced.record,
        pin=stamp.pin if announced.access is Access.PIN else "",
    )


def _edit(room: Room, command: c.EditSpace, now: float) -> e.Decision:
    edited = _announce(room.announcement, command)
    if isinstance(edited, e.Refused):
        return edited
    if edited == room.announcement:
        return ()
    return (e.SpaceEdited(now, edited.title, edited.topics, edited.description, edited.rules),)


def _announce(old: Announcement, wanted: c.StartSpace | c.EditSpace) -> Announcement | e.Refused:
    """Return *old* with what is wanted instead, cleaned."""
    title = _text(wanted.title, old.title, TITLE_LENGTH)
    if not title:
        return e.Refused(
            "malformed", f"a title needs something to read, of at most {TITLE_LENGTH} characters"
        )
    topics = old.topics if wanted.topics is None else _topics(wanted.topics)
    if topics is None:
        return e.Refused(
            "malformed", f"at most {TOPICS} topics, of 1 to {TOPIC_LENGTH} characters each"
        )
    description = _text(wanted.description, old.description, TEXT_LENGTH)
    rules = _text(wanted.rules, old.rules, TEXT_LENGTH)
    if description is None or rules is None:
        return e.Refused(
            "malformed", f"description and rules have at most {TEXT_LENGTH} characters each"
        )
    return replace(old, title=title, topics=topics, description=description, rules=rules)


def _text(wanted: str | None, old: str, length: int) -> str | None:
    """Return what is wanted, cleaned, or *old*; None where it is too long."""
    return old if wanted is None else clean_within(wanted, length)


def _topics(wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    if len(wanted) > TOPICS:
        return None
    topics = tuple(clean_within(topic, TOPIC_LENGTH) for topic in wanted)
    return tuple(topic for topic in topics if topic) if all(topics) else None


def _end(room: Room, command: c.EndSpace, now: float) -> e.Decision:
    if room.open:
        ended = e.SpaceEnded(now, 0.0 if command.now else GRACE_S)
        muted = silence(room.participants[HOST], HOST, now)
        return (*muted, ended, e.SpaceClosed(now)) if command.now else (*muted, ended)
    if room.state is State.ENDED and command.now:
        return (e.SpaceClosed(now),)
    return e.Refused("not_now", "no Space is live")


def _set_stage(room: Room, command: c.SetStage, now: float) -> e.Decision:
    if command.limit is None and command.queue_open is None:
        return e.Refused("malformed", "SetStage wants limit, queue_open or both")
    limit = room.stage_limit if command.limit is None else command.limit
    queue_open = room.queue_open if command.queue_open is None else command.queue_open
    if not 1 <= limit <= STAGE_LIMIT:
        return e.Refused("malformed", f"the stage holds 1 to {STAGE_LIMIT} speakers")
    if (limit, queue_open) == (room.stage_limit, room.queue_open):
        return ()
    return (e.StageChanged(now, limit, queue_open),)
