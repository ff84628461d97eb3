"""A box that is a guest: whose room it shows, who may send it there, what reaches that room."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from away import LINK, ME
from served import Box

from spacebox.room.commands import Approve, Join, RequestToSpeak
from spacebox.room.model import HOST, State
from spacebox.web import events


async def visit(box: Box, host: str, **wish: object) -> tuple[int, Any]:
    status, body, _ = await box.ask("POST", "/api/visit", wish, token=host)
    return status, body


async def go(box: Box, host: str) -> None:
    status, body = await visit(box, host, target=LINK)
    assert status == 200, body


async def command(box: Box, token: str, name: str, **fields: object) -> tuple[int, Any]:
    body = {"command": name, **fields}
    status, answer, _ = await box.ask("POST", "/api/commands", body, token=token)
    return status, answer


async def space(box: Box, token: str = "") -> Any:
    return (await box.ask("GET", "/api/space", token=token))[1]


@contextlib.asynccontextmanager
async def snapshots(box: Box, token: str = "") -> AsyncIterator[asyncio.Queue[Any]]:
    """Every snapshot that an open event stream gets; other events fail the test."""
    got: asyncio.Queue[Any] = asyncio.Queue()
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def read(response: aiohttp.ClientResponse) -> None:
        async for line in response.content:
            if line.startswith(b"data: {}"):
                continue
            if line.startswith(b"event: "):
                assert line in (b"event: snapshot\n", b"event: beat\n")
            if line.startswith(b"data: "):
                got.put_nowait(json.loads(line[6:]))

    async with box.session.get(f"{box.url}/api/events", headers=headers) as response:
        reading = asyncio.create_task(read(response))
        try:
            yield got
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading


async def test_the_room_shown_is_the_one_it_is_in(box: Box, host: str) -> None:
    status, there = await visit(box, host, target=f"  {LINK} ")
    assert status == 200
    assert (there["title"], there["host"], there["state"]) == ("Attic radio", "Tomás", "live")
    assert there["you"] == {
        "participant": ME,
        "name": "Mira",
        "role": "listener",
        "muted": True,
        "invited": False,
    }
    assert there["guest"] == {
        "engine": "box",
        "where": "attic.example",
        "url": LINK,
        "link": "there",
        "abilities": ["ask", "react", "see", "speak"],
        "muted": True,
        "heard": False,
        "trouble": "",
        "again_s": None,
    }
    assert (await space(box, host))["faults"] == ["disk: nearly full"]


async def test_others_see_it_from_outside(box: Box, host: str) -> None:
    await go(box, host)
    await command(box, host, "RequestToSpeak", reason="About valves")
    box.trips.there.submit(Join("ben", "Ben"))
    box.trips.there.submit(RequestToSpeak("ben", "A secret"))
    seen, mine = await space(box), await space(box, host)
    assert seen["guest"]["url"] == LINK
    assert "you" not in seen
    assert "parting" not in seen
    assert [request["reason"] for request in seen["requests"]] == ["", ""]
    assert [request["reason"] for request in mine["requests"]] == ["About valves", ""]


async def test_at_home_it_is_nobodys_guest(box: Box, host: str) -> None:
    assert (await space(box))["guest"] is None
    assert (await space(box, host))["parting"] is None


async def test_how_the_last_stay_ended_is_told_to_the_host(box: Box, host: str) -> None:
    await go(box, host)
    box.trips.end()
    box.clock.now += 5
    at_home = await space(box, host)
    assert (at_home["state"], at_home["guest"]) == ("idle", None)
    expected = {"heading": "The Space is over", "text": "Tomás ended it.", "ago_s": 5.0}
    assert at_home["parting"] == expected


async def test_when_it_is_tried_again_is_told(box: Box, host: str) -> None:
    await go(box, host)
    box.trips.lose(again_s=8.0)
    box.clock.now += 3
    stay = (await space(box, host))["guest"]
    assert (stay["link"], stay["trouble"], stay["again_s"]) == ("lost", "No answer.", 5.0)
    box.clock.now += 30
    assert (await space(box, host))["guest"]["again_s"] == 0.0


async def test_only_the_host_sends_the_box_away_or_home(box: Box, host: str) -> None:
    assert (await visit(box, "", target=LINK))[0] == 403
    assert box.trips.stay is None
    await go(box, host)
    status, error, _ = await box.ask("DELETE", "/api/visit")
    assert (status, error["error"]) == (403, "forbidden")
    assert box.trips.stay is not None
    assert (await box.ask("DELETE", "/api/visit", token=host))[0] == 204
    assert box.trips.stay is None
    assert (await box.ask("DELETE", "/api/visit", token=host))[0] == 204


async def test_a_refusal_comes_as_they_said_it(box: Box, host: str) -> None:
    status, error = await visit(box, host, target="ZZZZZ")
    assert (status, error) == (404, {"error": "not_found", "reason": "there is no such room"})
    status, error = await visit(box, host, target=LINK, pin="0000")
    assert (status, error["error"]) == (403, "forbidden")
    assert (await visit(box, host, target=LINK, pin="4711"))[0] == 200


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"target": ""},
        {"target": " \n"},
        {"target": 7},
        {"target": "\ud800"},
        {"target": "x" * 2049},
        {"target": LINK, "pin": 4711},
        {"target": LINK, "pin": "4" * 65},
    ],
)
async def test_a_wish_that_cannot_be_meant(box: Box, host: str, wish: dict[str, object]) -> None:
    status, error = await visit(box, host, **wish)
    assert (status, error["error"]) == (422, "malformed")
    assert box.trips.stay is None


async def test_the_hosts_commands_reach_that_room(box: Box, host: str) -> None:
    await go(box, host)
    assert await command(box, host, "RequestToSpeak") == (200, {"events": []})
    assert [r.participant for r in box.trips.there.room.requests] == [ME]
    status, error = await command(box, host, "StepDown")
    assert (status, error["error"]) == (403, "forbidden")
    assert error["reason"] == "only a guest on stage may do that"


async def test_mute_shuts_our_microphone_whatever_they_say(box: Box, host: str) -> None:
    await go(box, host)
    assert (await command(box, host, "SetMuted", muted=True))[0] == 403
    assert (await command(box, host, "SetMuted", muted=False))[0] == 403
    assert box.trips.muted == [True]
    box.trips.there.submit(RequestToSpeak(ME))
    box.trips.there.submit(Approve(HOST, ME))
    assert (await command(box, host, "SetMuted", muted=False))[0] == 200
    assert box.trips.muted == [True, False]
    assert not box.trips.there.room.participants[ME].muted


async def test_no_space_starts_here_meanwhile(box: Box, host: str) -> None:
    await go(box, host)
    status, error = await command(box, host, "StartSpace", title="Mine")
    assert (status, error["error"]) == (409, "not_now")
    assert box.hub.room.state is State.IDLE
    assert (await box.ask("POST", "/api/join", {"name": "Ana"}))[0] == 409
    await box.ask("DELETE", "/api/visit", token=host)
    assert (await command(box, host, "StartSpace", title="Mine"))[0] == 200


async def test_whoever_follows_sees_the_box_go_and_come_home(box: Box, host: str) -> None:
    async with snapshots(box) as stranger, snapshots(box, host) as mira:
        assert (await stranger.get())["guest"] is None
        assert (await mira.get())["parting"] is None
        await go(box, host)
        assert (await stranger.get())["title"] == "Attic radio"
        assert (await mira.get())["you"]["participant"] == ME
        box.trips.end()
        seen, mine = await stranger.get(), await mira.get()
        assert (seen["state"], seen["guest"]) == ("idle", None)
        assert "parting" not in seen
        assert mine["parting"]["heading"] == "The Space is over"


async def test_changes_there_are_shown_together(
    box: Box, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "SHOWN_S", 0.2)
    async with snapshots(box) as got:
        await got.get()
        await go(box, host)
        await got.get()
        for n in range(50):
            box.trips.there.submit(Join(f"guest{n}", f"Guest {n}"))
        assert len((await got.get())["participants"]) == 52
        await box.ask("DELETE", "/api/visit", token=host)
        assert (await got.get())["guest"] is None
        assert got.empty()


async def test_our_own_room_is_silent_meanwhile(box: Box, host: str) -> None:
    async with snapshots(box) as got:
        await got.get()
        await go(box, host)
        assert (await got.get())["guest"]["link"] == "there"
        box.start()  # as the panel might, in the same moment
        await box.ask("DELETE", "/api/visit", token=host)
        assert (await got.get())["title"] == "Slow radio at night"


async def test_coming_back_to_the_stream_shows_where_the_box_is(box: Box, host: str) -> None:
    box.start()
    number = box.hub.number
    await command(box, host, "EndSpace", now=True)
    await go(box, host)
    headers = {"Last-Event-ID": str(number)}
    async with box.session.get(f"{box.url}/api/events", headers=headers) as response:
        lines = [await response.content.readline() for _ in range(3)]
    assert lines[0] == b"event: snapshot\n"
    assert json.loads(lines[2][6:])["title"] == "Attic radio"
