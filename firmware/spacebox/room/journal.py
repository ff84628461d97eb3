"""Events as they are written down: exactly, so that folding them again gives the same room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

from spacebox.room import events as e
from spacebox.room.wire import Malformed, plain, typed

Line = Mapping[str, Any]

_KINDS: dict[str, type[e.Event]] = {
    kind.__name__: kind for kind in get_args(e.Event) if kind is not e.SpacePrepared
}
"""All but what the configuration tells a box anew."""
_HINTS = {kind: get_type_hints(kind) for kind in _KINDS.values()}


def line(event: e.Event) -> dict[str, Any]:
    """Return *event* as JSON."""
    return {
        "event": type(event).__name__,
        **{field.name: plain(getattr(event, field.name)) for field in fields(event)},
    }


def event(line: Line, shift_s: float = 0.0) -> e.Event:
    """Return the event of a line, *shift_s* later than it was. Raises Malformed."""
    kind = _KINDS.get(str(line.get("event")))
    if kind is None:
        raise Malformed("no such event")
    hints = _HINTS[kind]
    written = {name: typed(hints[name], line.get(name), name) for name in hints}
    made = kind(**written)
    return replace(made, at=made.at + shift_s)
