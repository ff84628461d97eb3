"""Who is in a room that has no host and no rules of ours, and what its bridge tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from spacebox.room.model import (
    GUEST,
    PEOPLE_LIMIT,
    STAGE_LIMIT,
    Announcement,
    Participant,
    Role,
    Room,
    State,
    new_room,
)
from spacebox.room.names import clean
from spacebox.room.strangers import items, name, table

Json = Mapping[str, Any]

ID_LENGTH = 64


def open_room(where: str, title: str, me: Participant, now: float) -> Room:
    """Return a room at the machine *where*, with nobody but *me* in it.

    The host that a room must have is that machine.
    """
    empty = new_room(where, Announcement(title), STAGE_LIMIT)
    people = {**empty.participants, me.id: me}
    return replace(empty, state=State.LIVE, id=title, participants=people, started_at=now)


def seat(value: object) -> str:
    """Return the id of a seat of ours for one of theirs, a number or text; "" for neither."""
    if isinstance(value, str):
        return f"there-{clean(value[:ID_LENGTH])}"
    return f"there-{value}" if type(value) is int else ""


def after(room: Room, told: Json, me: str, now: float) -> Room:
    """Return *room* after an event of Janus's AudioBridge, as far as it is about others than *me*.

    https://janus.conf.meetecho.com/docs/audiobridge.html
    """
    match told.get("audiobridge"):
        case "joined" | "event":
            gone = {seat(told.get("leaving")), seat(told.get("kicked"))} - {me}
            people = {**room.participants, **_told(room, told, me, now)}
            return replace(room, participants={i: p for i, p in people.items() if i not in gone})
        case "talking" | "stopped-talking" as heard:
            return _talking(room, seat(told.get("id")), heard == "talking", now)
        case _:
            return room


def muted(room: Room, who: str, muted: bool, now: float, *, by_them: bool = False) -> Room:
    """Return *room* with somebody's microphone shut or open; a host may have shut it."""
    person = room.participants[who]
    changed = replace(
        person, muted=muted, speaking_since=None, talk_s=person.talked(now), silenced=by_them
    )
    return _with(room, {who: changed})


def silences(told: Json, me: str) -> bool:
    """Say whether an event shuts the microphone of *me*: alone, or with everybody's."""
    mine = (entry for entry in _entries(told) if seat(entry.get("id")) == me)
    return told.get("muted") is True or any(entry.get("muted") is True for entry in mine)


def _told(room: Room, told: Json, me: str, now: float) -> Mapping[str, Participant]:
    """Return those that an event names, as many as there is room for."""
    space = PEOPLE_LIMIT - len(room.participants)
    people: dict[str, Participant] = {}
    for entry in _entries(told):
        who = seat(entry.get("id"))
        known = room.participants.get(who)
        if who in ("", me) or who in people or (known is None and space <= 0):
            continue
        space -= known is None
        people[who] = _person(known or Participant(who, "", Role.SPEAKER), entry, now)
    return people


def _entries(told: Json) -> Iterator[Json]:
    return map(table, items(told.get("participants"), PEOPLE_LIMIT))


def _person(before: Participant, entry: Json, now: float) -> Participant:
    shut = entry.get("muted") is not False
    ready = entry.get("setup") is not False
    return replace(
        before,
        name=name(entry.get("display"), before.name or GUEST),
        muted=shut,
        speaking_since=None if shut else before.speaking_since,
        talk_s=before.talked(now) if shut else before.talk_s,
        away_since=None if ready else now,
    )


def _talking(room: Room, who: str, talking: bool, now: float) -> Room:
    person = room.participants.get(who)
    if person is None or talking == (person.speaking_since is not None):
        return room
    since = now if talking else None
    return _with(room, {who: replace(person, speaking_since=since, talk_s=person.talked(now))})


def _with(room: Room, people: Mapping[str, Participant]) -> Room:
    return replace(room, participants={**room.participants, **people})
