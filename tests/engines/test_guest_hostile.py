"""A host who means ill costs a guest nothing but the visit: it runs on, bounded and sane."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from box import Box, running_box
from malice import Hostile, event, events, forever, hostile
from proc import resident_mb
from spacebox.engines.guest import box as box_module
from spacebox.engines.guest import visit
from spacebox.engines.guest.events import AT_ONCE
from spacebox.engines.guest.guest import Guest
from spacebox.engines.guest.target import Targets
from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Link, Stay
from spacebox.room.commands import React
from spacebox.room.model import HOST, PEOPLE_LIMIT, Role, new_room
from spacebox.room.wire import snapshot
from visitor import visitor

MORE_MB = 60
"""What a stranger may make the guest hold for a moment: some times the largest message."""
FLOOD = "a\u202e\u0301" * 33_334
HERE = 1e6
FIRST = 1_000_000
"""An id that no real event has reached."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running_box(tmp_path_factory.mktemp("box")) as box:
        yield box


@pytest.fixture
async def ill(there: Box) -> AsyncIterator[Hostile]:
    async with hostile(there.url) as one:
        yield one


@pytest.fixture
async def guest() -> AsyncIterator[Guest]:
    async with a_guest() as one:
        yield one


@asynccontextmanager
async def a_guest() -> AsyncIterator[Guest]:
    async with visitor() as one:
        hub = Hub(new_room("Mira"))
        made = Guest(hub, one.sound, Targets("Mira", one.sound, hub.clock, lambda: ()))
        yield made
        await made.leave()


def stay_of(guest: Guest) -> Stay:
    assert guest.stay is not None, guest.parting
    return guest.stay


async def until(guest: Guest, check: Callable[[], object]) -> None:
    changed = asyncio.Event()
    stop = guest.listen(changed.set)
    async with asyncio.timeout(60):
        while not check():
            changed.clear()
            await changed.wait()
    stop()


async def streams(ill: Hostile, most: int) -> list[str | None]:
    """Return behind which event each stream was to go on, once there were so many."""
    async with asyncio.timeout(60):
        while len(asked := [last for _, path, last in ill.asked if path == "/api/events"]) < most:
            await asyncio.sleep(0.02)
    return asked


def crowd() -> Iterator[bytes]:
    """A snapshot with a million people in it."""
    yield b'event: snapshot\nid: 1\ndata: {"state":"live","participants":[{}'
    for n in range(1000):
        people = (f',{{"id":"{n}-{m}","name":"Ana"}}' for m in range(1000))
        yield "".join(people).encode()
    yield b"]}\n\n"


def endless() -> Iterator[bytes]:
    return itertools.repeat(b"a" * 65536)


def seat(participant: object, token: object) -> dict[str, object]:
    return {"participant": participant, "token": token, "role": "listener", "name": "Mira"}


LINES = b"data: a\n" * 1000
BEATS = b"event: beat\ndata: {}\n\n" * 100
SSE, JSON, SDP = "text/event-stream", "application/json", "application/sdp"
ILLS: dict[str, Callable[[Hostile], None]] = {
    "page": lambda ill: ill.answer("/api/space", 200, b"<html>"),
    "list": lambda ill: ill.answer("/api/space", 200, ["live"]),
    "deep": lambda ill: ill.answer("/api/space", 200, b"[" * 500_000),
    "endless page": lambda ill: ill.pour("/api/space", endless, JSON, 200),
    "circle": lambda ill: ill.answer("/api/space", 302, b"", Location="/api/space"),
    "moved": lambda ill: ill.answer("/api/space", 302, b"", Location="http://127.0.0.1:1/x"),
    "nameless": lambda ill: ill.answer("/api/space", 302, b"", Location="http://a..b/api/space"),
    "our host's seat": lambda ill: ill.answer("/api/join", 201, seat(HOST, "t")),
    "no seat": lambda ill: ill.answer("/api/join", 201, seat(7, "t")),
    "long seat": lambda ill: ill.answer("/api/join", 201, seat("a" * 100_000, "t")),
    "no token": lambda ill: ill.answer("/api/join", 201, seat("a", "t\r\nHost: x")),
    "join in circles": lambda ill: ill.answer("/api/join", 307, b"", Location="/api/join"),
    "refusal": lambda ill: ill.answer("/api/join", 403, {"error": "forbidden", "reason": FLOOD}),
    "odd refusal": lambda ill: ill.answer("/api/join", 418, {"error": ["x"], "reason": {}}),
    "trouble": lambda ill: ill.answer("/api/join", 500, b"oh", **{"Retry-After": "9" * 5000}),
    "no events": lambda ill: ill.answer("/api/events", 200, {}),
    "crowd": lambda ill: ill.pour("/api/events", crowd, SSE, 200),
    "endless line": lambda ill: ill.pour("/api/events", endless, SSE, 200),
    "lines": lambda ill: ill.pour("/api/events", lambda: itertools.repeat(LINES), SSE, 200),
    "ended": lambda ill: ill.pour("/api/events", lambda: iter(()), SSE, 200),
    "another's room": lambda ill: ill.pour(
        "/api/events", lambda: iter([b'event: snapshot\ndata: {"state":"live"}\n\n']), SSE, 200
    ),
    "long answer": lambda ill: ill.answer("/whep", 201, b"v=0\r\n" + b"a=x\r\n" * 600_000),
    "endless answer": lambda ill: ill.pour("/whep", endless, SDP, 201),
    "answer": lambda ill: ill.answer("/whep", 201, b"\xff\xfe"),
    "offers in circles": lambda ill: ill.answer("/whep", 307, b"", Location="/whep"),
}


@pytest.mark.parametrize("what", ILLS)
async def test_who_is_ill_received_is_at_home(ill: Hostile, guest: Guest, what: str) -> None:
    before = resident_mb(os.getpid())
    ILLS[what](ill)
    with pytest.raises(Denied) as denied:
        await guest.join(ill.url)
    assert denied.value.reason.endswith((".", "!"))
    assert len(denied.value.reason) <= 210
    assert "\u202e" not in denied.value.reason
    assert guest.stay is None
    assert ill.most_mb - before < MORE_MB


async def test_a_box_that_tells_nothing_is_given_up(
    ill: Hostile, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_module, "TOLD_S", 0.2)
    ill.pour("/api/events", lambda: itertools.repeat(BEATS), SSE, 200)
    with pytest.raises(Denied, match="does not say who"):
        await guest.join(ill.url)


async def test_who_has_moved_is_followed_there(there: Box, ill: Hostile, guest: Guest) -> None:
    """Which is no ill: a tunnel sends http to https so."""
    ill.answer("/api/space", 308, b"", Location=f"{there.url}/api/space")
    await guest.join(ill.url)
    assert [path for _, path, _ in ill.asked] == ["/api/space"]
    assert stay_of(guest).link is Link.THERE


async def test_nothing_is_asked_of_somebody_elses_machine(ill: Hostile, guest: Guest) -> None:
    """They could be one that only this box can reach."""
    ill.answer("/x/api/space", 200, {"state": "live", "participants": []})
    astray = ill.url.replace("127.0.0.1", "localhost")
    ill.answer("/api/space", 302, b"", Location=f"{astray}/x/api/space")
    with pytest.raises(Denied, match="no Space box"):
        await guest.join(ill.url)
    assert {method for method, _, _ in ill.asked} == {"GET"}


NONSENSE: tuple[object, ...] = (
    "{",
    "[" * 100_000,
    "9" * 5000,
    "NaN",
    [],
    {"event": ["Joined"]},
    {"event": "TheSkyFell", "participant": HOST},
    {"event": "Left", "participant": HOST},
    {"event": "SteppedUp", "participant": "nobody", "role": "speaker"},
    {"event": "Joined", "participant": "p1", "name": FLOOD, "role": "host"},
    {"event": "Joined", "participant": "p2", "name": "\ud800\u202e", "role": "speaker"},
    {"event": "SpeakRequested", "participant": "p1", "name": FLOOD, "reason": FLOOD},
    {"event": "MuteChanged", "participant": "p2", "muted": "no", "by": {}},
    {"event": "Speaking", "participant": "p2", "speaking": True, "talk_s": 1e308, "at": -1e308},
    {"event": "ListenersChanged", "listeners": 10**300},
    {"event": "StageChanged", "limit": -5, "queue_open": "?"},
    {
        "event": "SpaceEdited",
        "title": FLOOD,
        "topics": [FLOOD] * 2 + ["b"] * 9,
        "rules": [],
        "at": {},
    },
)


async def test_nonsense_changes_nothing_that_is_not_its_own(
    there: Box, ill: Hostile, guest: Guest
) -> None:
    async def more(response: web.StreamResponse) -> None:
        for number, told in enumerate(NONSENSE, FIRST):
            await response.write(event(number, told))
        await forever()

    ill.at("/api/events", events(there.url, more))
    stay = await guest.join(ill.url)
    await until(guest, lambda: stay_of(guest).room.announcement.title != "Slow radio")
    room = stay_of(guest).room
    shown = snapshot(room, HERE, stay.me)
    assert {stay.me, HOST, "p1", "p2"} == set(room.participants)
    assert room.participants["p1"].role is Role.LISTENER
    assert room.participants["p2"].name == "Guest"
    assert room.participants["p2"].muted
    assert len(shown["title"]) <= 100
    assert len(shown["topics"]) <= 3
    assert all(len(person["name"]) <= 128 for person in shown["participants"])
    assert shown["stage"]["limit"] >= 1
    await guest.do(React(HOST, "👏"))


async def test_a_crowd_that_comes_later_is_an_outage(
    there: Box, ill: Hostile, guest: Guest
) -> None:
    before = resident_mb(os.getpid())
    ill.at("/api/events", events(there.url, lambda response: ill.send(response, crowd())))
    await guest.join(ill.url)
    await until(guest, lambda: stay_of(guest).link is Link.LOST)
    assert len(stay_of(guest).room.participants) <= 2
    assert ill.most_mb - before < MORE_MB


async def test_a_flood_of_events_waits_at_their_end(there: Box, ill: Hostile, guest: Guest) -> None:
    before = resident_mb(os.getpid())

    def flood() -> Iterator[bytes]:
        for n in itertools.count():
            who = {"participant": f"p{n}", "name": f"Ana {n}", "role": "speaker"}
            for number, name in enumerate(("Joined", "UplinkOpened", "Removed"), FIRST + 3 * n):
                yield event(number, {"event": name, "banned": n % 2 == 0, **who})

    ill.at("/api/events", events(there.url, lambda response: ill.send(response, flood())))
    await guest.join(ill.url)
    # By then what may come at once is used up, and all else is a hundred in a second.
    await until(guest, lambda: len(stay_of(guest).room.stats.spoke) >= PEOPLE_LIMIT)
    assert ill.sent < 20e6
    assert len(stay_of(guest).room.participants) <= PEOPLE_LIMIT
    assert not stay_of(guest).room.banned
    assert ill.most_mb - before < MORE_MB
    await guest.do(React(HOST, "👏"))
    await guest.leave()
    assert guest.stay is None


async def test_events_out_of_order_are_asked_for_anew(
    there: Box, ill: Hostile, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_module, "SHORT_S", 0.0)

    async def more(response: web.StreamResponse) -> None:
        edited = {"event": "SpaceEdited", "title": "Changed", "topics": []}
        await response.write(event(FIRST, edited))
        ill.bad.clear()
        await response.write(event(FIRST - 1, {**edited, "title": "Backwards"}))
        await forever()

    ill.at("/api/events", events(there.url, more))
    await guest.join(ill.url)
    assert await streams(ill, 2) == [None, None]
    await until(guest, lambda: stay_of(guest).room.announcement.title == "Slow radio")
    assert stay_of(guest).link is Link.THERE


async def test_a_stream_that_ends_goes_on_where_it_was(
    there: Box, ill: Hostile, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_module, "SHORT_S", 0.0)

    async def more(response: web.StreamResponse) -> None:
        ill.bad.clear()
        await response.write(event(FIRST, {"event": "WrappingUp"}))

    ill.at("/api/events", events(there.url, more))
    await guest.join(ill.url)
    assert await streams(ill, 2) == [None, str(FIRST)]
    await until(guest, lambda: stay_of(guest).room.state == "live")
    assert stay_of(guest).link is Link.THERE


async def test_who_ends_every_stream_is_tried_ever_less_often(
    there: Box, ill: Hostile, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "FIRST_S", 0.05)
    gone = asyncio.Event()

    async def more(_: web.StreamResponse) -> None:
        await gone.wait()

    ill.at("/api/events", events(there.url, more))
    await guest.join(ill.url)
    tries: list[float] = []
    guest.listen(
        lambda: tries.append(again) if guest.stay and (again := guest.stay.again_at) else None
    )
    gone.set()
    await until(guest, lambda: len(set(tries)) >= 4)
    waits = [later - earlier for earlier, later in itertools.pairwise(sorted(set(tries)))]
    assert waits[-1] > waits[0]


async def test_a_whole_box_shows_what_it_can_and_runs_on(
    there: Box, ill: Hostile, tmp_path: Path
) -> None:
    def flood() -> Iterator[bytes]:
        for number, told in enumerate(itertools.cycle(NONSENSE), FIRST):
            yield event(number, told)

    ill.at("/api/events", events(there.url, lambda response: ill.send(response, flood())))
    with running_box(tmp_path, start=None) as here:
        ask = partial(asyncio.to_thread, here.cli)
        before = resident_mb(here.process.pid)
        await ask("join", ill.url)
        async with asyncio.timeout(60):
            while ill.sent < AT_ONCE:
                await asyncio.sleep(0.1)
        shown = json.loads(await ask("status", "--json"))
        assert shown["guest"]["link"] in ("there", "lost")
        assert len(shown["title"]) <= 100
        assert await ask("screen")
        assert resident_mb(here.process.pid) - before < 2 * MORE_MB
        ill.answer("/api/events", 500, b"")
        await ask("leave")
        assert json.loads(await ask("status", "--json"))["guest"] is None
