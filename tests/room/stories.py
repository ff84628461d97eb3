"""Stories: who says what to the room, what happens, and where everyone stands then.

    at 12  Ana: RequestToSpeak reason="radio"
        -> SpeakRequested Ana reason="radio"
        = live | stage: Mira(host muted) | queue: Ana | audience: Ana +1

`Mira` is the host; whoever else speaks has their name in small letters as an id. A bare name
after a command is its `participant`. Commands come in as JSON, reports as they are. `at` is the
clock. `play` gives the story back with what truly happened: a story that holds comes back the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace

from spacebox.room import commands, decide, evolve
from spacebox.room.commands import Command, Report, Stamp, StartSpace
from spacebox.room.events import Decision, Event, Refused
from spacebox.room.model import BOX, HOST, Participant, Role, Room, new_room
from spacebox.room.wire import COMMANDS, Malformed, command_from_json

STAMP = Stamp(id="s1", started_at="2026-11-20T18:00:00+00:00", pin="0417")
UNTOLD = ("at", "id", "started_at")


def play(story: str) -> str:
    """Return *story* with what happened and where everyone stood."""
    room, told = new_room("Mira"), list[str]()
    for line in story.splitlines():
        spoken = re.fullmatch(r"at (?P<now>\S+) +(?P<who>\w+): (?P<sentence>.+)", line)
        if spoken is None:
            told += _standing_or_remark(room, line)
            continue
        now = float(spoken["now"])
        decision = _say(room, _id(spoken["who"]), spoken["sentence"], now)
        told += [line, *(f"    -> {happened}" for happened in _tell(decision))]
        for event in () if isinstance(decision, Refused) else decision:
            room = evolve(room, event)
    return "\n".join(told) + "\n"


def _standing_or_remark(room: Room, line: str) -> Iterator[str]:
    mark = line.strip()[:2].strip()
    assert mark in ("#", "", "=", "->"), f"what does this line say? {line}"
    if mark != "->":
        yield f"    = {standing(room)}" if mark == "=" else line


def _say(room: Room, by: str, sentence: str, now: float) -> Decision:
    words = re.findall(r'\w+="(?:[^"\\]|\\.)*"|\S+', sentence)
    try:
        return decide(room, _command(by, *words), now)
    except Malformed as mistake:
        return Refused("malformed", str(mistake))


def _command(by: str, name: str, *words: str) -> Command | Report:
    given = dict(_field(word) for word in words)
    if name in COMMANDS:
        command = command_from_json({"command": name, **given}, by)
        return replace(command, stamp=STAMP) if isinstance(command, StartSpace) else command
    report = getattr(commands, name)
    if "participant" in (field.name for field in fields(report)):
        given["participant"] = by
    if "role" in given:
        given["role"] = Role(given["role"])
    return report(**given)  # type: ignore[no-any-return]


def _field(word: str) -> tuple[str, object]:
    key, equals, value = word.partition("=")
    return (key, json.loads(value)) if equals else ("participant", _id(word))


def _id(person: str) -> str:
    return HOST if person == "Mira" else person.lower()


def _person(id_: str) -> str:
    return {HOST: "Mira", BOX: BOX}.get(id_, id_.title())


def _tell(decision: Decision) -> Iterator[str]:
    if isinstance(decision, Refused):
        yield f'refused {decision.code} "{decision.reason}"'
    elif not decision:
        yield "nothing"
    else:
        yield from map(_event, decision)


def _event(event: Event) -> str:
    words = [type(event).__name__]
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in ("participant", "by"):
            words.append(f"{'by ' if field.name == 'by' else ''}{_person(value)}")
        elif field.name not in UNTOLD and value not in ("", ()):
            words.append(f"{field.name}={json.dumps(value, ensure_ascii=False)}")
    return " ".join(words)


def standing(room: Room) -> str:
    """Return where everyone stands, in one line."""
    people = room.participants.values()
    stage = [f"{_person(p.id)}({p.role}{_marks(p)})" for p in people if p.on_stage]
    audience = [f"{_person(p.id)}{_aside(p)}" for p in people if not p.on_stage and p.name]
    anonymous = sum(1 for p in people if not p.name)
    parts = {
        "stage": stage,
        "queue": [_person(request.participant) for request in room.requests],
        "audience": audience + [f"+{anonymous}"] * bool(anonymous),
    }
    told = (f"{part}: {' '.join(words)}" for part, words in parts.items() if words)
    return " | ".join([str(room.state), *told])


def _marks(who: Participant) -> str:
    return (" muted" if who.muted else " open") + " away" * (who.away_since is not None)


def _aside(who: Participant) -> str:
    notes = (
        ["open"] * (not who.muted)
        + ["away"] * (who.away_since is not None)
        + ["invited"] * who.invited
    )
    return f"({' '.join(notes)})" if notes else ""
