"""A room elsewhere, from the JSON that its box tells of it: `wire`, the other way round.

What comes is a stranger's. Nothing here raises, whatever it is: what has another shape than it
should counts as left out, text is cleaned as a guest's is, and nothing grows beyond the room's
own bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Final, get_args

from spacebox.room import events as e
from spacebox.room import strangers
from spacebox.room.model import (
    HOST,
    PEOPLE_LIMIT,
    REACTIONS,
    STAGE_LIMIT,
    Access,
    Announcement,
    Participant,
    Planned,
    Request,
    Role,
    Room,
    State,
    Stats,
)
from spacebox.room.queue import REASON_LENGTH
from spacebox.room.space import TEXT_LENGTH, TITLE_LENGTH, TOPIC_LENGTH, TOPICS

_NAMELESS_HOST: Final = "Host"


def room_from_json(data: object, now: float) -> Room:
    """Return the room that a snapshot tells of; its times are on the clock of *now*, in seconds."""
    told = strangers.table(data)
    state = strangers.choice(State, told.get("state"), State.IDLE)
    stage, on_air = strangers.table(told.get("stage")), strangers.table(told.get("on_air"))
    participants = _participants(told, now)
    announcement = _announcement(told, participants[HOST])
    return Room(
        host_name=participants[HOST].name,
        defaults=announcement,
        stage_limit_default=STAGE_LIMIT,
        planned=_planned(told.get("next")),
        announcement=announcement,
        stage_limit=_limit(stage.get("limit")),
        participants=participants,
        state=state,
        id=strangers.identity(told.get("id")),
        started_wall=strangers.moment(told.get("started_at")) or None,
        started_at=now - strangers.number(told.get("elapsed_s")),
        ended_at=now if state is State.ENDED else 0.0,
        queue_open=stage.get("queue_open") is not False,
        requests=_requests(told, participants, now),
        listeners=strangers.count(told.get("listeners")),
        reactions=_reactions(told),
        stats=_stats(told),
        microphone_lost=on_air.get("mic") == "lost",
        heard=on_air.get("heard") is True,
    )


def seat_from_json(data: object) -> str:
    """Return the id of the seat that a snapshot was written for; empty where it is nobody's."""
    return strangers.identity(strangers.table(strangers.table(data).get("you")).get("participant"))


def event_from_json(data: object, room: Room, now: float) -> e.Event | None:
    """Return what happened in *room*, on the clock of *now*; None for what cannot be folded in.

    Those are events of other versions, and what is said of somebody who is not there.
    """
    told = strangers.table(data)
    name = told.get("event")
    kind = _EVENTS.get(name) if isinstance(name, str) else None
    if kind is None:
        return None
    at = max(room.started_at, min(now, room.started_at + strangers.number(told.get("at"))))
    if kind is e.OnAirChanged:
        return e.OnAirChanged(at, told.get("mic") == "lost", told.get("heard") is True)
    if kind is e.SpaceStarted:
        at = now
    values = {each.name: told.get(each.name) for each in fields(kind) if each.name != "at"}
    event = kind(at=at, **{field: _FIELDS[field](value) for field, value in values.items()})
    return _fitting(event, room)


def _fitting(event: e.Event, room: Room) -> e.Event | None:
    """Return *event* as it may be folded into *room*, None where it may not."""
    who: str | None = getattr(event, "participant", None)
    if isinstance(event, e.Reacted):
        return event if event.emoji in REACTIONS else None
    if who is None:
        return event
    if isinstance(event, e.Joined | e.Named) and who not in room.participants:
        return _arrival(event, room)
    if who not in room.participants or (who == HOST and not isinstance(event, _OF_HOSTS)):
        return None
    match event:
        case e.Joined():
            return None
        case e.SteppedUp(role=Role.LISTENER):
            return None
        case e.Removed():
            # Whom they keep out is theirs to know, and would be a list without an end here.
            return replace(event, banned=False)
        case e.UplinkOpened() if len(room.stats.spoke) >= PEOPLE_LIMIT:
            return None
        case _:
            return event


def _arrival(event: e.Joined | e.Named, room: Room) -> e.Joined | None:
    """Seat somebody new, or who was anonymous and has a name now."""
    if not event.participant or len(room.participants) >= PEOPLE_LIMIT:
        return None
    return e.Joined(event.at, event.participant, event.name, event.role)


def _announcement(told: Mapping[str, Any], host: Participant) -> Announcement:
    return Announcement(
        title=strangers.text(told.get("title"), TITLE_LENGTH) or f"A Space with {host.name}",
        topics=_topics(told.get("topics")),
        description=strangers.text(told.get("description"), TEXT_LENGTH),
        rules=strangers.text(told.get("rules"), TEXT_LENGTH),
        access=strangers.choice(Access, told.get("access"), Access.OPEN),
        record=told.get("recording") is True,
    )


def _participants(told: Mapping[str, Any], now: float) -> dict[str, Participant]:
    """Return who is named; the host is always there, and first."""
    name = strangers.name(told.get("host"), _NAMELESS_HOST)
    seats = {HOST: Participant(HOST, name, Role.HOST)}
    you = strangers.table(told.get("you"))
    for each in strangers.items(told.get("participants"), PEOPLE_LIMIT):
        seat = _participant(strangers.table(each), now)
        if seat.id == HOST:
            seats[HOST] = replace(
                seat, name=strangers.name(strangers.table(each).get("name"), name), role=Role.HOST
            )
        elif seat.id and len(seats) < PEOPLE_LIMIT:
            invited = seat.id == you.get("participant") and you.get("invited") is True
            seats[seat.id] = replace(seat, invited=invited)
    return seats


def _participant(told: Mapping[str, Any], now: float) -> Participant:
    return Participant(
        id=strangers.identity(told.get("id")),
        name=strangers.name(told.get("name")),
        role=strangers.role(told.get("role")),
        muted=told.get("muted") is not False,
        speaking_since=now if told.get("speaking") is True else None,
        talk_s=strangers.number(told.get("talk_s")),
        away_since=now if told.get("connected") is False else None,
    )


def _requests(
    told: Mapping[str, Any], seats: Mapping[str, Participant], now: float
) -> tuple[Request, ...]:
    requests: dict[str, Request] = {}
    for each in map(strangers.table, strangers.items(told.get("requests"), PEOPLE_LIMIT)):
        who = strangers.identity(each.get("participant"))
        if who in seats and who != HOST:
            asked_at = now - strangers.number(each.get("waiting_s"))
            requests.setdefault(
                who, Request(who, strangers.text(each.get("reason"), REASON_LENGTH), asked_at)
            )
    return tuple(requests.values())


def _planned(data: object) -> Planned | None:
    told = strangers.table(data)
    at = strangers.moment(told.get("at"))
    if not at:
        return None
    return Planned(
        strangers.identity(told.get("id")), strangers.text(told.get("title"), TITLE_LENGTH), at
    )


def _stats(told: Mapping[str, Any]) -> Stats:
    stats = strangers.table(told.get("stats"))
    return Stats(
        came_by=strangers.count(stats.get("came_by")),
        at_once=strangers.count(stats.get("at_once")),
        asked=strangers.count(stats.get("asked")),
    )


def _reactions(told: Mapping[str, Any]) -> dict[str, int]:
    reactions = strangers.table(told.get("reactions"))
    counts = {emoji: strangers.count(reactions.get(emoji)) for emoji in REACTIONS}
    return {emoji: count for emoji, count in counts.items() if count}


def _topics(value: object) -> tuple[str, ...]:
    topics = (strangers.text(each, TOPIC_LENGTH) for each in strangers.items(value, TOPICS))
    return tuple(topic for topic in topics if topic)


def _limit(value: object) -> int:
    return max(1, strangers.count(value, STAGE_LIMIT))


_EVENTS: Final[Mapping[str, type[e.Event]]] = {
    kind.__name__: kind for kind in get_args(e.Event) if kind is not e.SpacePrepared
}
"""Those that tell enough to be folded in."""
_OF_HOSTS: Final = (e.MuteChanged, e.Speaking, e.UplinkOpened)
"""What may happen to the one who sits at their box."""

_FIELDS: Final[Mapping[str, Callable[[object], Any]]] = {
    "access": lambda value: strangers.choice(Access, value, Access.OPEN),
    "banned": lambda value: value is True,
    "by": strangers.identity,
    "connected": lambda value: value is True,
    "description": lambda value: strangers.text(value, TEXT_LENGTH),
    "emoji": lambda value: value if isinstance(value, str) else "",
    "grace_s": strangers.number,
    "id": strangers.identity,
    "limit": _limit,
    "listeners": strangers.count,
    "muted": lambda value: value is not False,
    "name": strangers.name,
    "participant": strangers.identity,
    "pin": lambda _: "",
    "queue_open": lambda value: value is not False,
    "reason": lambda value: strangers.text(value, REASON_LENGTH),
    "record": lambda value: value is True,
    "role": strangers.role,
    "rules": lambda value: strangers.text(value, TEXT_LENGTH),
    "speaking": lambda value: value is True,
    "started_at": strangers.moment,
    "talk_s": strangers.number,
    "title": lambda value: strangers.text(value, TITLE_LENGTH),
    "topics": _topics,
}
