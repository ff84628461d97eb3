"""A whole box in rooms of other kinds: by its command line, its buttons and its speaker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.listener import address
from box import Box, running_box
from janus import LOCKED, ROOM, Janus, running_janus
from peers.bridged import Bridged
from peers.guest import Guest
from spacebox.system.authority import Authority
from tones import amplitude, read_wav

BOX_HZ, ANA_HZ, BO_HZ = 440, 600, 800
LOUD, QUIET = 0.03, 0.003
HALF_A_SECOND = 24_000


@pytest.fixture
def janus(tmp_path: Path) -> Iterator[Janus]:
    folder = tmp_path / "janus"
    folder.mkdir()
    with running_janus(folder) as server:
        yield server


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    speaker = f"file:{tmp_path / 'speaker.wav'}"
    with running_box(tmp_path, "--mic", f"tone:{BOX_HZ}", "--speaker", speaker, start=None) as box:
        yield box


@asynccontextmanager
async def others(janus: Janus) -> AsyncIterator[tuple[Bridged, Bridged]]:
    async with aiohttp.ClientSession() as http:
        ana, bo = Bridged(http, janus.url), Bridged(http, janus.url)
        try:
            await ana.enter(ROOM, "Ana", ANA_HZ)
            await bo.enter(ROOM, "Bo", BO_HZ)
            yield ana, bo
        finally:
            await asyncio.gather(ana.close(), bo.close())


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await check():
            await asyncio.sleep(0.1)


async def told(box: Box, check: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return what the box says of its room once *check* holds for it."""
    space: dict[str, Any] = {}

    async def asked() -> bool:
        space.update(await asyncio.to_thread(box.space))
        return check(space)

    await until(asked)
    return space


async def speaker_plays(folder: Path, *loud: int, quiet: tuple[int, ...] = ()) -> None:
    """Wait until the last half second of the box's speaker has *loud* in it and not *quiet*."""

    async def heard() -> bool:
        sound = read_wav(folder / "speaker.wav")[-HALF_A_SECOND:]
        if len(sound) < HALF_A_SECOND:
            return False
        return all(amplitude(sound, hertz) > LOUD for hertz in loud) and all(
            amplitude(sound, hertz) < QUIET for hertz in quiet
        )

    await until(heard)


async def test_in_a_room_of_janus(box: Box, janus: Janus, tmp_path: Path) -> None:
    async with others(janus) as (ana, bo):
        said = await asyncio.to_thread(box.cli, "join", janus.target(ROOM))
        assert said.splitlines()[0] == "The box is in: Room 1234"
        space = box.space()
        names = [who["name"] for who in space["participants"]]
        assert set(names[1:]) == {"Ana", "Bo", space["you"]["name"]}
        assert (space["state"], space["you"]["muted"]) == ("live", True)
        stay = space["guest"]
        assert (stay["engine"], stay["link"], stay["url"]) == ("janus", "there", "")
        assert sorted(stay["abilities"]) == ["see", "speak"]
        await speaker_plays(tmp_path, ANA_HZ, BO_HZ, quiet=(BOX_HZ,))
        await asyncio.to_thread(box.cli, "press", "mute")
        await ana.hears(BO_HZ, BOX_HZ, quiet=(ANA_HZ,))
        await bo.hears(ANA_HZ, BOX_HZ, quiet=(BO_HZ,))
        await speaker_plays(tmp_path, ANA_HZ, BO_HZ, quiet=(BOX_HZ,))
        await told(box, lambda space: space["guest"]["heard"] and not space["guest"]["muted"])
        me = int(space["you"]["participant"].removeprefix("there-"))
        await ana.ask("mute", id=me, room=ROOM, secret=janus.secret)
        await told(box, lambda space: space["guest"]["muted"])
        await ana.hears(BO_HZ, quiet=(BOX_HZ,))
        await asyncio.to_thread(box.command, "SetMuted", muted=False)
        await ana.hears(BO_HZ, BOX_HZ)
        await asyncio.to_thread(box.cli, "press", "end", "--hold", "3.5")
        await ana.hears(BO_HZ, quiet=(BOX_HZ,))
        space = await told(box, lambda space: space["guest"] is None)
        assert space["state"] == "idle"


async def test_it_is_back_by_itself_and_muted(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "janus"
    folder.mkdir()
    with running_janus(folder) as first:
        await asyncio.to_thread(box.cli, "join", first.target(ROOM))
        await asyncio.to_thread(box.command, "SetMuted", muted=False)
        await told(box, lambda space: not space["guest"]["muted"])
    space = await told(box, lambda space: space["guest"]["link"] == "lost")
    assert space["guest"]["trouble"]
    with running_janus(folder, port=int(first.authority.rpartition(":")[2])) as second:
        space = await told(box, lambda space: space["guest"]["link"] == "there")
        assert space["guest"]["muted"]
        async with others(second) as (ana, _):
            await speaker_plays(tmp_path, ANA_HZ, BO_HZ)
            await ana.hears(BO_HZ, quiet=(BOX_HZ,))
            ids = await ana.ask("listparticipants", room=ROOM)
            assert len(ids["participants"]) == 3
            await asyncio.to_thread(box.cli, "leave")
    assert box.space()["guest"] is None


def test_a_refusal_is_a_sentence(box: Box, janus: Janus) -> None:
    for target, sentence in (
        (janus.target(99), "There is no room 99 at "),
        (janus.target(LOCKED), f"Room {LOCKED} at "),
        (janus.target(LOCKED, "0000"), f"That PIN does not open room {LOCKED} at "),
        ("janus+ws://127.0.0.1/", "Say which room: "),
        ("whep+http://127.0.0.1:9/whep", "127.0.0.1 cannot be reached."),
    ):
        assert sentence in box.cli("join", target, status=1)
    assert box.space()["guest"] is None
    assert "Room 1235" in box.cli("join", janus.target(LOCKED), "--pin", janus.pin)


async def test_over_tls_by_an_authority_that_it_knows(tmp_path: Path) -> None:
    authority = Authority.at(tmp_path / "authority.pem", "Rooms", [address()])
    known = {"SSL_CERT_FILE": str(tmp_path / "authority.pem")}
    sound = ("--mic", "tone", "--speaker", "none")
    for folder in ("knows", "does not"):
        (tmp_path / folder).mkdir()
    with running_janus(tmp_path, authority=authority) as janus:
        assert janus.target(ROOM).startswith("janus+wss://")
        with running_box(tmp_path / "knows", *sound, start=None, env=known) as box:
            box.cli("join", janus.target(ROOM))
            box.command("SetMuted", muted=False)
            await told(box, lambda space: space["guest"]["heard"])
        with running_box(tmp_path / "does not", *sound, start=None) as box:
            assert "The certificate of " in box.cli("join", janus.target(ROOM), status=1)


async def test_at_whep_and_whip_of_a_second_box(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    with running_box(folder, "--mic", f"tone:{ANA_HZ}", "--speaker", "none") as second:
        second.command("SetMuted", muted=False)
        hear = f"whep+{second.url}/whep"
        speak = f"whip+{second.url}/whip#token={second.link('speaker')}"
        async with aiohttp.ClientSession() as http:
            ana = Guest(second.url, http)
            await ana.listen()
            await asyncio.to_thread(box.cli, "join", hear, speak)
            await speaker_plays(tmp_path, ANA_HZ, quiet=(BOX_HZ,))
            await asyncio.to_thread(box.cli, "press", "mute")

            async def both() -> bool:
                heard = ana.ear.levels([ANA_HZ, BOX_HZ], -25).mean(axis=0)
                return bool((heard > LOUD).all())

            await until(both)
            await asyncio.to_thread(box.cli, "leave")
            await ana.close()
        assert json.loads(box.cli("status", "--json"))["guest"] is None
