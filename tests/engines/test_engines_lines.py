"""Connections follow the seats: counted, replaced, let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from box import Box, running_box
from peers.guest import Guest

Meet = Callable[[], Guest]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", "tone", "--speaker", "none") as box:
        yield box


@pytest.fixture
async def meet(box: Box) -> AsyncIterator[Meet]:
    """Make guests, and let them go at the end."""
    guests: list[Guest] = []
    async with aiohttp.ClientSession() as session:

        def make() -> Guest:
            guests.append(Guest(box.url, session))
            return guests[-1]

        yield make
        await asyncio.gather(*(guest.close() for guest in guests))


async def until(guest: Guest, check: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the guest's snapshot once *check* holds for it."""
    async with asyncio.timeout(40):
        while not check(space := await guest.space()):
            await asyncio.sleep(0.05)
    return space


def person(space: dict[str, Any], name: str) -> dict[str, Any]:
    return next(who for who in space["participants"] if who["name"] == name)


async def test_listeners_are_those_who_receive_off_stage(box: Box, meet: Meet) -> None:
    nobody, ana = meet(), meet()
    await nobody.listen()
    await ana.join("Ana")
    assert (await until(ana, lambda space: space["listeners"] == 1))["state"] == "live"
    await ana.listen()
    await until(ana, lambda space: space["listeners"] == 2)
    await ana.command("RequestToSpeak")
    box.cli("approve", "Ana")
    await until(ana, lambda space: space["listeners"] == 1)
    await nobody.close()
    await until(ana, lambda space: space["listeners"] == 0)


async def test_on_air_is_heard_once_a_receiver_report_came(box: Box, meet: Meet) -> None:
    guest = meet()
    assert (await guest.space())["on_air"] == {"mic": "muted", "heard": False}
    box.command("SetMuted", muted=False)
    await guest.listen()
    space = await until(guest, lambda space: space["on_air"]["heard"])
    assert space["on_air"] == {"mic": "open", "heard": True}
    await guest.close()
    await until(guest, lambda space: not space["on_air"]["heard"])


async def test_a_second_connection_of_a_seat_replaces_the_first(meet: Meet) -> None:
    ana = meet()
    await ana.join("Ana")
    await ana.listen()
    await until(ana, lambda space: space["listeners"] == 1)
    first = ana.locations["/whep"]
    await ana.listen()
    assert ana.locations["/whep"] != first
    await until(ana, lambda _: ana.states() == ["closed", "connected"])
    assert (await ana.space())["listeners"] == 1


async def test_who_is_removed_or_stops_is_let_go(box: Box, meet: Meet) -> None:
    ana, kofi = meet(), meet()
    for guest, name in ((ana, "Ana"), (kofi, "Kofi")):
        await guest.join(name)
        await guest.listen()
    box.cli("remove", "Ana")
    await until(kofi, lambda _: ana.states() == ["closed"])
    assert await kofi.delete(kofi.locations["/whep"]) == 200
    await until(kofi, lambda _: kofi.states() == ["closed"])
    assert await kofi.delete(kofi.locations["/whep"]) == 404


async def test_leaving_by_whip_steps_down(box: Box, meet: Meet) -> None:
    ana = meet()
    await ana.join("Ana")
    await ana.listen()
    await ana.command("RequestToSpeak")
    box.cli("approve", "Ana")
    await ana.speak(500)
    assert await ana.delete(ana.locations["/whip"]) == 200
    await until(ana, lambda space: person(space, "Ana")["role"] == "listener")


async def test_the_end_keeps_connections_for_its_grace(box: Box, meet: Meet) -> None:
    ana = meet()
    await ana.join("Ana")
    await ana.listen()
    box.command("SetMuted", muted=False)
    space_id = (await ana.space())["id"]
    box.cli("end")
    assert (await ana.space())["state"] == "ended"
    box.cli("start")
    resumed = await ana.space()
    assert (resumed["state"], resumed["id"]) == ("live", space_id)
    assert resumed["on_air"]["mic"] == "muted"
    assert ana.states() == ["connected"]
    box.cli("end")
    space = await until(ana, lambda space: space["state"] == "idle")
    assert [who["id"] for who in space["participants"]] == ["host"]
    await until(ana, lambda _: ana.states() == ["closed"])


async def test_who_goes_without_a_word_is_away_and_keeps_the_seat(meet: Meet) -> None:
    ana, kofi = meet(), meet()
    await ana.join("Ana")
    await ana.listen()
    await kofi.join("Kofi")
    assert person(await kofi.space(), "Ana")["connected"]
    await ana.close()
    await until(kofi, lambda space: not person(space, "Ana")["connected"])
    await ana.listen()
    await until(kofi, lambda space: person(space, "Ana")["connected"])
