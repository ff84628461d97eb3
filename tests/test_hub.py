"""The hub with its one room: numbers, order, and listeners that come and go."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spacebox.hub import HISTORY, Entry, Hub
from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.evolve import evolve
from spacebox.room.model import HOST, Access, new_room


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock: Clock) -> Hub:
    return Hub(new_room("Mira"), clock)


def names(entries: list[Entry]) -> list[str]:
    return [type(entry.event).__name__ for entry in entries]


def test_a_command_changes_the_room_and_is_told(hub: Hub, clock: Clock) -> None:
    heard: list[Entry] = []
    hub.listen(heard.append)
    idle = hub.room
    clock.now = 123.5
    decision = hub.submit(c.StartSpace(HOST))
    assert decision == (heard[0].event,)
    assert heard[0].event.at == 123.5
    assert (heard[0].before, heard[0].after) == (idle, hub.room)
    assert hub.room == evolve(idle, heard[0].event)


def test_what_is_refused_or_so_already_is_told_to_nobody(hub: Hub) -> None:
    heard: list[Entry] = []
    hub.listen(heard.append)
    before = hub.room
    assert isinstance(hub.submit(c.WrapUp(HOST)), e.Refused)
    assert hub.submit(c.ReportListeners(0)) == ()
    assert (heard, hub.number, list(hub.history), hub.room) == ([], 0, [], before)


def test_numbers_go_on_without_a_gap_and_the_oldest_are_forgotten(hub: Hub) -> None:
    hub.submit(c.StartSpace(HOST))
    hub.submit(c.EndSpace(HOST, now=True))
    assert names(list(hub.history)) == ["SpaceStarted", "SpaceEnded", "SpaceClosed"]
    assert [entry.number for entry in hub.history] == [1, 2, 3]
    for listeners in range(1, HISTORY + 1):
        hub.submit(c.ReportListeners(listeners))
    assert hub.number == hub.history[-1].number == HISTORY + 3
    assert [entry.number for entry in hub.history] == list(range(4, HISTORY + 4))


def test_all_hear_all_in_order_though_one_submits_meanwhile(hub: Hub) -> None:
    first: list[Entry] = []
    last: list[Entry] = []

    def mutes_whoever_opens(entry: Entry) -> None:
        match entry.event:
            case e.MuteChanged(participant=who, muted=False):
                assert hub.submit(c.SetMuted(who, muted=True))
                assert hub.room.participants[who].muted

    hub.submit(c.StartSpace(HOST))
    hub.listen(first.append)
    hub.listen(mutes_whoever_opens)
    hub.listen(last.append)
    hub.submit(c.SetMuted(HOST, muted=False))
    assert [entry.event for entry in first] == [
        e.MuteChanged(100.0, HOST, muted, HOST) for muted in (False, True)
    ]
    assert first == last == list(hub.history)[1:]
    assert first[0].after is first[1].before
    assert not first[0].after.participants[HOST].muted


def test_who_ended_listening_hears_no_more_not_even_of_this_event(hub: Hub) -> None:
    heard: list[Entry] = []
    others: list[Entry] = []
    hub.listen(lambda _: stop() if hub.number == 1 else None)
    stop = hub.listen(heard.append)
    hub.listen(others.append)
    hub.submit(c.StartSpace(HOST))
    hub.submit(c.WrapUp(HOST))
    assert heard == []
    assert names(others) == ["SpaceStarted", "WrappingUp"]


def test_who_begins_to_listen_hears_what_comes_next(hub: Hub) -> None:
    heard: list[Entry] = []
    hub.submit(c.StartSpace(HOST))
    hub.listen(heard.append)
    hub.submit(c.WrapUp(HOST))
    assert names(heard) == ["WrappingUp"]


def test_a_listener_that_breaks_leaves_the_hub_whole(hub: Hub) -> None:
    def breaks(_: Entry) -> None:
        raise RuntimeError("broken")

    heard: list[Entry] = []
    stop = hub.listen(breaks)
    hub.listen(heard.append)
    with pytest.raises(RuntimeError, match="broken"):
        hub.submit(c.StartSpace(HOST))
    stop()
    hub.submit(c.WrapUp(HOST))
    assert names(heard) == ["WrappingUp"]


def test_the_hub_adds_what_the_room_cannot_know(hub: Hub) -> None:
    forged = c.StartSpace(HOST, access=Access.PIN, stamp=c.Stamp("mine", "yesterday", "0000"))
    hub.submit(forged)
    room = hub.room
    assert re.fullmatch(r"[0-9a-f]{16}", room.id)
    assert re.fullmatch(r"\d{4}", room.pin)
    assert room.started_wall is not None
    started = datetime.fromisoformat(room.started_wall)
    assert abs((datetime.now(UTC) - started).total_seconds()) < 3600
    hub.submit(c.EndSpace(HOST, now=True))
    hub.submit(replace(forged, access=Access.OPEN))
    assert (hub.room.pin, hub.room.id != room.id) == ("", True)
