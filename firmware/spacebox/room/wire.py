"""The room as JSON: commands in, events and snapshots out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from spacebox.room import events as e
from spacebox.room.commands import Command
from spacebox.room.model import HOST, REACTIONS, Participant, Request, Role, Room, State
from spacebox.room.roles import MAY

Json = Mapping[str, Any]

COMMANDS: dict[str, type[Command]] = {command.__name__: command for command in MAY}

_STAMPED = ("by", "stamp")
"""What the box says of a command; never taken from outside."""
_HINTS: dict[type[Command], dict[str, Any]] = {command: get_type_hints(command) for command in MAY}


class Malformed(ValueError):
    """A command nobody could carry out, with a sentence for whoever sent it."""


def command_fields(command: type[Command]) -> dict[str, tuple[Any, bool]]:
    """Return each field a sender may give: name → (type, required)."""
    return {
        field.name: (_HINTS[command][field.name], _required(field))
        for field in fields(command)
        if field.name not in _STAMPED
    }


def command_from_json(data: object, by: str) -> Command:
    """Return the command in *data*, sent by participant *by*. Raises Malformed."""
    if not isinstance(data, dict):
        raise Malformed("a command is a JSON object")
    given = dict(data)
    name = given.pop("command", None)
    if not isinstance(name, str) or name not in COMMANDS:
        raise Malformed(f"no such command; there are {', '.join(COMMANDS)}")
    known = command_fields(COMMANDS[name])
    for field in given:
        if field not in known:
            raise Malformed(f"{name} has no field {str(field)[:40]!r}")
    for field, (_, required) in known.items():
        if required and field not in given:
            raise Malformed(f"{name} wants the field {field!r}")
    values = {field: typed(known[field][0], value, field) for field, value in given.items()}
    return COMMANDS[name](by=by, **values)


def command_to_json(command: Command) -> Json:
    """Return *command* as it is sent to another box, whose token tells who sends it."""
    given = {field: getattr(command, field) for field in command_fields(type(command))}
    body = {field: plain(value) for field, value in given.items() if value is not None}
    return {"command": type(command).__name__, **body}


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def typed(kind: Any, value: object, field: str) -> Any:
    """Return *value*, of the JSON's *field*, as the type *kind*. Raises Malformed."""
    if get_origin(kind) in (Union, UnionType):
        if value is None:
            return None
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise Malformed(f"{field} is a list")
        return tuple(typed(get_args(kind)[0], item, field) for item in value)
    if issubclass(kind, Enum):
        choices = [str(member.value) for member in kind]
        if value not in choices:
            raise Malformed(f"{field} is one of {', '.join(choices)}")
        return kind(value)
    if type(value) is not kind:
        words = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
        raise Malformed(f"{field} is {words[kind]}")
    if kind is str and any("\ud800" <= c <= "\udfff" for c in str(value)):
        raise Malformed(f"{field} has half a character in it")
    return value


def event_to_json(event: e.Event, before: Room, after: Room, viewer: str | None) -> Json | None:
    """Return *event* as *viewer* may see it, or None where it is not theirs to see.

    *before* and *after* are the room around it.
    """
    who: str | None = getattr(event, "participant", None)
    if who is not None and who != viewer and _unseen(event, before):
        return None
    since = after if isinstance(event, e.SpaceStarted) else before
    body = {field.name: plain(getattr(event, field.name)) for field in fields(event)}
    idle = since.state is State.IDLE
    body["at"] = 0.0 if idle else round(max(0.0, event.at - since.started_at), 3)
    match event:
        case e.SpaceStarted() if viewer != HOST:
            body["pin"] = ""
        case e.SpeakRequested(participant=asker) if not _may_read(before, asker, viewer):
            body["reason"] = ""
        case e.SpaceEnded():
            body["stats"] = _stats(after)
        case e.SpacePrepared():
            # Only the snapshot can tell, which says nothing of it while a Space is live.
            return {"event": "SpacePrepared", "at": body["at"]} if idle else None
        case e.OnAirChanged():
            return {"event": "OnAirChanged", "at": body["at"], **_on_air(after)}
        case _:
            pass
    return {"event": type(event).__name__, **body}


def _unseen(event: e.Event, before: Room) -> bool:
    """Say whether *event* is the coming and going of somebody anonymous."""
    if isinstance(event, e.Named | e.Reacted):
        return False
    if isinstance(event, e.Joined):
        return not event.name
    return isinstance(event, e.SeatEvent) and not before.participants[event.participant].name


def plain(value: object) -> object:
    """Return a field's value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def snapshot(room: Room, now: float, viewer: str | None) -> dict[str, Any]:
    """Return the room as *viewer* (a participant's id, or nobody) may see it at *now*."""
    announced = room.announcement
    body: dict[str, Any] = {
        "state": room.state,
        "id": room.id,
        "title": announced.title,
        "host": room.host_name,
        "topics": list(announced.topics),
        "description": announced.description,
        "rules": announced.rules,
        "started_at": room.started_wall,
        "elapsed_s": _elapsed(room, now),
        "recording": False,
        "access": announced.access,
        "stage": {"limit": room.stage_limit, "queue_open": room.queue_open},
        "listeners": room.listeners,
        "reactions": {emoji: room.reactions.get(emoji, 0) for emoji in REACTIONS},
        "participants": [_person(p, now) for p in room.participants.values() if p.name],
        "requests": [_request(room, r, now, viewer) for r in room.requests],
        "questions": [],
        "pins": [],
        "poll": None,
        "agenda": {"items": [], "current": None},
        "rotation": None,
        "next": _next(room),
        "on_air": _on_air(room),
        "stats": _stats(room),
    }
    if viewer == HOST:
        body["pin"] = room.pin
    if viewer is not None and viewer in room.participants:
        body["you"] = _you(room.participants[viewer])
    return body


def _elapsed(room: Room, now: float) -> float:
    if room.state is State.IDLE:
        return 0.0
    until = room.ended_at if room.state is State.ENDED else now
    return round(max(0.0, until - room.started_at), 3)


def _hosts(room: Room, viewer: str | None) -> bool:
    seat = room.participants.get(viewer) if viewer is not None else None
    return seat is not None and seat.role in (Role.HOST, Role.COHOST)


def _may_read(room: Room, asker: str, viewer: str | None) -> bool:
    return viewer == asker or _hosts(room, viewer)


def _person(who: Participant, now: float) -> Json:
    return {
        "id": who.id,
        "name": who.name,
        "role": who.role,
        "muted": who.muted,
        "speaking": who.speaking_since is not None,
        "connected": who.away_since is None,
        "talk_s": round(who.talked(now), 1),
    }


def _request(room: Room, request: Request, now: float, viewer: str | None) -> Json:
    return {
        "participant": request.participant,
        "name": room.participants[request.participant].name,
        "reason": request.reason if _may_read(room, request.participant, viewer) else "",
        "waiting_s": round(max(0.0, now - request.asked_at), 1),
    }


def _next(room: Room) -> Json | None:
    planned = room.planned
    if planned is None:
        return None
    return {"id": planned.id, "title": planned.title, "at": planned.at}


def _on_air(room: Room) -> Json:
    host = room.participants[HOST]
    mic = "lost" if room.microphone_lost else "muted" if host.muted else "open"
    return {"mic": mic, "heard": room.heard}


def _stats(room: Room) -> Json:
    stats = room.stats
    return {
        "came_by": stats.came_by,
        "at_once": stats.at_once,
        "asked": stats.asked,
        "spoke": len(stats.spoke),
    }


def _you(who: Participant) -> Json:
    return {
        "participant": who.id,
        "name": who.name,
        "role": who.role,
        "muted": who.muted,
        "invited": who.invited,
    }
