"""The box in the Space of another box, which is a real one in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from box import Box, running_box
from peers.guest import Guest as Listener
from proc import descriptors
from spacebox.engines.guest.guest import Guest
from spacebox.engines.guest.target import Targets
from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Link, Stay
from spacebox.room import commands as c
from spacebox.room.model import HOST, State, new_room
from visitor import HERTZ, visitor

HOST_HZ = 600
PATIENCE_S = 60


class Away:
    """A box that is a guest: its visits, and what its speaker plays."""

    def __init__(self, guest: Guest, hears: Callable[..., object]) -> None:
        self.guest = guest
        self.hears = hears
        self._changed = asyncio.Event()
        guest.listen(self._changed.set)

    @property
    def stay(self) -> Stay:
        assert self.guest.stay is not None, self.guest.parting
        return self.guest.stay

    async def until(self, check: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not check():
                self._changed.clear()
                await self._changed.wait()

    async def on_stage(self, there: Box) -> None:
        await self.guest.do(c.RequestToSpeak(HOST))
        await self.until(lambda: self.stay.room.request_of(self.stay.me))
        await host(there, "Approve", participant=self.stay.me)
        await self.until(lambda: self.stay.on_stage)


async def host(there: Box, name: str, **fields: object) -> None:
    await asyncio.to_thread(there.command_quickly, name, **fields)


def told(there: Box, who: str) -> dict[str, object]:
    """Return what a box tells of one who is in its Space."""
    people = there.call("/api/space").body["participants"]
    return next((each for each in people if each["id"] == who), {})


@asynccontextmanager
async def away(name: str = "Mira") -> AsyncIterator[Away]:
    async with visitor() as one:
        hub = Hub(new_room(name))
        find = Targets(name, one.sound, hub.clock, lambda: ())
        guest = Guest(hub, one.sound, find)
        yield Away(guest, one.tape.hears)
        await guest.leave()


@pytest.fixture
async def visiting() -> AsyncIterator[Away]:
    async with away() as one:
        yield one


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", f"tone:{HOST_HZ}") as box:
        yield box


async def hears(listener: Listener, *loud: int, quiet: tuple[int, ...] = ()) -> None:
    """Wait until 300 ms of what a listener gets has all of *loud* (Hz) in it, and no *quiet*."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            since = len(listener.ear.sound)
            while len(listener.ear.sound) < since + 15:
                await asyncio.sleep(0.02)
            levels = listener.ear.levels((*loud, *quiet), since=since).min(axis=0)
            most = listener.ear.levels((*loud, *quiet), since=since).max(axis=0)
            if all(levels[: len(loud)] > 0.03) and all(most[len(loud) :] < 0.01):
                return


async def test_an_evening_elsewhere(there: Box, visiting: Away) -> None:
    guest = visiting.guest
    stay = await guest.join(there.guests)
    assert (stay.engine, stay.link, stay.muted) == ("box", Link.THERE, True)
    assert stay.url.upper() == there.guests.upper()
    assert stay.room.announcement.title == "Slow radio"
    assert stay.room.participants[stay.me].name == "Mira"
    await host(there, "SetMuted", muted=False)
    await visiting.hears(HOST_HZ, quiet=(HERTZ,))
    async with aiohttp.ClientSession() as http:
        listener = Listener(there.url, http)
        await listener.join("Ana")
        await listener.listen()
        await hears(listener, HOST_HZ, quiet=(HERTZ,))
        await visiting.on_stage(there)
        assert visiting.stay.muted, "who is let up is muted"
        await guest.do(c.SetMuted(HOST, False))
        await visiting.until(lambda: not visiting.stay.muted)
        await hears(listener, HOST_HZ, HERTZ)
        await visiting.until(lambda: visiting.stay.heard)
        await visiting.hears(HOST_HZ, quiet=(HERTZ,))
        await host(there, "Mute", participant=stay.me)
        await visiting.until(lambda: visiting.stay.muted)
        await hears(listener, HOST_HZ, quiet=(HERTZ,))
        guest.mute(False)
        await visiting.until(lambda: not visiting.stay.muted)
        await hears(listener, HOST_HZ, HERTZ)
        await guest.do(c.StepDown(HOST))
        await visiting.until(lambda: not visiting.stay.on_stage)
        assert visiting.stay.muted
        await hears(listener, HOST_HZ, quiet=(HERTZ,))
        await visiting.hears(HOST_HZ, quiet=(HERTZ,))
        await guest.leave()
        assert told(there, stay.me) == {}
        await listener.close()
    await visiting.hears(quiet=(HOST_HZ,))


async def test_what_they_refuse_is_told_in_their_words(there: Box, visiting: Away) -> None:
    await visiting.guest.join(there.url)
    with pytest.raises(Denied) as denied:
        await visiting.guest.do(c.Approve(HOST, visiting.stay.me))
    assert (denied.value.code, denied.value.reason) == (
        "forbidden",
        "Only the host and co-hosts may do that.",
    )
    with pytest.raises(Denied) as denied:
        await visiting.guest.do(c.WithdrawRequest(HOST))
    assert denied.value.code == "not_now"


async def test_an_invitation_to_the_stage(there: Box, visiting: Away) -> None:
    link = f"{there.guests}#invite={there.link('speaker')}"
    stay = await visiting.guest.join(link)
    assert stay.on_stage
    assert "invite" not in stay.url
    await visiting.guest.do(c.SetMuted(HOST, False))
    await visiting.until(lambda: visiting.stay.heard)


@pytest.mark.parametrize("access", ["open", "invite"])
async def test_who_came_by_the_same_invitation_later_has_the_seat(
    tmp_path: Path, visiting: Away, access: str
) -> None:
    with running_box(tmp_path, start=None) as there:
        there.cli("start", "--access", access)
        link = f"{there.guests}#invite={there.link('speaker')}"
        first = await visiting.guest.join(link)
        async with away("Ana") as later:
            assert (await later.guest.join(link)).me == first.me
            here = visiting.guest
            await visiting.until(lambda: here.stay is None or here.stay.me != first.me)
            assert (here.stay is None) == (access == "invite")
            assert later.stay.link is Link.THERE
            assert told(there, first.me)["name"] == "Ana"


async def test_a_certificate_that_nobody_vouches_for_is_said_so(there: Box, visiting: Away) -> None:
    with pytest.raises(Denied, match="certificate is not known here") as denied:
        await visiting.guest.join(there.call("/api/space").body["secure_url"])
    assert denied.value.code == "unreachable"


async def test_a_pin_is_asked_for_and_given(tmp_path: Path, visiting: Away) -> None:
    with running_box(tmp_path, start=None) as there:
        with pytest.raises(Denied, match="No Space is live"):
            await visiting.guest.join(there.url)
        there.cli("start", "--access", "pin")
        for pin, reason in (("", "PIN"), ("no", "not the PIN")):
            with pytest.raises(Denied, match=reason) as denied:
                await visiting.guest.join(there.url, pin)
            assert denied.value.code == "forbidden"
        await visiting.guest.join(there.url, there.space()["pin"])
        assert visiting.stay.link is Link.THERE


async def test_the_end_there_is_the_end_here(there: Box, visiting: Away) -> None:
    await visiting.guest.join(there.url)
    await host(there, "EndSpace")
    await visiting.until(lambda: visiting.stay.room.state is State.ENDED)
    await host(there, "StartSpace")
    await visiting.until(lambda: visiting.stay.room.state is State.LIVE)
    await host(there, "EndSpace", now=True)
    await visiting.until(lambda: visiting.guest.stay is None)
    assert visiting.guest.parting is not None
    assert visiting.guest.parting.heading == "The Space is over"
    assert visiting.guest.parting.text == "Host ended it."


async def test_a_box_that_is_switched_off_says_goodbye(there: Box, visiting: Away) -> None:
    await visiting.guest.join(there.url)
    there.process.terminate()
    await visiting.until(lambda: visiting.guest.stay is None)
    assert visiting.guest.parting is not None
    assert visiting.guest.parting.heading == "The Space is over"


async def test_visits_leave_nothing_behind(there: Box, visiting: Away) -> None:
    held: list[tuple[int, int]] = []
    for _ in range(4):
        await visiting.guest.join(there.url)
        await visiting.guest.leave()
        held.append((descriptors(os.getpid()), len(asyncio.all_tasks())))
    assert held[1:] == held[:1] * 3


async def test_who_is_removed_does_not_come_back(there: Box, visiting: Away) -> None:
    stay = await visiting.guest.join(there.url)
    await host(there, "Remove", participant=stay.me)
    await visiting.until(lambda: visiting.guest.stay is None)
    assert visiting.guest.parting is not None
    assert visiting.guest.parting.heading == "You were asked to leave"
    assert told(there, stay.me) == {}


async def test_a_box_that_stood_still_has_kept_the_seat(there: Box, visiting: Away) -> None:
    """Its host muted us meanwhile or not: we come back muted."""
    stay = await visiting.guest.join(there.url)
    await visiting.on_stage(there)
    await visiting.guest.do(c.SetMuted(HOST, False))
    there.process.send_signal(signal.SIGSTOP)
    try:
        await visiting.until(lambda: visiting.stay.link is Link.LOST)
        assert visiting.stay.muted
    finally:
        there.process.send_signal(signal.SIGCONT)
    await visiting.until(lambda: visiting.stay.link is Link.THERE)
    assert visiting.stay.me == stay.me
    assert visiting.stay.on_stage
    assert visiting.stay.muted
    await visiting.guest.do(c.SetMuted(HOST, False))
    await visiting.until(lambda: visiting.stay.heard)


async def test_a_box_that_was_killed_and_started_again(tmp_path: Path, visiting: Away) -> None:
    with ExitStack() as boxes:
        first = boxes.enter_context(running_box(tmp_path))
        stay = await visiting.guest.join(first.url)
        await visiting.on_stage(first)
        await visiting.guest.do(c.SetMuted(HOST, False))
        first.process.kill()
        await visiting.until(lambda: visiting.stay.link is Link.LOST)
        assert visiting.stay.muted
        port = first.url.rpartition(":")[2]
        again = boxes.enter_context(running_box(tmp_path, "--port", port, start="Slow radio"))
        await visiting.until(lambda: visiting.stay.link is Link.THERE)
        back = visiting.stay
        assert (back.me, back.room.id) == (stay.me, stay.room.id)
        assert back.on_stage
        assert back.muted
        seat = told(again, back.me)
        assert (seat["name"], seat["role"], seat["muted"]) == ("Mira", "speaker", True)
        await visiting.guest.do(c.SetMuted(HOST, False))
        await visiting.until(lambda: visiting.stay.heard)


async def test_a_box_that_forgot_everybody(tmp_path: Path, visiting: Away) -> None:
    with ExitStack() as boxes:
        first = boxes.enter_context(running_box(tmp_path))
        stay = await visiting.guest.join(first.url)
        first.process.kill()
        first.process.wait()
        for file in ("space.jsonl", "tokens.jsonl"):
            (tmp_path / "state" / file).unlink()
        port = first.url.rpartition(":")[2]
        again = boxes.enter_context(running_box(tmp_path, "--port", port, start="Slow radio"))
        await visiting.until(lambda: visiting.stay.room.id not in ("", stay.room.id))
        await visiting.until(lambda: visiting.stay.link is Link.THERE)
        back = visiting.stay
        assert back.muted
        assert back.room.participants[back.me].name == "Mira"
        assert told(again, back.me)["connected"]


async def test_two_boxes(tmp_path: Path, visiting: Away) -> None:
    """What an owner sees of it by their own box's command line and API."""
    with ExitStack() as boxes:
        there, here = (
            boxes.enter_context(running_box(tmp_path / name, *args, start=start))
            for name, args, start in (
                ("there", ("--mic", f"tone:{HOST_HZ}"), "Slow radio"),
                ("here", ("--speaker", f"file:{tmp_path}/here.wav"), None),
            )
            if not (tmp_path / name).mkdir()
        )
        here.cli("join", there.url)
        snapshot = here.space()
        assert (snapshot["title"], snapshot["guest"]["link"]) == ("Slow radio", "there")
        assert here.cli("start", status=1)
        with pytest.raises(Denied, match="guest in another room itself"):
            await visiting.guest.join(here.url)
        here.cli("leave")
        assert here.space()["guest"] is None
        assert here.space()["state"] == "idle"
