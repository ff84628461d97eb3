"""Rules of coming, going and being away, and what the box's own parts report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import (
    BOX,
    GUEST,
    HOST,
    PEOPLE_LIMIT,
    SEAT_S,
    UPLINK_S,
    Participant,
    Role,
    Room,
    State,
)
from spacebox.room.names import clean_name, unique_name
from spacebox.room.people import silence


def decide(room: Room, report: c.Report, now: float) -> e.Decision:
    match report:
        case c.Join():
            return _join(room, report, now)
        case c.Leave(participant=who):
            return _leave(room, who, now)
        case c.ReportConnected() | c.ReportUplink() | c.ReportSpeaking():
            target = room.participants.get(report.participant)
            if target is None or room.state is State.IDLE:
                return ()
            return _about(target, report, now)
        case c.ReportListeners(listeners=listeners):
            changed = listeners != room.listeners
            return (e.ListenersChanged(now, listeners),) if changed else ()
        case c.ReportOnAir(microphone_lost=lost, heard=heard):
            changed = (lost, heard) != (room.microphone_lost, room.heard)
            return (e.OnAirChanged(now, lost, heard),) if changed else ()
        case c.ReportCutOff():
            return tuple(_cut_off(room, now))
        case c.Prepare(defaults=defaults, stage_limit=limit, planned=planned):
            known = (room.defaults, room.stage_limit_default, room.planned)
            changed = (defaults, limit, planned) != known
            return (e.SpacePrepared(now, defaults, limit, planned),) if changed else ()
        case c.CheckDeadlines():
            return tuple(_overdue(room, now))
    assert_never(report)


def _join(room: Room, join: c.Join, now: float) -> e.Decision:
    seated = room.participants.get(join.participant)
    comes_back = seated is not None and room.state is State.ENDED
    if not room.open and not comes_back:
        return e.Refused("not_now", "no Space is live")
    if join.participant in room.banned:
        return e.Refused("banned", "the host has closed this Space to you")
    name = clean_name(join.name)
    if join.name and not name:
        return e.Refused("malformed", "a name needs something to read")
    if join.role is not Role.LISTENER and not name and not (seated and seated.name):
        name = GUEST
    if seated is not None:
        return _come_back(room, seated, join, name, now)
    if len(room.participants) >= PEOPLE_LIMIT:
        return e.Refused("full", "the room is full")
    if refusal := _no_place(room, join.role):
        return refusal
    return (e.Joined(now, join.participant, _unique(room, join.participant, name), join.role),)


def _come_back(room: Room, seated: Participant, join: c.Join, name: str, now: float) -> e.Decision:
    happens: list[e.Event] = []
    if seated.away_since is not None:
        happens.append(e.ConnectionChanged(now, seated.id, True))
    if name and seated.role is not Role.HOST:
        name = _unique(room, seated.id, name)
        if name != seated.name:
            happens.append(e.Named(now, seated.id, name, seated.role))
    if join.role is Role.SPEAKER and not seated.on_stage:
        if refusal := _no_place(room, join.role):
            return refusal
        happens.append(e.SteppedUp(now, seated.id, Role.SPEAKER, seated.id))
    return tuple(happens)


def _no_place(room: Room, role: Role) -> e.Refused | None:
    if role is Role.HOST:
        return e.Refused("forbidden", "the one host sits at the box")
    if role is Role.SPEAKER and room.stage_full():
        return e.Refused("full", "the stage is full")
    if role is Role.COHOST and room.cohosts_full():
        return e.Refused("full", "there are two co-hosts already")
    return None


def _unique(room: Room, who: str, name: str) -> str:
    """Return "" for the anonymous, else a name that nobody else has."""
    if not name:
        return ""
    return unique_name(name, (p.name for p in room.participants.values() if p.id != who))


def _leave(room: Room, who: str, now: float) -> e.Decision:
    if who == HOST:
        return e.Refused("forbidden", "the host stays; end the Space instead")
    return (e.Left(now, who),) if who in room.participants else ()


def _about(
    who: Participant, report: c.ReportConnected | c.ReportUplink | c.ReportSpeaking, now: float
) -> e.Decision:
    match report:
        case c.ReportConnected(connected=connected):
            changed = connected == (who.away_since is not None)
            if not changed or who.role is Role.HOST:
                return ()
            return (e.ConnectionChanged(now, who.id, connected),)
        case c.ReportUplink(unmuted=unmuted):
            return _uplink(who, unmuted, now) if who.on_stage else ()
        case c.ReportSpeaking(speaking=speaking, talk_s=talk_s):
            return _speaking(who, speaking, talk_s, now)
    assert_never(report)


def _uplink(who: Participant, unmuted: bool, now: float) -> e.Decision:
    """A page always arrives muted; a tool arrives open, but comes back as it was left.

    What a host muted, not even leaving the stage and coming back opens.
    """
    opened = e.UplinkOpened(now, who.id)
    stays_muted = who.muted and (who.silenced or who.uplink_awaited_since is None)
    if stays_muted or not unmuted:
        return (opened, *silence(who, BOX, now))
    return (opened, e.MuteChanged(now, who.id, False, BOX)) if who.muted else (opened,)


def _speaking(who: Participant, speaking: bool, talk_s: float, now: float) -> e.Decision:
    """The sound lags behind the room: a voice may be measured after its mute or step down."""
    was = who.speaking_since is not None
    if (speaking and who.muted) or (speaking == was and (speaking or talk_s <= who.talk_s)):
        return ()
    return (e.Speaking(now, who.id, speaking, talk_s),)


def _cut_off(room: Room, now: float) -> Iterator[e.Event]:
    """Nobody's microphone opens by itself once they are back; their seats are kept from now on."""
    yield e.OnAirChanged(now, room.microphone_lost, False)
    yield e.ListenersChanged(now, 0)
    for who in room.participants.values():
        if who.speaking_since is not None:
            yield e.Speaking(now, who.id, False, who.talk_s)
        if not who.muted:
            yield e.MuteChanged(now, who.id, True, BOX)
        if who.away_since is None and who.role is not Role.HOST:
            yield e.ConnectionChanged(now, who.id, False)


def _overdue(room: Room, now: float) -> Iterator[e.Event]:
    if room.state is State.ENDED and now - room.ended_at >= room.grace_s:
        yield e.SpaceClosed(now)
        return
    for who in room.participants.values():
        if who.away_since is not None and now - who.away_since >= SEAT_S:
            yield e.Left(now, who.id)
        elif who.uplink_awaited_since is not None and now - who.uplink_awaited_since >= UPLINK_S:
            yield e.SteppedDown(now, who.id, BOX)
