"""Rules of going up and down, for guests and co-hosts."""

from __future__ import annotations

from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import Participant, Role, Room


def decide(room: Room, command: c.StageCommand, now: float) -> e.Decision:
    match command:
        case c.InviteToStage():
            return _invite(room, command, now)
        case c.AcceptInvitation(by=by):
            if room.participants[by].invited and room.stage_full():
                return e.Refused("not_now", "the stage is full")
            return _about_invitation(room, by, e.SteppedUp(now, by, Role.SPEAKER, by))
        case c.DeclineInvitation(by=by):
            return _about_invitation(room, by, e.InvitationDeclined(now, by))
        case c.StepDown(by=by):
            return (e.SteppedDown(now, by, by),)
        case c.MoveToAudience():
            return _move_down(room, command, now)
        case c.MakeCohost():
            return _make_cohost(room, command, now)
        case c.RevokeCohost(participant=who):
            target = room.participants.get(who)
            if target is None or target.role is not Role.COHOST:
                return e.Refused("not_now", "that is no co-host")
            role = Role.LISTENER if room.stage_full() else Role.SPEAKER
            return (e.CohostRevoked(now, who, role),)
    assert_never(command)


def _named(room: Room, who: str) -> Participant | e.Refused:
    target = room.participants.get(who)
    if target is None or not target.name:
        return e.Refused("not_now", "nobody of that id is here by name")
    return target


def _about_invitation(room: Room, who: str, event: e.Event) -> e.Decision:
    if not room.participants[who].invited:
        return e.Refused("not_now", "there is no invitation")
    return (event,)


def _invite(room: Room, command: c.InviteToStage, now: float) -> e.Decision:
    target = _named(room, command.participant)
    if isinstance(target, e.Refused):
        return target
    if target.on_stage:
        return e.Refused("not_now", "they are on stage already")
    if target.invited:
        return ()
    return (e.InvitedToStage(now, target.id, command.by),)


def _move_down(room: Room, command: c.MoveToAudience, now: float) -> e.Decision:
    target = _named(room, command.participant)
    if isinstance(target, e.Refused):
        return target
    if not target.on_stage:
        return e.Refused("not_now", "they are not on stage")
    if refusal := outranked(room, command.by, target):
        return refusal
    return (e.SteppedDown(now, target.id, command.by),)


def _make_cohost(room: Room, command: c.MakeCohost, now: float) -> e.Decision:
    target = _named(room, command.participant)
    if isinstance(target, e.Refused):
        return target
    if target.role not in (Role.LISTENER, Role.SPEAKER):
        return e.Refused("not_now", "they are a host already")
    if room.cohosts_full():
        return e.Refused("not_now", "there are two co-hosts already")
    return (e.CohostMade(now, target.id),)


def outranked(room: Room, by: str, target: Participant) -> e.Refused | None:
    """Return why *by* may not send *target* away: nobody the host, a co-host no co-host."""
    if target.role is Role.HOST:
        return e.Refused("forbidden", "the host stays")
    if target.role is Role.COHOST and room.participants[by].role is not Role.HOST:
        return e.Refused("forbidden", "only the host may do that to a co-host")
    return None
