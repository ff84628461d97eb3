"""Fold events into the room. Never refuses, reads no clock: replay gives the same room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from spacebox.room import events as e
from spacebox.room.model import (
    BOX,
    Announcement,
    Participant,
    Request,
    Role,
    Room,
    State,
    new_room,
)


def evolve(room: Room, event: e.Event) -> Room:
    """Return the room after *event*."""
    if isinstance(event, e.SpaceEvent):
        return _space(room, event)
    if isinstance(event, e.BoxEvent):
        return _box(room, event)
    if isinstance(event, e.SeatEvent):
        return _seat(room, event)
    if isinstance(event, e.QueueEvent):
        return _queue(room, event)
    if isinstance(event, e.StageEvent):
        return _stage(room, event)
    if isinstance(event, e.VoiceEvent):
        return _voice(room, event)
    assert_never(event)


def _space(room: Room, event: e.SpaceEvent) -> Room:
    match event:
        case e.SpaceStarted():
            return _started(room, event)
        case e.SpaceEdited(title=title, topics=topics, description=description, rules=rules):
            edited = replace(
                room.announcement, title=title, topics=topics, description=description, rules=rules
            )
            return replace(room, announcement=edited)
        case e.WrappingUp():
            return replace(room, state=State.WRAPPING)
        case e.SpaceEnded(at=at, grace_s=grace_s):
            return replace(room, state=State.ENDED, ended_at=at, grace_s=grace_s)
        case e.SpaceResumed():
            return replace(room, state=State.LIVE)
        case e.SpaceClosed():
            fresh = new_room(room.host_name, room.defaults, room.stage_limit_default, room.planned)
            return replace(fresh, microphone_lost=room.microphone_lost)
        case e.StageChanged(limit=limit, queue_open=queue_open):
            return replace(room, stage_limit=limit, queue_open=queue_open)
    assert_never(event)


def _box(room: Room, event: e.BoxEvent) -> Room:
    match event:
        case e.SpacePrepared():
            return _prepared(room, event)
        case e.ListenersChanged(listeners=listeners):
            stats = replace(room.stats, at_once=max(room.stats.at_once, listeners))
            return replace(room, listeners=listeners, stats=stats)
        case e.OnAirChanged(microphone_lost=lost, heard=heard):
            return replace(room, microphone_lost=lost, heard=heard)
    assert_never(event)


def _prepared(room: Room, event: e.SpacePrepared) -> Room:
    defaults, limit = event.defaults, event.stage_limit
    later = replace(room, defaults=defaults, stage_limit_default=limit, planned=event.planned)
    if room.state is not State.IDLE:
        return later
    return replace(later, announcement=defaults, stage_limit=limit)


def _started(room: Room, event: e.SpaceStarted) -> Room:
    return replace(
        room,
        state=State.LIVE,
        id=event.id,
        pin=event.pin,
        started_wall=event.started_at,
        started_at=event.at,
        announcement=Announcement(
            event.title, event.topics, event.description, event.rules, event.access, event.record
        ),
    )


def _seat(room: Room, event: e.SeatEvent) -> Room:
    match event:
        case e.Joined(participant=who, name=name, role=role, at=at):
            awaited = at if role is Role.SPEAKER else None
            seat = Participant(who, name, role, uplink_awaited_since=awaited)
            stats = replace(room.stats, came_by=room.stats.came_by + 1)
            return replace(room, participants={**room.participants, who: seat}, stats=stats)
        case e.Named(participant=who, name=name):
            return _change(room, who, name=name)
        case e.Left(participant=who):
            return _without(room, who)
        case e.ConnectionChanged(participant=who, connected=connected, at=at):
            return _change(room, who, away_since=None if connected else at)
        case e.Removed(participant=who, banned=banned):
            left = _without(room, who)
            return replace(left, banned=left.banned | {who}) if banned else left
    assert_never(event)


def _queue(room: Room, event: e.QueueEvent) -> Room:
    match event:
        case e.SpeakRequested(participant=who, reason=reason, at=at):
            if room.request_of(who) is None:
                stats = replace(room.stats, asked=room.stats.asked + 1)
                requests = (*room.requests, Request(who, reason, at))
                return replace(room, requests=requests, stats=stats)
            kept = (replace(r, reason=reason) if r.participant == who else r for r in room.requests)
            return replace(room, requests=tuple(kept))
        case e.RequestWithdrawn(participant=who) | e.RequestDeclined(participant=who):
            return _without_request(room, who)
        case e.RequestDeferred(participant=who):
            deferred = tuple(r for r in room.requests if r.participant == who)
            rest = _without_request(room, who)
            return replace(rest, requests=rest.requests + deferred)
    assert_never(event)


def _stage(room: Room, event: e.StageEvent) -> Room:
    match event:
        case e.InvitedToStage(participant=who):
            return _change(room, who, invited=True)
        case e.InvitationDeclined(participant=who):
            return _change(room, who, invited=False)
        case e.SteppedUp(participant=who, role=role, at=at):
            return _change(_move(room, who, role, at), who, uplink_awaited_since=at)
        case e.UplinkOpened(participant=who):
            spoke = {**room.stats.spoke, who: room.participants[who].name}
            stats = replace(room.stats, spoke=spoke)
            return replace(_change(room, who, uplink_awaited_since=None), stats=stats)
        case e.SteppedDown(participant=who, at=at):
            return _move(room, who, Role.LISTENER, at)
        case e.CohostMade(participant=who, at=at):
            return _move(room, who, Role.COHOST, at)
        case e.CohostRevoked(participant=who, role=role, at=at):
            return _move(room, who, role, at)
    assert_never(event)


def _voice(room: Room, event: e.VoiceEvent) -> Room:
    match event:
        case e.MuteChanged(participant=who, muted=True, by=by, at=at):
            return _change(_quiet(room, who, at), who, silenced=by not in (who, BOX))
        case e.MuteChanged(participant=who):
            return _change(room, who, muted=False, silenced=False)
        case e.Speaking(participant=who, speaking=speaking, talk_s=talk_s, at=at):
            return _change(room, who, speaking_since=at if speaking else None, talk_s=talk_s)
        case e.Reacted(emoji=emoji):
            count = room.reactions.get(emoji, 0) + 1
            return replace(room, reactions={**room.reactions, emoji: count})
    assert_never(event)


def _change(room: Room, who: str, **fields: Any) -> Room:
    changed = replace(room.participants[who], **fields)
    return replace(room, participants={**room.participants, who: changed})


def _quiet(room: Room, who: str, at: float) -> Room:
    """Close somebody's microphone; what they talked until then counts."""
    talked = room.participants[who].talked(at)
    return _change(room, who, muted=True, speaking_since=None, talk_s=talked)


def _move(room: Room, who: str, role: Role, at: float) -> Room:
    """Change somebody's role; whoever moves waits and is invited no longer.

    A microphone that is open stays so on stage, and no other is opened.
    """
    before = _quiet(room, who, at) if role is Role.LISTENER else room
    moved = _change(before, who, role=role, invited=False, uplink_awaited_since=None)
    return _without_request(moved, who)


def _without(room: Room, who: str) -> Room:
    others = {id_: p for id_, p in room.participants.items() if id_ != who}
    return _without_request(replace(room, participants=others), who)


def _without_request(room: Room, who: str) -> Room:
    return replace(room, requests=tuple(r for r in room.requests if r.participant != who))
