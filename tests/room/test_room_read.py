"""A room elsewhere is read as it is told, whoever tells it, and stays within its bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from room.scene import PEOPLE, START, T0, after, around
from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room import evolve
from spacebox.room.model import HOST, PEOPLE_LIMIT, Role, Room, State
from spacebox.room.read import event_from_json, room_from_json, seat_from_json
from spacebox.room.wire import (
    COMMANDS,
    command_from_json,
    command_to_json,
    event_to_json,
    snapshot,
)

HERE = 5000.0
"""The time on this box's clock; the other one's says something else."""
EVENING: tuple[c.Command | c.Report, ...] = (
    c.RequestToSpeak("ana", "radio"),
    c.RequestToSpeak("kofi"),
    c.Defer(HOST, "ana"),
    c.Approve(HOST, "kofi"),
    c.ReportUplink("kofi"),
    c.SetMuted("kofi", False),
    c.ReportSpeaking("kofi", True, 0.5),
    c.ReportConnected("carla", False),
    c.ReportListeners(7),
    c.ReportOnAir(microphone_lost=False, heard=True),
    c.InviteToStage(HOST, "ana"),
    c.React("anon", "👏"),
    c.Join("anon", "Nuru"),
    c.SetStage(HOST, 3, False),
    c.EditSpace(HOST, "Later radio", ("night", "sea")),
    c.Mute("carla", "kofi"),
    c.Remove(HOST, "carla", ban=True),
    c.MakeCohost(HOST, "kofi"),
    c.RevokeCohost(HOST, "kofi"),
    c.MoveToAudience(HOST, "kofi"),
    c.WrapUp(HOST),
    c.EndSpace(HOST),
)


def sent(data: Any) -> Any:
    return json.loads(json.dumps(data))


def seen(room: Room, now: float) -> dict[str, Any]:
    """Return what Ana sees of *room*, as far as it can be known elsewhere.

    Who spoke is not told, only how many; and the anonymous are told of once they take a name.
    """
    body = snapshot(room, now, "ana")
    return {**body, "stats": {**body["stats"], "spoke": None, "came_by": None}}


@pytest.mark.parametrize("steps", range(len(EVENING)))
def test_a_room_is_read_as_it_was_told(steps: int) -> None:
    room = after(START, *PEOPLE, *EVENING[:steps])
    told = sent(snapshot(room, T0 + 9, "ana"))
    assert seat_from_json(told) == "ana"
    assert seen(room_from_json(told, HERE), HERE) == seen(room, T0 + 9)


def test_what_happens_is_folded_in_as_it_was_there() -> None:
    before = after(START, *PEOPLE)
    here = room_from_json(sent(snapshot(before, T0, "ana")), HERE)
    for event, earlier, later in around(*EVENING, room=before, at=T0 + 5):
        told = event_to_json(event, earlier, later, "ana")
        if told is not None and (read := event_from_json(sent(told), here, HERE + 5)):
            here = evolve(here, read)
        assert seen(here, HERE + 6) == seen(later, T0 + 6)
    assert here.state is State.ENDED


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_sent_as_another_box_reads_it(name: str) -> None:
    wanted = {"Approve": {"participant": "ana"}, "SetMuted": {"muted": False}}
    body = {
        **wanted.get(name, {}),
        **({"participant": "ana"} if hasattr(COMMANDS[name], "participant") else {}),
        **({"emoji": "👏"} if name == "React" else {}),
    }
    command = command_from_json({"command": name, **body}, "me")
    assert command_from_json(sent(command_to_json(command)), "me") == command


def test_a_crowd_is_cut_at_the_room_s_own_bound() -> None:
    crowd = [{"id": f"p{n}", "name": "Ana"} for n in range(10 * PEOPLE_LIMIT)]
    line = [{"participant": f"p{n}"} for n in range(10 * PEOPLE_LIMIT)]
    room = room_from_json({"state": "live", "participants": crowd, "requests": line}, HERE)
    assert len(room.participants) == PEOPLE_LIMIT
    assert len(room.requests) == PEOPLE_LIMIT - 1
    late = {"event": "Joined", "participant": "late", "name": "Ana", "role": "listener"}
    assert event_from_json(late, room, HERE) is None


def test_text_is_cleaned_and_cut() -> None:
    flood = "a\u202e\x00\ud800" + "\u0301" * 100_000
    person = {"id": "p", "name": flood}
    told = {"state": "live", "title": flood, "host": flood, "participants": [person]}
    room = room_from_json({**told, "topics": [flood] * 9, "rules": flood}, HERE)
    for text in (room.announcement.title, room.host_name, room.participants["p"].name):
        assert len(text) <= 128
        assert text.encode()
        assert "\u202e" not in text
    assert len(room.announcement.topics) == 3
    assert len(room.announcement.rules) <= 2000
    nameless = room_from_json({"participants": [{"id": "p", "name": "\u202e"}]}, HERE)
    assert nameless.participants["p"].name == "Guest"
    assert nameless.announcement.title == "A Space with Host"


def test_nobody_else_is_host_and_the_host_stays() -> None:
    room = room_from_json({"participants": [{"id": "p", "role": "host"}, {"id": "q"}]}, HERE)
    assert [seat.id for seat in room.with_role(Role.HOST)] == [HOST]
    for name in ("Left", "Removed", "SteppedDown", "Joined", "ConnectionChanged", "Named"):
        assert event_from_json({"event": name, "participant": HOST, "name": "x"}, room, 0) is None


@pytest.mark.parametrize("at", [-1, 1e300, float("nan"), float("inf"), 10**400, True, "3", None])
def test_time_stays_between_the_beginning_and_now(at: object) -> None:
    room = room_from_json({"state": "live", "elapsed_s": 60}, HERE)
    read = event_from_json({"event": "SpaceEnded", "at": at, "grace_s": at}, room, HERE)
    assert isinstance(read, e.SpaceEnded)
    assert HERE - 60 <= read.at <= HERE
    assert seen(evolve(room, read), HERE)["elapsed_s"] >= 0


def test_what_would_grow_without_an_end_does_not() -> None:
    room = room_from_json({"state": "live"}, HERE)
    for n in range(2 * PEOPLE_LIMIT):
        who = {"participant": f"p{n}", "name": "Ana"}
        for name in ("Joined", "UplinkOpened", "Removed"):
            told = {"event": name, **who, "banned": True}
            if read := event_from_json(told, room, HERE):
                room = evolve(room, read)
    assert len(room.participants) == 1
    assert not room.banned
    assert len(room.stats.spoke) == PEOPLE_LIMIT


ids = st.sampled_from((HOST, "ana", "kofi", "", "late", "../etc", 7, None, ["ana"]))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | ids,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
SNAPSHOT = tuple(snapshot(after(START, *PEOPLE), T0, "ana"))
KINDS = sorted(kind.__name__ for kind in e.Event.__args__)
FIELDS = sorted({name for kind in e.Event.__args__ for name in kind.__dataclass_fields__})
people = st.lists(st.fixed_dictionaries({"id": ids, "participant": ids, "role": anything}))
events = st.fixed_dictionaries(
    {"event": st.sampled_from(KINDS), "participant": ids},
    optional={field: anything for field in FIELDS if field != "participant"},
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.dictionaries(st.sampled_from(SNAPSHOT), anything | people) | anything,
    st.lists(events | anything, max_size=12),
)
def test_any_json_gives_a_room_that_can_be_shown(told: Any, happened: list[Any]) -> None:
    room = room_from_json(told, HERE)
    for each in happened:
        if read := event_from_json(each, room, HERE):
            room = evolve(room, read)
        shown = json.dumps(snapshot(room, HERE, seat_from_json(told) or "ana"), allow_nan=False)
        assert shown.encode()
