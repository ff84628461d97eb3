"""Commands from JSON, events and snapshots to it, each to the eyes they are for."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacebox.room import commands as c
from spacebox.room import decide, evolve
from spacebox.room import events as e
from spacebox.room.model import HOST, Access, Planned, Role, Room, new_room
from spacebox.room.wire import COMMANDS, Malformed, command_from_json, event_to_json, snapshot

STAMP = c.Stamp("s1", "2026-11-20T18:00:00+00:00", "0417")
START = c.StartSpace(HOST, title="Evening radio", access=Access.PIN, stamp=STAMP)
PEOPLE = (
    c.Join("carla", "Carla", Role.COHOST),
    c.Join("ana", "Ana"),
    c.Join("kofi", "Kofi"),
    c.Join("anon"),
)
T0 = 100.0


def after(*commands: c.Command | c.Report, room: Room | None = None, at: float = T0) -> Room:
    return list(around(*commands, room=room, at=at))[-1][2]


def around(
    *commands: c.Command | c.Report, room: Room | None = None, at: float = T0
) -> Iterable[tuple[e.Event, Room, Room]]:
    """Give each event of *commands* with the room before and after it."""
    room = room or new_room("Mira")
    for command in commands:
        decision = decide(room, command, at)
        assert not isinstance(decision, e.Refused), decision
        for event in decision:
            before, room = room, evolve(room, event)
            yield event, before, room


@pytest.fixture
def room() -> Room:
    return after(START, *PEOPLE)


GIVEN: dict[str, tuple[dict[str, object], c.Command]] = {
    "StartSpace": (
        {"title": "T", "topics": ["a", "b"], "record": True, "access": "invite"},
        c.StartSpace("me", "T", ("a", "b"), record=True, access=Access.INVITE),
    ),
    "EditSpace": ({"rules": "Be kind.", "title": None}, c.EditSpace("me", rules="Be kind.")),
    "WrapUp": ({}, c.WrapUp("me")),
    "EndSpace": ({"now": True}, c.EndSpace("me", now=True)),
    "RequestToSpeak": ({"reason": "radio"}, c.RequestToSpeak("me", "radio")),
    "WithdrawRequest": ({}, c.WithdrawRequest("me")),
    "Approve": ({"participant": "ana"}, c.Approve("me", "ana")),
    "Decline": ({"participant": "ana"}, c.Decline("me", "ana")),
    "Defer": ({"participant": "ana"}, c.Defer("me", "ana")),
    "InviteToStage": ({"participant": "ana"}, c.InviteToStage("me", "ana")),
    "AcceptInvitation": ({}, c.AcceptInvitation("me")),
    "DeclineInvitation": ({}, c.DeclineInvitation("me")),
    "StepDown": ({}, c.StepDown("me")),
    "MoveToAudience": ({"participant": "ana"}, c.MoveToAudience("me", "ana")),
    "SetMuted": ({"muted": False}, c.SetMuted("me", False)),
    "Mute": ({"participant": "ana"}, c.Mute("me", "ana")),
    "MuteAll": ({}, c.MuteAll("me")),
    "Remove": ({"participant": "ana", "ban": True}, c.Remove("me", "ana", ban=True)),
    "MakeCohost": ({"participant": "ana"}, c.MakeCohost("me", "ana")),
    "RevokeCohost": ({"participant": "ana"}, c.RevokeCohost("me", "ana")),
    "SetStage": ({"limit": 3, "queue_open": False}, c.SetStage("me", 3, False)),
    "React": ({"emoji": "👏"}, c.React("me", "👏")),
}


def test_every_command_has_an_example() -> None:
    assert set(GIVEN) == set(COMMANDS)


@pytest.mark.parametrize("name", GIVEN)
def test_commands_come_in(name: str) -> None:
    body, command = GIVEN[name]
    assert command_from_json({"command": name, **body}, "me") == command


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "a command is a JSON object"),
        ({}, "no such command"),
        ({"command": 1}, "no such command"),
        ({"command": "Join"}, "no such command"),
        ({"command": "Approve"}, "Approve wants the field 'participant'"),
        ({"command": "Approve", "participant": None}, "participant is text"),
        ({"command": "Approve", "participant": 1}, "participant is text"),
        ({"command": "WrapUp", "now": True}, "WrapUp has no field 'now'"),
        ({"command": "WrapUp", "by": "host"}, "WrapUp has no field 'by'"),
        ({"command": "StartSpace", "stamp": {}}, "StartSpace has no field 'stamp'"),
        ({"command": "StartSpace", "access": "all"}, "access is one of open, pin, invite"),
        ({"command": "StartSpace", "access": ["pin"]}, "access is one of open, pin, invite"),
        ({"command": "StartSpace", "topics": "a"}, "topics is a list"),
        ({"command": "StartSpace", "topics": [1]}, "topics is text"),
        ({"command": "StartSpace", "title": "\ud800"}, "title has half a character in it"),
        ({"command": "SetStage", "limit": True}, "limit is a whole number"),
        ({"command": "SetStage", "limit": 3.0}, "limit is a whole number"),
        ({"command": "SetStage", "queue_open": 1}, "queue_open is true or false"),
        ({"command": "SetMuted", "muted": "true"}, "muted is true or false"),
        ({"command": "SetMuted", "muted": None}, "muted is true or false"),
    ],
)
def test_what_nobody_could_carry_out_is_malformed(body: object, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        command_from_json(body, "me")
    assert reason in str(raised.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
fields = st.sampled_from(
    ("participant", "muted", "limit", "topics", "title", "access", "now", "by", "emoji", "reason")
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(fields, json_values, max_size=3))
def test_any_json_is_a_command_the_room_answers_or_malformed(
    name: str, given_: dict[str, object]
) -> None:
    try:
        command = command_from_json({"command": name, **given_}, HOST)
    except Malformed:
        return
    decision = decide(after(START, *PEOPLE), command, T0)
    assert isinstance(decision, tuple | e.Refused)


def test_the_snapshot_of_a_live_space() -> None:
    room = after(START, *PEOPLE)
    room = after(c.RequestToSpeak("ana", "radio"), room=room, at=T0 + 10)
    room = after(c.React("anon", "👏"), c.ReportListeners(3), room=room, at=T0 + 20)
    assert snapshot(room, T0 + 42.5, None) == {
        "state": "live",
        "id": "s1",
        "title": "Evening radio",
        "host": "Mira",
        "topics": [],
        "description": "",
        "rules": "",
        "started_at": "2026-11-20T18:00:00+00:00",
        "elapsed_s": 42.5,
        "recording": False,
        "access": "pin",
        "stage": {"limit": 10, "queue_open": True},
        "listeners": 3,
        "reactions": {"👏": 1, "❤️": 0, "😂": 0, "😮": 0, "💯": 0, "👋": 0},
        "participants": [
            person("host", "Mira", "host"),
            person("carla", "Carla", "cohost"),
            person("ana", "Ana", "listener"),
            person("kofi", "Kofi", "listener"),
        ],
        "requests": [{"participant": "ana", "name": "Ana", "reason": "", "waiting_s": 32.5}],
        "questions": [],
        "pins": [],
        "poll": None,
        "agenda": {"items": [], "current": None},
        "rotation": None,
        "next": None,
        "on_air": {"mic": "muted", "heard": False},
        "stats": {"came_by": 4, "at_once": 3, "spoke": 0},
    }


def person(id_: str, name: str, role: str, **differently: object) -> dict[str, object]:
    usual = {"muted": True, "speaking": False, "connected": True, "talk_s": 0.0}
    return {"id": id_, "name": name, "role": role, **usual, **differently}


def test_the_snapshot_of_an_idle_box_tells_what_comes_next() -> None:
    planned = Planned("s2", "Night radio", "2026-11-21T20:00:00+00:00")
    shown = snapshot(new_room("Mira", planned=planned), T0, None)
    assert (shown["state"], shown["started_at"], shown["elapsed_s"]) == ("idle", None, 0.0)
    assert shown["next"] == {
        "id": "s2",
        "title": "Night radio",
        "at": "2026-11-21T20:00:00+00:00",
    }


def test_the_clock_of_an_ended_space_stands(room: Room) -> None:
    ended = after(c.EndSpace(HOST), room=room, at=T0 + 60)
    assert snapshot(ended, T0 + 65, None)["elapsed_s"] == 60.0


@pytest.mark.parametrize(
    ("lost", "muted", "mic"),
    [(False, True, "muted"), (False, False, "open"), (True, False, "lost")],
)
def test_on_air(room: Room, lost: bool, muted: bool, mic: str) -> None:
    opened = [] if muted else [c.SetMuted(HOST, False)]
    room = after(*opened, c.ReportOnAir(lost, True), room=room)
    assert snapshot(room, T0, None)["on_air"] == {"mic": mic, "heard": True}


def test_talk_time_runs_while_somebody_speaks_and_stands_while_they_are_muted(room: Room) -> None:
    up = (c.RequestToSpeak("ana"), c.Approve(HOST, "ana"), c.ReportUplink("ana"))
    room = after(*up, c.SetMuted("ana", False), room=room)
    room = after(c.ReportSpeaking("ana", True, 3.0), room=room, at=T0 + 10)
    assert of(room, "ana", T0 + 14) == person(
        "ana", "Ana", "speaker", muted=False, speaking=True, talk_s=7.0
    )
    room = after(c.Mute(HOST, "ana"), room=room, at=T0 + 15)
    assert of(room, "ana", T0 + 60) == person("ana", "Ana", "speaker", talk_s=8.0)
    room = after(c.ReportConnected("ana", False), room=room)
    assert of(room, "ana", T0 + 60)["connected"] is False


def of(room: Room, who: str, now: float) -> dict[str, object]:
    [found] = [p for p in snapshot(room, now, None)["participants"] if p["id"] == who]
    return dict(found)


def test_each_sees_what_is_theirs(room: Room) -> None:
    room = after(c.RequestToSpeak("ana", "radio"), c.InviteToStage(HOST, "kofi"), room=room)
    views = {who: snapshot(room, T0, who) for who in (HOST, "carla", "ana", "kofi", "anon", "eve")}
    reasons = {who: view["requests"][0]["reason"] for who, view in views.items()}
    assert reasons == {
        **dict.fromkeys((HOST, "carla", "ana"), "radio"),
        **dict.fromkeys(("kofi", "anon", "eve"), ""),
    }
    assert {who for who, view in views.items() if view.get("pin") == "0417"} == {HOST, "carla"}
    assert {who for who, view in views.items() if "pin" in view} == {HOST, "carla"}
    assert views["kofi"]["you"] == {
        "participant": "kofi",
        "name": "Kofi",
        "role": "listener",
        "muted": True,
        "invited": True,
    }
    assert views["anon"]["you"]["name"] == ""
    assert "you" not in views["eve"]


def told(viewer: str | None, *commands: c.Command | c.Report, room: Room) -> list[object]:
    """Return what *viewer* is told, without the times."""
    bodies = [
        event_to_json(event, before, after_, viewer)
        for event, before, after_ in around(*commands, room=room, at=T0 + 5)
    ]
    return [body and {key: value for key, value in body.items() if key != "at"} for body in bodies]


def test_the_pin_is_told_to_the_host_only() -> None:
    [(event, before, live)] = around(START)
    pins = {
        viewer: (event_to_json(event, before, live, viewer) or {})["pin"]
        for viewer in (HOST, "ana", None)
    }
    assert pins == {HOST: "0417", "ana": "", None: ""}


def test_a_reason_is_told_to_hosts_and_oneself(room: Room) -> None:
    asks = c.RequestToSpeak("ana", "radio")
    event = {"event": "SpeakRequested", "participant": "ana", "name": "Ana"}
    for viewer in (HOST, "carla", "ana"):
        assert told(viewer, asks, room=room) == [{**event, "reason": "radio"}]
    for viewer in ("kofi", "anon", None):
        assert told(viewer, asks, room=room) == [{**event, "reason": ""}]


def test_nobody_hears_of_the_anonymous_but_they_themselves(room: Room) -> None:
    comings = (
        c.Join("anon2"),
        c.ReportConnected("anon2", False),
        c.Leave("anon2"),
        c.Remove(HOST, "anon", ban=True),
    )
    for viewer in (HOST, "ana", None):
        assert told(viewer, *comings, room=room) == [None] * 4
    assert told("anon2", *comings[:3], room=room)[0] == {
        "event": "Joined",
        "participant": "anon2",
        "name": "",
        "role": "listener",
    }
    removed = {"event": "Removed", "participant": "anon", "banned": True, "by": HOST}
    assert told("anon", comings[3], room=room) == [removed]


def test_who_takes_a_name_is_known_from_then_on(room: Room) -> None:
    named = {"event": "Named", "participant": "anon", "name": "Zoe", "role": "listener"}
    left = {"event": "Left", "participant": "anon"}
    assert told("ana", c.Join("anon", "Zoe"), c.Leave("anon"), room=room) == [named, left]


def test_events_in_json(room: Room) -> None:
    commands = (
        c.ReportListeners(2),
        c.EditSpace(HOST, topics=("radio",)),
        c.ReportOnAir(False, True),
        c.EndSpace(HOST),
    )
    assert told(None, *commands, room=room) == [
        {"event": "ListenersChanged", "listeners": 2},
        {
            "event": "SpaceEdited",
            "title": "Evening radio",
            "topics": ["radio"],
            "description": "",
            "rules": "",
        },
        {"event": "OnAirChanged", "mic": "muted", "heard": True},
        {
            "event": "SpaceEnded",
            "grace_s": 10.0,
            "stats": {"came_by": 4, "at_once": 2, "spoke": 0},
        },
    ]


def test_times_count_from_the_start() -> None:
    journal = [
        *around(START, at=100.0),
        *around(c.WrapUp(HOST), room=after(START, at=100.0), at=160.25),
    ]
    assert [json.loads(json.dumps(event_to_json(*step, None)))["at"] for step in journal] == [
        0.0,
        60.25,
    ]
    lost = next(iter(around(c.ReportOnAir(True, False), at=5.0)))
    assert (event_to_json(*lost, None) or {})["at"] == 0.0
