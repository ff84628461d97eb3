"""The box in a room behind WHIP and WHEP: a second box, and servers that are in no mood."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from box import Box, running_box
from peers.guest import Guest, Tone
from spacebox.engines.guest import line
from spacebox.engines.guest.endpoint import ME, End, Endpoint, Ends
from spacebox.engines.guest.engine import Engine, Lost
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability
from spacebox.room.commands import RequestToSpeak, SetMuted
from spacebox.room.model import State
from spacebox.rtc import client, patience
from visitor import HERTZ, Visitor, visitor

BOX_HZ = 600
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", f"tone:{BOX_HZ}", "--speaker", "none") as box:
        box.command("SetMuted", muted=False)
        yield box


@pytest.fixture
async def guest() -> AsyncIterator[Visitor]:
    async with visitor() as one:
        yield one


def room(target: str, guest: Visitor) -> Endpoint:
    return Endpoint(Ends.read(target), "Mira", guest.sound, lambda: None, time.monotonic)


def space(box: Box) -> dict[str, Any]:
    """Ask as a passer-by does: nothing here waits for long."""
    snapshot: dict[str, Any] = box.call("/api/space").body
    return snapshot


def on_stage(box: Box) -> list[dict[str, Any]]:
    return [who for who in space(box)["participants"] if who["role"] == "speaker"]


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not check():
            await asyncio.sleep(0.05)


async def test_a_second_box_is_heard_and_hears_us(box: Box, guest: Visitor) -> None:
    ends = f"whep+{box.url}/whep whip+{box.url}/whip#token={box.link('speaker')}"
    there = room(ends, guest)
    engine: Engine = there
    async with aiohttp.ClientSession() as http:
        ana = Guest(box.url, http)
        await ana.listen()
        await engine.enter()
        assert len(on_stage(box)) == 1
        await guest.tape.hears(BOX_HZ, quiet=(HERTZ,))
        guest.sound.mute(False)
        await engine.do(SetMuted("", muted=False))
        await until(lambda: ana.ear.seconds > 1 and ana.ear.levels([HERTZ], -5).mean() > 0.03)
        await until(lambda: there.heard)
        assert (there.room.state, there.room.participants[ME].muted) == (State.LIVE, False)
        await engine.leave()
        await until(lambda: not on_stage(box))
        assert not there.heard
        await ana.close()


async def test_one_may_only_listen_or_only_speak(box: Box, guest: Visitor) -> None:
    ear = room(f"whep+{box.url}/whep", guest)
    assert ear.abilities == frozenset()
    assert not ear.room.participants[ME].on_stage
    await ear.enter()
    await guest.tape.hears(BOX_HZ)
    with pytest.raises(Denied, match="one can only listen"):
        await ear.mute(False)
    await ear.leave()
    mouth = room(f"whip+{box.url}/whip#token={box.link('speaker')}", guest)
    assert mouth.abilities == {Ability.SPEAK}
    await mouth.enter()
    assert mouth.room.participants[ME].muted
    with pytest.raises(Denied, match="one can only listen and speak"):
        await mouth.do(RequestToSpeak(""))
    await mouth.leave()


async def test_whoever_hangs_up_is_lost_and_may_refuse(
    box: Box, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "AWAY_S", 1.0)
    there = room(f"whep+{box.url}/whep whip+{box.url}/whip#token={box.link('speaker')}", guest)
    await there.enter()
    staying = asyncio.create_task(there.remain())
    box.command("MoveToAudience", participant=on_stage(box)[0]["id"])
    with pytest.raises(Lost, match=r"127\.0\.0\.1"):
        await asyncio.wait_for(staying, 20)
    box.command("EndSpace", now=True)
    with pytest.raises(Denied) as denied:
        await there.enter()
    assert denied.value.code in ("not_now", "forbidden")


async def test_where_speaking_is_refused_nobody_listens(box: Box, guest: Visitor) -> None:
    there = room(f"whep+{box.url}/whep whip+{box.url}/whip#token=wrong", guest)
    with pytest.raises(Denied, match=r"127\.0\.0\.1 ") as denied:
        await there.enter()
    assert denied.value.code == "forbidden"
    await until(lambda: space(box)["listeners"] == 0)


@contextlib.asynccontextmanager
async def server(handler: Handler, gone: Handler | None = None) -> AsyncIterator[str]:
    """Serve something at /whep, and who hangs up by *gone*; yield what one joins it by."""
    app = web.Application()
    app.router.add_post("/whep", handler)
    app.router.add_delete("/gone", gone or handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"whep+http://127.0.0.1:{runner.addresses[0][1]}/whep"
    finally:
        await runner.cleanup()


def answering(status: int, body: str = "", **headers: str) -> Handler:
    async def serve(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=body, headers=named, content_type="application/sdp")

    return serve


@pytest.mark.parametrize(
    ("handler", "code", "sentence"),
    [
        (answering(401), "forbidden", "127.0.0.1 wants a token that it knows."),
        (answering(404), "not_found", "There is nothing at this address of 127.0.0.1."),
        (answering(201, "garbage"), "malformed", "answers what this box does not understand"),
        (answering(201, "v=0\r\n" * 100_000), "malformed", "more than anybody would want to read"),
        (answering(200, "<html>"), "not_found", "There is no WHIP or WHEP"),
        (answering(307, Location="/whep"), "not_found", "127.0.0.1 sends us around in circles."),
        (answering(307, Location="file:///etc/passwd"), "not_found", "where one should not go"),
    ],
)
async def test_who_says_no_says_why(
    handler: Handler, code: str, sentence: str, guest: Visitor
) -> None:
    async with server(handler) as target:
        with pytest.raises(Denied, match=sentence) as denied:
            await room(target, guest).enter()
    assert denied.value.code == code


async def test_who_is_busy_says_when(guest: Visitor) -> None:
    async with server(answering(503, Retry_After="7")) as target:
        with pytest.raises(Lost, match="no room for us now") as lost:
            await room(target, guest).enter()
    assert lost.value.again_s == 7


async def test_who_never_answers_is_lost(guest: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.3)

    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with server(slow) as target:
        with pytest.raises(Lost, match="does not answer"):
            await room(target, guest).enter()


async def test_an_answer_without_anybody_behind_it_is_lost(
    guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CONNECT_S", 1.0)
    hung_up: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTrack(Tone(BOX_HZ))
        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        answer = peer.localDescription.sdp
        await peer.close()
        return web.Response(
            status=201, text=answer, headers={"Location": "/gone"}, content_type="application/sdp"
        )

    async def gone(request: web.Request) -> web.StreamResponse:
        hung_up.append(request.path)
        return web.Response()

    async with server(serve, gone) as target:
        with pytest.raises(Lost, match=r"No sound comes through to 127\.0\.0\.1"):
            await room(target, guest).enter()
    assert hung_up == ["/gone"]


async def test_a_redirect_leads_there_without_the_token(box: Box, guest: Visitor) -> None:
    asked: list[str | None] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers.get("Authorization"))
        return web.Response(status=307, headers={"Location": f"{box.url}/whep"})

    async with server(serve) as target:
        there = room(f"{target}#token=of+mine", guest)
        # A box refuses a token that it does not know: that it lets us in says that it got none.
        await there.enter()
        await guest.tape.hears(BOX_HZ)
        await there.leave()
    assert asked == ["Bearer of+mine"]


def test_addresses() -> None:
    both = Ends.read("whip+https://a.example/x?y=1#token=a%2Fb+c  whep+http://b.example:81/z")
    assert both.speak == End("https://a.example/x?y=1", "a/b+c")
    assert both.hear == End("http://b.example:81/z")
    assert both.where == "b.example"
    assert "a/b" not in repr(both)
    assert Ends.read("whip+https://a.example/x").where == "a.example"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://a.example/",
        "whep+ftp://a.example/",
        "whep+https:///x",
        "whep+https://a.example:x/",
        "whep+https://a\u202e.example/",
        "whep+https://a b.example/",
        "whep+https://mira:secret@a.example/",
        "whep+https://a.example/#secret=x",
        "whep+https://a.example/#token=%0d%0aX",
        " ".join(itertools.repeat("whep+https://a.example/", 2)),
    ],
)
def test_what_is_no_address(target: str) -> None:
    with pytest.raises(Denied) as denied:
        Ends.read(target)
    assert denied.value.code == "malformed"
