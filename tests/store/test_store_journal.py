"""A Space that was cut off goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from spacebox.hub import Hub
from spacebox.room import commands as c
from spacebox.room.model import HOST, Role, Room, new_room
from spacebox.store.journal import GONE_S, Journal

IDLE = new_room("Mira")
WALL = 1_800_000_000.0


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Paper:
    """A book in memory."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def read(self) -> tuple[Any, ...]:
        return tuple(self.lines)

    def append(self, line: Any) -> None:
        self.lines.append(json.loads(json.dumps(line)))

    def begin(self, lines: Iterable[Any] = ()) -> None:
        self.lines = json.loads(json.dumps(list(lines)))


class Evening:
    """A hub with its journal."""

    def __init__(self) -> None:
        self.paper, self.clock, self.wall = Paper(), Clock(100.0), Clock(WALL)
        self.hub = Hub(IDLE, self.clock)
        self.journal = Journal(self.paper, "boot", self.wall)
        self.hub.listen(self.journal.on_entry)

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        self.wall.now += seconds

    def after(
        self, seconds: float = 1.0, *, boot: str = "boot", now: float | None = None
    ) -> Room | None:
        self.wait(seconds)
        there = Journal(self.paper, boot, self.wall)
        return there.unfinished(IDLE, self.clock.now if now is None else now)


@pytest.fixture
def evening() -> Evening:
    evening = Evening()
    submit = evening.hub.submit
    submit(c.StartSpace(HOST, title="Slow radio", topics=("tea",)))
    submit(c.SetMuted(HOST, False))
    submit(c.Join("ana", "Ana"))
    submit(c.Join("", ""))
    submit(c.RequestToSpeak("ana", reason="tea"))
    evening.wait(5)
    submit(c.Approve(HOST, "ana"))
    submit(c.ReportUplink("ana", unmuted=False))
    submit(c.SetMuted("ana", False))
    submit(c.Join("kofi", "Kofi"))
    submit(c.RequestToSpeak("kofi", reason="🎈"))
    submit(c.ReportSpeaking("ana", True, 0.0))
    evening.wait(5)
    submit(c.ReportSpeaking("ana", False, 4.5))
    submit(c.SetStage(HOST, limit=3))
    return evening


def test_the_room_is_the_same(evening: Evening) -> None:
    assert evening.after() == evening.hub.room


def test_what_happens_in_the_grace_is_known_after_it(evening: Evening) -> None:
    evening.hub.submit(c.EndSpace(HOST))
    assert evening.after(0.0) is None
    evening.hub.submit(c.Leave("kofi"))
    evening.hub.submit(c.StartSpace(HOST, title="Slow radio"))
    assert evening.after() == evening.hub.room


def test_after_a_start_of_the_machine_its_times_are_on_the_new_clock(evening: Evening) -> None:
    room = evening.after(40.0, boot="another", now=12.0)
    assert room is not None
    assert room.started_at == pytest.approx(12.0 - 50.0)
    assert 12.0 - room.requests[0].asked_at == pytest.approx(45.0)


def test_it_goes_on_over_one_start_of_the_machine_and_the_next(evening: Evening) -> None:
    evening.wait(20)
    evening.clock.now = 12.0
    journal = Journal(evening.paper, "second", evening.wall)
    first = journal.unfinished(IDLE, 12.0)
    assert first is not None
    hub = Hub(first, evening.clock)
    hub.listen(journal.on_entry)
    evening.wait(30)
    hub.submit(c.Join("lena", "Lena"))
    again = evening.after(10.0, boot="third", now=5.0)
    assert again is not None
    assert again.started_at == pytest.approx(5.0 - 70.0)
    assert "lena" in again.participants


def test_what_the_box_falls_with_again_and_again_is_given_up(evening: Evening) -> None:
    assert [evening.after(10.0) is not None for _ in range(4)] == [True, True, True, False]
    evening.wait(120)
    evening.journal.beat()
    assert evening.after() is not None


def test_a_clock_that_is_not_set_yet_counts_no_time(evening: Evening) -> None:
    evening.wall.now = 0.0
    room = evening.after(boot="another", now=12.0)
    assert room is not None
    assert room.started_at == pytest.approx(12.0 - 10.0)


def test_who_was_away_for_long_is_idle(evening: Evening) -> None:
    assert evening.after(GONE_S + 1) is None


def test_a_quiet_space_is_there_as_long_as_it_is_said_to_be(evening: Evening) -> None:
    evening.wait(GONE_S)
    evening.journal.beat()
    assert evening.after() == evening.hub.room


def test_what_ended_does_not_go_on(evening: Evening) -> None:
    evening.hub.submit(c.EndSpace(HOST))
    assert evening.after() is None
    evening.hub.submit(c.StartSpace(HOST))
    assert evening.after() == evening.hub.room
    evening.hub.submit(c.EndSpace(HOST, now=True))
    assert evening.paper.lines == []


def test_a_new_space_has_a_journal_of_its_own(evening: Evening) -> None:
    evening.hub.submit(c.EndSpace(HOST, now=True))
    evening.hub.submit(c.StartSpace(HOST, title="Another"))
    room = evening.after()
    assert room is not None
    assert (room.announcement.title, set(room.participants)) == ("Another", {HOST})


def test_applause_does_not_fill_the_card(evening: Evening) -> None:
    lines = len(evening.paper.lines)
    evening.hub.submit(c.React("ana", "👏"))
    assert len(evening.paper.lines) == lines


def test_whoever_makes_much_happen_does_not_fill_the_card(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spacebox.store.journal.MOST_LINES", 50)
    evening.hub.submit(c.EndSpace(HOST, now=True))
    evening.hub.submit(c.StartSpace(HOST))
    evening.hub.submit(c.Join("ana", "Ana"))
    most = 0
    for _ in range(100):
        evening.hub.submit(c.RequestToSpeak("ana"))
        evening.hub.submit(c.WithdrawRequest("ana"))
        evening.journal.beat()
        most = max(most, len(evening.paper.lines))
    assert (most, evening.after()) == (51, None)
    evening.hub.submit(c.EndSpace(HOST, now=True))
    evening.hub.submit(c.StartSpace(HOST))
    assert evening.after() == evening.hub.room


@pytest.mark.parametrize(
    "line",
    [
        {"event": "Sung", "at": 1.0},
        {"event": "Joined"},
        {"event": "Joined", "at": "soon", "participant": "x", "name": "", "role": "host"},
        {"event": "MuteChanged", "at": 1.0, "participant": "nobody", "muted": True, "by": "box"},
        {"event": ["Joined"]},
        {"at": 3},
    ],
)
def test_what_cannot_be_read_is_no_space(evening: Evening, line: dict[str, Any]) -> None:
    evening.paper.lines.insert(3, line)
    if "event" in line:
        assert evening.after() is None
    else:
        assert evening.after() == evening.hub.room


def test_a_cut_off_room_is_muted_and_keeps_its_seats(evening: Evening) -> None:
    room = evening.after()
    assert room is not None
    hub = Hub(room, evening.clock)
    hub.submit(c.ReportCutOff())
    people = hub.room.participants
    assert all(one.muted and one.speaking_since is None for one in people.values())
    assert {who for who, one in people.items() if one.away_since is None} == {HOST}
    assert people["ana"].role is Role.SPEAKER
    assert (hub.room.listeners, hub.room.heard) == (0, False)
    assert replace(hub.room, participants={}, heard=False) == replace(room, participants={})
    evening.wait(149)
    hub.submit(c.CheckDeadlines())
    assert "ana" in hub.room.participants
