"""The event stream: snapshot first, every change once, resume, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from served import Box, until

from spacebox.hub import HISTORY
from spacebox.room.commands import EndSpace, Join, Remove, ReportListeners, RequestToSpeak
from spacebox.room.model import HOST
from spacebox.web import connection, events


@dataclass(frozen=True)
class Frame:
    kind: str
    number: int | None
    data: Any


class Stream:
    """Reads server-sent events (HTML Living Standard, 9.2.6)."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> Frame:
        """Return the next event but beats. Raises EOFError at the end."""
        while True:
            frame = await self.frame()
            if frame.kind != "beat":
                return frame

    async def all(self) -> None:
        """Read until the stream breaks off."""
        while True:
            await self.frame()

    async def frame(self) -> Frame:
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            while line := (await self.response.content.readline()).decode():
                if line == "\n":
                    number = fields.get("id")
                    kind = fields.get("event", "")
                    return Frame(kind, number and int(number), json.loads(fields["data"]))
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        raise EOFError


@contextlib.asynccontextmanager
async def stream(box: Box, token: str = "", last: int | str | None = None) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    async with box.session.get(f"{box.url}/api/events", headers=headers) as response:
        assert response.status == 200
        yield Stream(response)


async def test_a_snapshot_then_every_change(box: Box) -> None:
    box.start()
    async with stream(box) as opened:
        headers = opened.response.headers
        first = await opened.next()
        ana = await box.join("Ana")
        second = await opened.next()

    assert headers["Content-Type"].startswith("text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-cache", "no")
    assert (first.kind, first.number, first.data["state"]) == ("snapshot", 1, "live")
    assert (second.kind, second.number) == ("", 2)
    assert second.data["event"] == "Joined"
    assert second.data["participant"] == ana["participant"]


async def test_everybody_sees_what_is_theirs(box: Box, host: str) -> None:
    box.start()
    ana, ben = await box.join("Ana"), await box.join("Ben")
    async with stream(box, host) as mira, stream(box, ben["token"]) as other:
        assert "pin" in (await mira.next()).data
        assert "pin" not in (await other.next()).data
        box.hub.submit(RequestToSpeak(ana["participant"], "Hi"))
        box.hub.submit(Join("anonymous"))
        box.hub.submit(ReportListeners(3))

        assert [(await mira.next()).data["reason"], (await other.next()).data["reason"]] == [
            "Hi",
            "",
        ]
        assert (await other.next()).data["event"] == "ListenersChanged"


async def test_resume_gives_what_was_missed_and_nothing_twice(box: Box) -> None:
    box.start()
    await box.join("Ana")
    seen = box.hub.number
    await box.join("Ben")
    await box.join("Cyd")
    async with stream(box, last=seen) as opened:
        frames = [await opened.next() for _ in range(3)]
        await box.join("Dan")
        frames.append(await opened.next())

    assert [frame.number for frame in frames] == [seen, seen + 1, seen + 2, seen + 3]
    assert [p["name"] for p in frames[0].data["participants"]] == ["Mira", "Ana"]
    assert [frame.data.get("name") for frame in frames[1:]] == ["Ben", "Cyd", "Dan"]


@pytest.mark.parametrize("last", ["1", "0", "999999", "-1", "x", "9" * 40, "٣"])
async def test_who_was_away_too_long_begins_anew(box: Box, last: str) -> None:
    box.start()
    for count in range(1, HISTORY + 2):
        box.hub.submit(ReportListeners(count))
    async with stream(box, last=last) as opened:
        first = await opened.next()
    assert (first.kind, first.number) == ("snapshot", box.hub.number)


async def test_a_beat_when_it_is_quiet(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    assert events.BEAT_S < 15
    monkeypatch.setattr(events, "BEAT_S", 0.01)
    async with stream(box) as opened:
        kinds = [(await opened.frame()).kind for _ in range(3)]
    assert kinds == ["snapshot", "beat", "beat"]


async def test_the_removed_hear_it_and_go_on_as_nobody(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    async with stream(box, ana["token"]) as opened:
        await opened.next()
        box.hub.submit(Remove(HOST, ana["participant"]))
        removed = await opened.next()
        box.hub.submit(EndSpace(HOST, now=True))
        ended = [(await opened.next()).data["event"] for _ in range(2)]

    assert (removed.data["event"], removed.data["participant"]) == ("Removed", ana["participant"])
    assert ended == ["SpaceEnded", "SpaceClosed"]
    assert box.presence == [(ana["participant"], True), (ana["participant"], False)]


async def come_and_go(box: Box, name: str) -> None:
    """Open a stream and close it; whatever was closed before is noticed by then."""
    who = await box.join(name)
    before = list(box.presence)
    async with stream(box, who["token"]) as opened:
        await opened.next()
    ana = who["participant"]
    await until(lambda: box.presence == [*before, (ana, True), (ana, False)])
    box.presence[:] = before


async def test_a_seat_is_present_while_any_of_its_streams_is_open(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    here, gone = (ana["participant"], True), (ana["participant"], False)
    async with stream(box, ana["token"]) as first:
        await first.next()
        async with stream(box, ana["token"]) as second:
            await second.next()
        await come_and_go(box, "Ben")
        assert box.presence == [here]
    # The socket is gone: nobody waits for the next beat to find out.
    await until(lambda: box.presence == [here, gone])


async def test_the_hosts_eyes_say_nothing_of_where_the_host_is(box: Box, host: str) -> None:
    async with stream(box, host) as opened:
        await opened.next()
    box.start()
    await come_and_go(box, "Ana")
    assert not [who for who, _ in box.presence if who == HOST]


async def test_who_takes_nothing_is_cut_off(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALLED_S", 0.05)
    box.start()
    ana = await box.join("Ana")
    with socket.socket() as sleeper:
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.connect(("127.0.0.1", box.port))
        sleeper.send(
            f"GET /api/events HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {ana['token']}\r\n\r\n".encode()
        )
        await until(lambda: box.presence == [(ana["participant"], True)])
        count = 0
        async with asyncio.timeout(20):
            while len(box.presence) < 2:
                count += 1
                box.hub.submit(ReportListeners(count))
                await asyncio.sleep(0)
    assert box.presence[-1] == (ana["participant"], False)


async def test_who_falls_behind_is_cut_off(box: Box) -> None:
    box.start()
    async with stream(box) as opened:
        await opened.next()
        for count in range(1, events.BEHIND + 2):
            box.hub.submit(ReportListeners(count))
        with pytest.raises((EOFError, aiohttp.ClientError)):
            await opened.all()


async def test_stopping_ends_every_stream(box: Box) -> None:
    async with stream(box) as opened:
        await opened.next()
        async with asyncio.timeout(3):
            await box.server.stop()
        with pytest.raises(EOFError):
            await opened.next()
