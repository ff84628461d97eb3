"""Events and snapshots go out to JSON, each to the eyes they are for."""

from __future__ import annotations

import json

import pytest

from room.scene import PEOPLE, START, T0, after, around
from spacebox.room import commands as c
from spacebox.room import decide
from spacebox.room.model import HOST, Announcement, Planned, Room, new_room
from spacebox.room.wire import event_to_json, snapshot

AT = "2026-11-27T18:00:00+00:00"


@pytest.fixture
def room() -> Room:
    return after(START, *PEOPLE)


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
        "stats": {"came_by": 4, "at_once": 3, "asked": 1, "spoke": 0},
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
    assert {who: view["pin"] for who, view in views.items() if "pin" in view} == {HOST: "0417"}
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
            "stats": {"came_by": 4, "at_once": 2, "asked": 0, "spoke": 0},
        },
    ]


def test_new_plans_are_for_the_spaces_to_come(room: Room) -> None:
    plans = c.Prepare(Announcement("Slow radio", ("radio",)), 3, Planned("next", "Slow radio", AT))
    live = after(plans, room=room)
    assert told(None, plans, room=room) == [None]
    assert decide(live, plans, T0) == ()
    assert snapshot(live, T0, None)["title"] == "Evening radio"
    assert (live.stage_limit, live.announcement) == (room.stage_limit, room.announcement)
    next_one = after(c.EndSpace(HOST, now=True), c.StartSpace(HOST), room=live)
    assert (next_one.announcement.title, next_one.stage_limit) == ("Slow radio", 3)


def test_new_plans_show_at_once_while_no_space_is() -> None:
    plans = c.Prepare(Announcement("Slow radio"), 3, Planned("next", "Slow radio", AT))
    view = snapshot(after(plans), T0, None)
    assert (view["title"], view["stage"]["limit"], view["next"]["at"]) == ("Slow radio", 3, AT)
    assert told(None, plans, room=new_room("Mira")) == [{"event": "SpacePrepared"}]


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
