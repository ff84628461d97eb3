"""One stay at a time, kept through outages, muted through them, and over when its host leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from spacebox.engines.guest import visit, voice
from spacebox.engines.guest.ending import Ending
from spacebox.engines.guest.engine import Lost, Over
from spacebox.engines.guest.guest import Guest
from spacebox.engines.guest.visit import pause_s
from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability, Link, Stay
from spacebox.room.commands import Command, React, SetMuted, StartSpace
from spacebox.room.model import HOST, Participant, Role, State, new_room
from visitor import HERTZ, Visitor, visitor

ME = "me"


class There:
    """A room elsewhere, of which the test says what happens (engine.Engine)."""

    name = "box"
    where = "den"
    url = "http://den.local/s/ACDEF"
    abilities = frozenset(Ability)
    me = ME
    heard = True

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        room = new_room("Ana")
        us = Participant(ME, "Mira", Role.LISTENER)
        self.room = replace(
            room, state=State.LIVE, participants={**room.participants, ME: us}, started_at=0.0
        )
        self.refusals: list[Denied | Lost] = []
        """Of the next tries to come in."""
        self.shut_out: Denied | None = None
        """Why the microphone may not be open."""
        self.deaf = False
        """Whether they take what they are told of the microphone, and do nothing."""
        self.hears = asyncio.Event()
        """Whether what they are told of the microphone gets to them."""
        self.hears.set()
        self.told: list[bool] = []
        self.asked: list[Command] = []
        self.entered = 0
        self.left = 0
        self.ending: Ending | None = None
        self.door = asyncio.Event()
        self.door.set()

    async def enter(self) -> None:
        self.entered += 1
        await self.door.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.ending = Ending()

    async def remain(self) -> None:
        assert self.ending is not None
        await self.ending.come()

    async def mute(self, muted: bool) -> None:
        if self.shut_out is not None and not muted:
            raise self.shut_out
        await self.hears.wait()
        self.told.append(muted)
        if not self.deaf:
            self.seat(muted=muted, silenced=False)

    async def do(self, command: Command) -> None:
        self.asked.append(command)

    async def leave(self) -> None:
        self.left += 1

    def seat(self, **changes: object) -> None:
        """Change our seat there, and say so."""
        us = replace(self.room.participants[ME], **changes)
        self.room = replace(self.room, participants={**self.room.participants, ME: us})
        self.changed()

    def end(self, how: Lost | Over) -> None:
        assert self.ending is not None
        self.ending.tell(how)


class Scene:
    """A guest, its sound, and the room that it finds whatever is asked for."""

    def __init__(self, one: Visitor) -> None:
        self.hub = Hub(new_room("Mira"))
        self.tape = one.tape
        self.there = There(lambda: None)
        self.guest = Guest(self.hub, one.sound, self._find, chance=lambda: 0.5)

    def _find(self, _target: str, _pin: str, changed: Callable[[], None]) -> There:
        self.there.changed = changed
        return self.there

    @property
    def stay(self) -> Stay:
        assert self.guest.stay is not None
        return self.guest.stay

    async def until(self, check: Callable[[], bool]) -> None:
        changed = asyncio.Event()
        stop = self.guest.listen(changed.set)
        async with asyncio.timeout(20):
            while not check():
                changed.clear()
                await changed.wait()
        stop()

    async def on_stage(self) -> None:
        await self.guest.join("den")
        self.there.seat(role=Role.SPEAKER)


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(visit, "FIRST_S", 0.02)
    async with visitor() as one:
        made = Scene(one)
        yield made
        await made.guest.leave()


async def test_the_microphone_is_open_where_we_are_on_stage_and_want_it(scene: Scene) -> None:
    guest, there = scene.guest, scene.there
    await guest.join("den")
    guest.mute(False)
    assert scene.stay.muted
    assert not there.told
    there.seat(role=Role.SPEAKER)
    assert scene.stay.muted
    guest.mute(False)
    await scene.until(lambda: not scene.stay.muted)
    assert there.told == [False]
    guest.mute(True)
    assert scene.stay.muted
    await scene.until(lambda: there.told == [False, True])


@pytest.mark.parametrize(
    "change", [{"muted": True, "silenced": True}, {"role": Role.LISTENER, "muted": True}]
)
async def test_their_host_shuts_the_microphone_for_good(
    scene: Scene, change: dict[str, object]
) -> None:
    await scene.on_stage()
    await scene.guest.do(SetMuted(HOST, False))
    assert not scene.stay.muted
    scene.there.seat(**change)
    assert scene.stay.muted
    scene.there.seat(role=Role.SPEAKER, muted=False, silenced=False)
    assert scene.stay.muted, "nobody else opens it"


async def test_quick_presses_are_told_in_order(scene: Scene) -> None:
    await scene.on_stage()
    for muted in (False, True, False, True, False):
        scene.guest.mute(muted)
    await scene.until(lambda: not scene.stay.muted)
    assert scene.there.told[-1] is False


async def test_a_microphone_that_they_refuse_stays_shut(scene: Scene) -> None:
    await scene.on_stage()
    scene.there.shut_out = Denied("not_now", "Everybody is muted now.")
    with pytest.raises(Denied, match="Everybody"):
        await scene.guest.do(SetMuted(HOST, False))
    assert scene.stay.muted


async def test_a_microphone_that_they_keep_muted_does_not_stay_open_for_long(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "SETTLED_S", 0.05)
    monkeypatch.setattr(visit, "LOOK_S", 0.02)
    await scene.on_stage()
    scene.there.deaf = True
    await scene.guest.do(SetMuted(HOST, False))
    await asyncio.sleep(0.2)
    scene.there.seat(muted=False)
    assert scene.stay.muted, "it was shut meanwhile"


async def test_the_way_back_is_taken_by_itself_and_muted(scene: Scene) -> None:
    await scene.on_stage()
    await scene.guest.do(SetMuted(HOST, False))
    scene.there.seat(speaking_since=0.0)
    scene.there.refusals = [Lost("Away."), Denied("not_now", "No Space is live."), Lost("Away.")]
    scene.there.end(Lost("It broke.", again_s=0.05))
    await scene.until(lambda: scene.stay.link is Link.LOST)
    assert scene.stay.muted
    assert scene.stay.trouble == "It broke."
    us = scene.stay.room.participants[ME]
    assert (us.speaking_since, us.talk_s) == (None, scene.stay.since), "not for ever"
    scene.guest.mute(False)
    assert scene.stay.muted
    await scene.until(lambda: scene.stay.link is Link.THERE)
    assert scene.there.entered == 5
    assert scene.stay.muted
    assert scene.stay.trouble == ""
    await scene.guest.do(SetMuted(HOST, False))
    assert not scene.stay.muted


async def test_what_was_wanted_before_an_outage_is_not_told_after_it(scene: Scene) -> None:
    await scene.on_stage()
    scene.there.hears.clear()
    asked = asyncio.create_task(scene.guest.do(SetMuted(HOST, False)))
    await asyncio.sleep(0)
    scene.there.end(Lost("It broke."))
    with pytest.raises(Denied, match="not reached in time"):
        await asked
    await scene.until(lambda: scene.there.entered == 2 and scene.stay.link is Link.THERE)
    scene.there.hears.set()
    await asyncio.sleep(0)
    assert scene.there.told == []
    assert scene.stay.muted
    await scene.guest.do(SetMuted(HOST, False))
    assert not scene.stay.muted


async def test_who_leaves_meanwhile_is_told_that_nobody_heard(scene: Scene) -> None:
    await scene.on_stage()
    scene.there.hears.clear()
    asked = asyncio.create_task(scene.guest.do(SetMuted(HOST, False)))
    await asyncio.sleep(0)
    await scene.guest.leave()
    with pytest.raises(Denied, match="not reached in time"):
        await asked


async def test_who_pressed_leave_is_never_back(scene: Scene) -> None:
    await scene.guest.join("den")
    scene.there.end(Lost("It broke."))
    await scene.until(lambda: scene.stay.link is Link.LOST)
    await scene.guest.leave()
    assert (scene.guest.stay, scene.guest.parting) == (None, None)
    tries = scene.there.entered
    await asyncio.sleep(0.1)
    assert scene.there.entered == tries
    assert scene.there.left == 1


async def test_leaving_on_the_way_there(scene: Scene) -> None:
    scene.there.door.clear()
    joining = asyncio.create_task(scene.guest.join("den"))
    await scene.until(lambda: scene.there.entered == 1)
    assert scene.stay.link is Link.JOINING
    await scene.guest.leave()
    with pytest.raises(Denied, match="stay at home"):
        await joining
    assert scene.guest.stay is None


async def test_who_asked_for_it_going_away_ends_the_way_there(scene: Scene) -> None:
    scene.there.door.clear()
    joining = asyncio.create_task(scene.guest.join("den"))
    await scene.until(lambda: scene.there.entered == 1)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert scene.guest.stay is None
    assert scene.there.left == 1


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(Denied("banned", "Not you."), "banned"), (Lost("Nobody answers."), "unreachable")],
)
async def test_who_is_refused_is_at_home(scene: Scene, refusal: Denied | Lost, code: str) -> None:
    scene.there.refusals = [refusal]
    with pytest.raises(Denied) as denied:
        await scene.guest.join("den")
    assert denied.value.code == code
    assert (scene.guest.stay, scene.guest.parting) == (None, None)
    await scene.guest.join("den")
    assert scene.stay.link is Link.THERE


async def test_the_end_is_told_and_forgotten_at_the_next_visit(scene: Scene) -> None:
    await scene.on_stage()
    await scene.guest.do(SetMuted(HOST, False))
    scene.there.end(Over("The Space is over", "Ana ended it."))
    await scene.until(lambda: scene.guest.stay is None)
    parting = scene.guest.parting
    assert parting is not None
    assert (parting.heading, parting.text) == ("The Space is over", "Ana ended it.")
    await scene.guest.join("den")
    assert scene.guest.parting is None


async def test_who_is_not_let_back_in_is_told_why(scene: Scene) -> None:
    await scene.guest.join("den")
    scene.there.refusals = [Denied("banned", "The host has closed this Space to you.")]
    scene.there.end(Lost("It broke."))
    await scene.until(lambda: scene.guest.stay is None)
    assert scene.guest.parting is not None
    assert scene.guest.parting.heading == "Not let back in"


async def test_a_space_that_stays_away_is_over(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "SEAT_S", 0.1)
    await scene.guest.join("den")
    scene.there.refusals = [Denied("not_now", "No Space is live.")] * 100
    scene.there.end(Lost("It broke."))
    await scene.until(lambda: scene.guest.stay is None)
    assert scene.guest.parting is not None
    assert scene.guest.parting.heading == "The Space is over"


async def test_one_room_at_a_time(scene: Scene) -> None:
    await scene.guest.join("den")
    with pytest.raises(Denied, match="guest already"):
        await scene.guest.join("attic")
    await scene.guest.leave()
    scene.hub.submit(StartSpace(HOST, title="Evening radio"))
    with pytest.raises(Denied, match="open here"):
        await scene.guest.join("den")


async def test_what_is_asked_goes_there_while_we_are(scene: Scene) -> None:
    with pytest.raises(Denied, match="not in a room"):
        await scene.guest.do(React(HOST, "👏"))
    await scene.guest.join("den")
    await scene.guest.do(React(HOST, "👏"))
    assert scene.there.asked == [React(HOST, "👏")]
    with pytest.raises(Denied, match="on stage"):
        await scene.guest.do(SetMuted(HOST, False))


async def test_a_mistake_of_ours_leads_home(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.guest.join("den")
    assert scene.there.ending is not None
    scene.there.ending.tell(RuntimeError("a mistake"))  # type: ignore[arg-type]
    await scene.until(lambda: scene.guest.stay is None)
    assert scene.guest.parting is not None
    assert "mistake" in caplog.text


async def test_the_microphone_is_not_in_the_speaker(scene: Scene) -> None:
    await scene.on_stage()
    await scene.guest.do(SetMuted(HOST, False))
    await scene.tape.hears(quiet=(HERTZ,))


def test_pauses_grow_and_are_spread() -> None:
    pauses = [pause_s(tries, 0.5) for tries in range(20)]
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert set(pauses[5:]) == {30}
    assert (pause_s(0, 0.0), pause_s(0, 1.0)) == (0.75, 1.25)
