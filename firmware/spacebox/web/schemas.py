"""The shapes of requests and answers, as JSON Schema."""

from __future__ import annotations

from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from spacebox.ports.elsewhere import Ability, Link, Reach
from spacebox.room import wire
from spacebox.room.model import REACTIONS, Access, Role, State
from spacebox.web.operation import Schema

JOINS = {
    "somebody": {"summary": "By name", "value": {"name": "Ana"}},
    "nobody": {"summary": "As an anonymous listener", "value": {}},
    "guarded": {"summary": "With the PIN", "value": {"name": "Ana", "pin": "0000"}},
}
COMMANDS = {
    "request": {"value": {"command": "RequestToSpeak", "reason": "A question"}},
    "react": {"value": {"command": "React", "emoji": REACTIONS[0]}},
    "mute": {"value": {"command": "SetMuted", "muted": True}},
}
LINKS = {"speaker": {"value": {"role": "speaker"}}}
VISITS = {
    "box": {"summary": "A box", "value": {"target": "https://radio.example/s/K7F3M"}},
    "code": {"summary": "A box on this network", "value": {"target": "K7F3M", "pin": "0000"}},
}
PAIRS = {
    "begin": {"summary": "Show a code", "value": {}},
    "code": {"summary": "The code on the glass", "value": {"code": "000000"}},
}
WIFIS = {
    "key": {"summary": "With a key", "value": {"name": "Attic", "key": "correct horse"}},
    "open": {
        "summary": "Without, and hidden",
        "value": {"name": "Attic", "key": "", "hidden": True},
    },
}
BUTTONS = ("mute", "approve", "end")
HOLD_MAX_S = 120
TAPS_MAX = 20
PRESSES = {
    "tap": {"value": {"button": "mute"}},
    "hold": {"value": {"button": "end", "hold_s": 3.5}},
    "double": {"summary": "A double tap", "value": {"button": "approve", "times": 2}},
}
FINGERS = {"push": {"value": {"page": "0123456789abcdef", "button": "mute", "down": True}}}
OFFERS = {"audio": {"value": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"}}
FRAGMENTS = {
    "candidate": {
        "summary": "A candidate found later",
        "value": "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n",
    }
}

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_WHOLE = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}
_ID = {"type": "string", "minLength": 1}


def _object(required: Schema, **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(kind: type[Enum]) -> Schema:
    return {"type": "string", "enum": [member.value for member in kind]}


def _field(kind: Any) -> Schema:
    """Return the schema of a command's field from its annotation."""
    if get_origin(kind) in (Union, UnionType):
        inner = next(arm for arm in get_args(kind) if arm is not type(None))
        return _maybe(_field(inner))
    if get_origin(kind) is tuple:
        return _list(_field(get_args(kind)[0]))
    if issubclass(kind, Enum):
        return _one_of(kind)
    names = {str: "string", bool: "boolean", int: "integer"}
    return {"type": names[kind]}


def _command(name: str) -> Schema:
    fields = wire.command_fields(wire.COMMANDS[name])
    required = ["command", *(field for field, (_, needed) in fields.items() if needed)]
    properties = {field: _field(kind) for field, (kind, _) in fields.items()}
    if name == "React":
        properties["emoji"] = {"type": "string", "enum": list(REACTIONS)}
    return {
        "type": "object",
        "title": name,
        "properties": {"command": {"type": "string", "const": name}, **properties},
        "required": required,
        "additionalProperties": False,
    }


_PERSON = _object(
    {
        "id": _ID,
        "name": _TEXT,
        "role": _one_of(Role),
        "muted": _FLAG,
        "speaking": _FLAG,
        "connected": _FLAG,
        "talk_s": _SECONDS,
    }
)
_REQUEST = _object({"participant": _ID, "name": _TEXT, "reason": _TEXT, "waiting_s": _SECONDS})
_YOU = _object(
    {"participant": _ID, "role": _one_of(Role), "muted": _FLAG}, name=_TEXT, invited=_FLAG
)
_MOMENT = {"type": "string", "format": "date-time"}

_GUEST = _object(
    {
        "engine": _TEXT,
        "where": _TEXT,
        "url": _TEXT,
        "link": _one_of(Link),
        "abilities": _list(_one_of(Ability)),
        "muted": _FLAG,
        "heard": _FLAG,
        "trouble": _TEXT,
        "again_s": _maybe(_SECONDS),
    }
)
_PARTING = _object({"heading": _TEXT, "text": _TEXT, "ago_s": _SECONDS})

_SNAPSHOT = _object(
    {
        "state": _one_of(State),
        "id": _TEXT,
        "title": _TEXT,
        "host": _TEXT,
        "topics": _list(_TEXT),
        "description": _TEXT,
        "rules": _TEXT,
        "started_at": _maybe(_MOMENT),
        "elapsed_s": _SECONDS,
        "recording": _FLAG,
        "access": _one_of(Access),
        "stage": _object({"limit": _WHOLE, "queue_open": _FLAG}),
        "listeners": _WHOLE,
        "reactions": {"type": "object", "additionalProperties": _WHOLE},
        "participants": _list(_PERSON),
        "requests": _list(_REQUEST),
        "questions": _list({}),
        "pins": _list({}),
        "poll": {},
        "agenda": _object({"items": _list({}), "current": {}}),
        "rotation": {},
        "next": _maybe(_object({"id": _TEXT, "title": _TEXT, "at": _MOMENT})),
        "on_air": _object(
            {"mic": {"type": "string", "enum": ["open", "muted", "lost"]}, "heard": _FLAG}
        ),
        "stats": _object({"came_by": _WHOLE, "at_once": _WHOLE, "asked": _WHOLE, "spoke": _WHOLE}),
        "guest": {
            **_maybe(_GUEST),
            "description": "The box is a guest in this room, which is not its own",
        },
    },
    you=_YOU,
    parting={**_maybe(_PARTING), "description": "For the host: how the last stay ended"},
    pin={"type": "string", "description": "For the host and co-hosts"},
    faults={**_list(_TEXT), "description": "For the host"},
    secure_url={**_TEXT, "description": "The page on https; empty where there is none"},
    reachability={**_one_of(Reach), "description": "For the host"},
    reach=_object({"detail": _TEXT, "advice": _TEXT}),
    link={"type": "string", "description": "For the host"},
)

_NEIGHBOUR = _object(
    {"name": _TEXT, "url": _ID, "code": _ID, "title": _TEXT, "state": _one_of(State)}
)
_NEARBY = _object({"name": _ID, "strength": _WHOLE, "secured": _FLAG})
_BUTTON = {"type": "string", "enum": list(BUTTONS)}

_EVENT = {
    **_object({"event": _ID, "at": _SECONDS}),
    "description": "Further fields by name; a participant is an id",
}


def components() -> dict[str, Schema]:
    """Return every schema that the document names."""
    return {
        "Error": _object({"error": _ID, "reason": _ID}),
        "Snapshot": _SNAPSHOT,
        "Join": _object({}, name=_maybe(_TEXT), invite=_maybe(_TEXT), pin=_maybe(_TEXT)),
        "Seat": _object({"participant": _ID, "token": _ID, "role": _one_of(Role), "name": _TEXT}),
        "Command": {"oneOf": [_command(name) for name in wire.COMMANDS]},
        "Happened": _object({"events": _list(_EVENT)}),
        "LinkWish": _object({}, role=_one_of(Role)),
        "Link": _object({"url": _ID, "token": _ID}),
        "Visit": _object({"target": _ID}, pin=_maybe(_TEXT)),
        "Pair": _object({}, code=_maybe(_TEXT)),
        "Pairing": _object({"left_s": _SECONDS, "of_s": _SECONDS}),
        "Paired": _object({"token": _ID}),
        "Press": _object(
            {"button": _BUTTON},
            hold_s={"type": "number", "exclusiveMinimum": 0, "maximum": HOLD_MAX_S},
            times={"type": "integer", "minimum": 1, "maximum": TAPS_MAX},
        ),
        "Finger": _object({"page": _ID, "button": _BUTTON, "down": _FLAG}),
        "Health": _object({"ok": _FLAG, "reasons": _list(_TEXT)}),
        "Wifi": _object(
            {"networks": _list(_NEARBY), "open": _FLAG, "joining": _TEXT, "trouble": _TEXT}
        ),
        "WifiWish": _object({"name": _ID, "key": _TEXT}, hidden=_FLAG),
        "Boxes": _object({"boxes": _list(_NEIGHBOUR)}),
    }
