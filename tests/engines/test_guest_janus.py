"""The box in a room of Debian's Janus, with others who came by aiortc."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from impostor import server, speaking
from janus import LOCKED, ROOM, WATCHED, Janus, running_janus
from peers.bridged import Bridged
from spacebox.engines.guest.engine import Engine, Lost, Over
from spacebox.engines.guest.janus import AudioBridge, Bridge
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability
from spacebox.room.commands import React, SetMuted
from spacebox.room.model import HOST, Participant, State
from visitor import HERTZ, Visitor, visitor

ANA_HZ, BO_HZ = 600, 800


@pytest.fixture
def janus(tmp_path: Path) -> Iterator[Janus]:
    with running_janus(tmp_path) as server:
        yield server


@pytest.fixture
async def guest() -> AsyncIterator[Visitor]:
    async with visitor() as one:
        yield one


class Room:
    """An engine in a room, and who waits for something in it."""

    def __init__(self, target: str, guest: Visitor) -> None:
        self._changed = asyncio.Event()
        bridge, changed = Bridge.read(target), self._changed.set
        self.bridge = AudioBridge(bridge, "Mira", guest.sound, changed, time.monotonic)

    async def until(self, check: Callable[[AudioBridge], bool]) -> None:
        async with asyncio.timeout(20):
            while not check(self.bridge):
                self._changed.clear()
                await self._changed.wait()

    def person(self, name: str) -> Participant | None:
        people = self.bridge.room.participants.values()
        return next((each for each in people if each.name == name and each.id != HOST), None)


@asynccontextmanager
async def others(janus: Janus, room: int) -> AsyncIterator[tuple[Bridged, Bridged]]:
    async with aiohttp.ClientSession() as http:
        ana, bo = Bridged(http, janus.url), Bridged(http, janus.url)
        try:
            await ana.enter(room, "Ana", ANA_HZ)
            await bo.enter(room, "Bo", BO_HZ)
            yield ana, bo
        finally:
            await asyncio.gather(ana.close(), bo.close())


async def seen_by(client: Bridged) -> set[str]:
    there = await client.ask("listparticipants", room=ROOM)
    return {each["display"] for each in there["participants"]}


async def test_two_others_and_the_box_hear_each_other(janus: Janus, guest: Visitor) -> None:
    room = Room(janus.target(ROOM), guest)
    bridge = room.bridge
    async with others(janus, ROOM) as (ana, bo):
        await bridge.enter()
        assert {p.name for p in bridge.room.participants.values()} == {
            bridge.where,
            "Mira",
            "Ana",
            "Bo",
        }
        assert bridge.room.participants[bridge.me].muted
        await guest.tape.hears(ANA_HZ, BO_HZ, quiet=(HERTZ,))
        await ana.hears(BO_HZ, quiet=(HERTZ, ANA_HZ))
        guest.sound.mute(False)
        await bridge.do(SetMuted("", muted=False))
        await ana.hears(BO_HZ, HERTZ, quiet=(ANA_HZ,))
        await bo.hears(ANA_HZ, HERTZ, quiet=(BO_HZ,))
        await guest.tape.hears(ANA_HZ, BO_HZ, quiet=(HERTZ,))
        async with asyncio.timeout(20):
            while not bridge.heard:
                await asyncio.sleep(0.1)
        guest.sound.mute(True)
        await bridge.mute(True)
        await ana.hears(BO_HZ, quiet=(HERTZ,))
        await bridge.leave()
        async with asyncio.timeout(20):  # Janus takes a moment to let go of somebody
            while await seen_by(ana) != {"Ana", "Bo"}:
                await asyncio.sleep(0.05)


async def test_they_are_seen_to_come_mute_and_go(janus: Janus, guest: Visitor) -> None:
    room = Room(janus.target(WATCHED), guest)
    await room.bridge.enter()
    async with others(janus, WATCHED) as (ana, _):
        await room.until(lambda _: (p := room.person("Ana")) is not None and not p.muted)
        await room.until(lambda _: (p := room.person("Ana")) is not None and bool(p.speaking_since))
        await ana.ask("configure", muted=True)
        await room.until(lambda _: (p := room.person("Ana")) is not None and p.muted)
    await room.until(lambda _: room.person("Ana") is room.person("Bo") is None)
    await room.bridge.leave()


async def test_they_mute_us_and_we_open_again(janus: Janus, guest: Visitor) -> None:
    room = Room(janus.target(ROOM), guest)
    bridge = room.bridge
    async with others(janus, ROOM) as (ana, _):
        await bridge.enter()
        me = int(bridge.me.removeprefix("there-"))
        power = {"room": ROOM, "secret": janus.secret}
        await bridge.mute(False)
        await ana.ask("mute", id=me, **power)
        await room.until(lambda b: b.room.participants[b.me].silenced)
        assert bridge.room.participants[bridge.me].muted
        await ana.ask("unmute", id=me, **power)
        await bridge.mute(False)
        assert not bridge.room.participants[bridge.me].silenced
        await ana.ask("mute_room", **power)
        await room.until(lambda b: b.room.participants[b.me].muted)
        with pytest.raises(Denied, match="Everybody is muted in this room now"):
            await bridge.mute(False)
        await ana.ask("unmute_room", **power)
        await ana.ask("configure", muted=True)
        await room.until(lambda _: (p := room.person("Ana")) is not None and p.muted)
        await bridge.mute(False)
        await bridge.leave()


async def test_thrown_out_or_closed_is_over(janus: Janus, guest: Visitor) -> None:
    power = {"room": ROOM, "secret": janus.secret}
    async with others(janus, ROOM) as (ana, _):
        bridge = Room(janus.target(ROOM), guest).bridge
        await bridge.enter()
        await ana.ask("kick", id=int(bridge.me.removeprefix("there-")), **power)
        with pytest.raises(Over, match="ended your visit") as over:
            await asyncio.wait_for(bridge.remain(), 20)
        assert over.value.heading == "You were asked to leave"
        bridge = Room(janus.target(ROOM), guest).bridge
        await bridge.enter()
        await ana.ask("destroy", **power)
        with pytest.raises(Over, match=r"Room 1234 at .* was closed\."):
            await asyncio.wait_for(bridge.remain(), 20)


async def test_wrong_room_and_pin_are_refused(janus: Janus, guest: Visitor) -> None:
    for target, code, sentence in (
        (janus.target(99), "not_found", "There is no room 99 at "),
        (janus.target("attic"), "not_found", "There is no room attic at "),
        (janus.target(LOCKED), "forbidden", "Room 1235 at .* wants a PIN"),
        (janus.target(LOCKED, "0000"), "forbidden", "That PIN does not open room 1235 at "),
    ):
        with pytest.raises(Denied, match=sentence) as denied:
            await Room(target, guest).bridge.enter()
        assert denied.value.code == code
    right = Room(janus.target(LOCKED, janus.pin), guest).bridge
    await right.enter()
    await right.leave()


async def test_a_server_started_again_is_entered_again(tmp_path: Path, guest: Visitor) -> None:
    with running_janus(tmp_path) as first:
        room = Room(first.target(ROOM), guest)
        await room.bridge.enter()
        before = room.bridge.me
    with pytest.raises(Lost):
        await asyncio.wait_for(room.bridge.remain(), 20)
    with pytest.raises(Lost, match="cannot be reached"):
        await room.bridge.enter()
    port = int(first.authority.rpartition(":")[2])
    with running_janus(tmp_path, port=port) as second:
        await room.bridge.enter()
        assert room.bridge.me != before
        async with others(second, ROOM):
            await guest.tape.hears(ANA_HZ, BO_HZ)
        await room.bridge.leave()


async def test_candidates_may_come_apart_from_the_answer(tmp_path: Path, guest: Visitor) -> None:
    with running_janus(tmp_path, trickles=True) as janus:
        bridge = Room(janus.target(ROOM), guest).bridge
        await bridge.enter()
        async with others(janus, ROOM):
            await guest.tape.hears(ANA_HZ, BO_HZ)
        await bridge.leave()


@pytest.mark.parametrize(
    ("joined", "sdp", "code", "sentence"),
    [
        ({"id": 1}, "garbage", "malformed", "answers what this box does not understand"),
        ({"id": 1}, "v=0\r\n" * 20_000, "malformed", "answers what this box does not understand"),
        ({"id": 1, "participants": [{"id": 2}] * 9_999}, "", "malformed", "does not understand"),
        ({}, "", "not_found", "There is no Janus server at 127.0.0.1."),
        ({"error_code": 403}, "", "forbidden", "127.0.0.1 lets in only those it knows."),
        ({"error_code": 489}, "", "forbidden", "127.0.0.1 lets in only those it knows."),
        ({"error_code": []}, "", "not_now", "127.0.0.1 said no: "),
        ({"error_code": 1, "error": "\u202eno"}, "", "not_now", "127.0.0.1 said no: no"),
    ],
)
async def test_what_an_impostor_says_is_survived(
    joined: dict[str, object], sdp: str, code: str, sentence: str, guest: Visitor
) -> None:
    told = {"audiobridge": "joined", **joined}
    answer = {"plugindata": {"data": told}, "jsep": {"type": "answer", "sdp": sdp}}
    trickled = '{"janus": "trickle", "candidate": {"completed": true, "candidate": "c\\nd"}}'
    async with server(speaking(*[trickled] * 20, answer=answer)) as url:
        with pytest.raises(Denied, match=sentence) as denied:
            await Room(f"janus+{url}?room=1", guest).bridge.enter()
    assert denied.value.code == code


async def test_a_server_that_closes_is_tried_again(guest: Visitor) -> None:
    full = {"plugindata": {"data": {"error_code": 472}}}
    async with server(speaking(answer=full)) as url:
        with pytest.raises(Lost, match="lets nobody in at present"):
            await Room(f"janus+{url}?room=1", guest).bridge.enter()


async def test_only_what_the_room_can_is_offered(janus: Janus, guest: Visitor) -> None:
    bridge = Room(janus.target(ROOM), guest).bridge
    engine: Engine = bridge
    assert engine.abilities == {Ability.SPEAK, Ability.SEE}
    assert (engine.name, engine.url, engine.heard) == ("janus", "", False)
    with pytest.raises(Denied, match="not connected"):
        await engine.mute(False)
    await engine.enter()
    with pytest.raises(Denied, match="one can only listen and speak"):
        await engine.do(React("", "👏"))
    await engine.leave()
    await engine.leave()
    assert engine.room.state is State.LIVE


@pytest.mark.parametrize(
    ("target", "url", "room", "pin"),
    [
        ("janus+wss://rooms.example/?room=1234", "wss://rooms.example/", 1234, ""),
        ("janus+ws://10.0.0.1:8188/j?room=a-b&pin=1%202", "ws://10.0.0.1:8188/j", "a-b", "1 2"),
    ],
)
def test_addresses(target: str, url: str, room: int | str, pin: str) -> None:
    assert Bridge.read(target) == Bridge(url, room, pin)
    assert Bridge.read(target, "42").pin == "42"
    assert "42" not in repr(Bridge.read(target, "42"))


@pytest.mark.parametrize(
    "target",
    [
        "janus+wss://rooms.example/",
        "janus+wss://rooms.example/?pin=1",
        "janus+wss:///?room=1",
        "janus+wss://mira:secret@rooms.example/?room=1",
        "janus+wss://ro oms.example/?room=1",
        "janus+wss://ro\u202eoms.example/?room=1",
        "janus+https://rooms.example/?room=1",
        "janus+wss://rooms.example:99999/?room=1",
        "janus+wss://[rooms/?room=1",
        "janus+wss://rooms.example/?room=" + "1" * 65,
        "janus+wss://rooms.example/?room=%E2%80%AE1",
        "janus+wss://rooms.example/?" + "&".join("a=1" for _ in range(20)),
    ],
)
def test_what_is_no_address(target: str) -> None:
    with pytest.raises(Denied) as denied:
        Bridge.read(target)
    assert denied.value.code == "malformed"
