"""The panel of a box that is a guest: its buttons, its glass and its lamps, in a real room."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from panel.abroad import ME
from panel.desk import Desk
from panel.evening import Evening
from spacebox.panel import away
from spacebox.panel import views as v
from spacebox.panel.front import BLANK_S
from spacebox.panel.lamps import CONNECTING_S, PATIENT_S
from spacebox.panel.views import Button
from spacebox.ports import Fault, Lamps, Loudness
from spacebox.ports.elsewhere import Ability, Link
from spacebox.room import commands as c
from spacebox.room.model import HOST, Role, State

MUTE, APPROVE, END = Button.MUTE, Button.APPROVE, Button.END
LOUD = Loudness(-20.0, -15.0, -60.0, clipped=False)


class Guest(Desk):
    """Who sits before a box that is in Mira's room."""

    def __init__(self) -> None:
        super().__init__(Evening("At home"))
        self.abroad.arrive()
        self.wait(1.0)

    async def touch(self, button: Button, seconds: float = 0.1) -> None:
        """Press a button, and wait until they have heard of it."""
        self.press(button, seconds)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        self.wait(3.0)

    async def up(self) -> None:
        self.abroad.come_up()
        await self.settle()

    @property
    def there(self) -> Evening:
        return self.abroad.there

    @property
    def seat(self) -> Any:
        return self.abroad.room.participants[ME]

    @property
    def chip(self) -> str:
        chip: str = self.view.air.chip
        return chip

    @property
    def words(self) -> list[str]:
        return [hint.words for hint in self.shown.hints]

    def lights(self) -> Iterator[Lamps]:
        for _ in range(100):
            self.wait(0.02)
            self.panel.light()
            yield self.lamps

    def on_air(self) -> set[float]:
        return {lamps.on_air for lamps in self.lights()}

    def asked_of(self) -> float:
        return max(lamps.request for lamps in self.lights())


@pytest.fixture
async def guest() -> Guest:
    return Guest()


async def test_a_guest_asks_takes_back_and_asks_again(guest: Guest) -> None:
    assert (guest.view.heading, guest.view.note) == ("Slow radio", "at Mira's box")
    assert (guest.chip, guest.words) == ("GUEST", ["ask", "leave"])
    guest.there.asks("ana")
    await guest.touch(APPROVE)
    assert [request.participant for request in guest.abroad.room.requests] == ["ana", ME]
    assert (guest.view.heading, guest.words) == ("Second in line", ["take back", "leave"])
    guest.there.does(c.Decline(HOST, "ana"))
    guest.wait(0.1)
    assert guest.view.heading == "First in line"
    await guest.touch(APPROVE)
    assert guest.abroad.room.requests == ()
    assert guest.words == ["ask", "leave"]


async def test_a_guest_is_let_up_speaks_is_muted_and_steps_down(guest: Guest) -> None:
    guest.abroad.come_up()
    guest.wait(0.1)
    assert guest.view == v.Notice("You are up", "muted, until you open it")
    await guest.settle()
    assert (guest.chip, guest.words) == ("MUTED", ["open", "talk", "down"])
    await guest.touch(MUTE)
    assert not guest.seat.muted
    assert (guest.chip, guest.words) == ("ON AIR", ["down"])
    assert guest.view.level is not None
    guest.there.does(c.Mute(HOST, ME))
    guest.wait(0.1)
    assert (guest.chip, guest.view.heading) == ("MUTED", "Muted by Mira")
    await guest.touch(MUTE)
    assert guest.view.heading == "Slow radio"
    guest.push(APPROVE)
    guest.wait(0.6)
    assert guest.shown.hold is not None
    assert guest.shown.hold.words == "step down"
    guest.wait(0.6)
    guest.let_go(APPROVE)
    await guest.settle()
    assert guest.seat.role is Role.LISTENER
    assert (guest.chip, guest.words) == ("GUEST", ["ask", "leave"])


async def test_mute_is_a_cough_button_and_push_to_talk_there_too(guest: Guest) -> None:
    await guest.up()
    guest.push(MUTE)
    await guest.settle()
    assert not guest.seat.muted
    guest.let_go(MUTE)
    assert not guest.abroad.microphone_open, "at once"
    await guest.settle()
    assert guest.seat.muted, "push to talk"
    await guest.touch(MUTE)
    guest.push(MUTE)
    assert not guest.abroad.microphone_open, "at once"
    await guest.settle()
    assert guest.seat.muted
    guest.let_go(MUTE)
    await guest.settle()
    assert not guest.seat.muted, "a cough button"


async def test_a_second_tap_shuts_what_they_have_not_heard_to_be_open(guest: Guest) -> None:
    await guest.up()
    guest.press(MUTE)
    guest.press(MUTE)
    assert not guest.abroad.microphone_open
    await guest.settle()
    assert not guest.abroad.microphone_open
    assert guest.chip == "MUTED"


@pytest.mark.parametrize("cough", [True, False])
async def test_a_mute_by_their_host_wins_over_the_release(guest: Guest, cough: bool) -> None:
    await guest.up()
    if cough:
        await guest.touch(MUTE)
    guest.push(MUTE)
    await guest.settle()
    if cough:
        guest.there.does(c.SetMuted(ME, False))
    guest.there.does(c.Mute(HOST, ME))
    guest.let_go(MUTE)
    await guest.settle()
    assert guest.seat.muted
    assert not guest.abroad.microphone_open


async def test_opening_that_they_refuse_is_told_and_forgotten(guest: Guest) -> None:
    await guest.up()
    guest.press(MUTE)
    guest.there.does(c.MoveToAudience(HOST, ME))
    for _ in range(5):
        await asyncio.sleep(0)
    guest.wait(0.1)
    assert guest.view.heading in ("Not now", "In the audience")
    await guest.settle()
    await guest.up()
    assert guest.chip == "MUTED"
    await guest.touch(MUTE)
    assert not guest.seat.muted, "one press opens it"


async def test_all_three_and_a_stuck_mute_shut_the_microphone_there(guest: Guest) -> None:
    await guest.up()
    await guest.touch(MUTE)
    guest.push(APPROVE, END, MUTE)
    assert not guest.abroad.microphone_open
    guest.wait(0.5)
    guest.let_go(MUTE, APPROVE, END)
    await guest.settle()
    assert guest.seat.muted
    guest.push(MUTE)
    guest.wait(60.0)
    await guest.settle()
    assert guest.seat.muted
    assert not guest.abroad.microphone_open


async def test_an_invitation_is_accepted_or_refused_once_it_was_read(guest: Guest) -> None:
    guest.there.does(c.InviteToStage(HOST, ME))
    guest.wait(0.3)
    assert guest.view == away.Invited("Mira", "Slow radio")
    assert guest.words == ["come up", "no", "leave"]
    await guest.touch(APPROVE)
    assert not guest.seat.on_stage, "that tap was meant for what stood there before"
    assert guest.asked_of() == 1.0
    await guest.touch(APPROVE, 1.1)
    assert not guest.seat.invited
    assert guest.asked_of() == 0.0
    guest.there.does(c.InviteToStage(HOST, ME))
    guest.wait(1.0)
    await guest.touch(APPROVE)
    assert guest.seat.on_stage
    assert guest.seat.muted


async def test_what_lies_over_an_invitation_goes_first(guest: Guest) -> None:
    guest.there.does(c.InviteToStage(HOST, ME))
    guest.faults = (Fault("No speaker", "Plug it in.", "sound: …"),)
    guest.wait(1.0)
    assert (guest.view.what, guest.view.still) == ("No speaker", "You are still there.")
    await guest.touch(APPROVE)
    assert isinstance(guest.view, away.Invited)
    assert not guest.seat.on_stage
    await guest.touch(APPROVE)
    assert guest.seat.on_stage


async def test_a_refusal_is_told_and_changes_nothing(guest: Guest) -> None:
    guest.there.does(c.SetStage(HOST, queue_open=False))
    guest.wait(1.0)
    guest.press(APPROVE)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    guest.wait(0.1)
    assert guest.view == v.Notice("Not now", "The queue is closed.")
    await guest.settle()
    assert guest.words == ["ask", "leave"]


async def test_end_is_held_to_leave_and_a_tap_does_nothing(guest: Guest) -> None:
    await guest.touch(END)
    guest.push(END)
    guest.wait(1.5)
    assert guest.view.question == "Leave the room?"
    guest.let_go(END)
    await guest.settle()
    assert guest.abroad.stay is not None
    await guest.touch(END, 3.1)
    assert guest.abroad.stay is None
    assert isinstance(guest.view, v.Idle)
    assert guest.errands == [], "and powers nothing off"


async def test_one_leaves_on_the_way_there_too(guest: Guest) -> None:
    guest.abroad.be(Link.LOST, "The way there is broken.", guest.evening.now + 8)
    guest.wait(1.5)
    assert guest.view == away.Coming(
        "LOST", "Slow radio", "The way there is broken.", 1, "next try in 7 s"
    )
    await guest.touch(APPROVE)
    await guest.touch(MUTE)
    assert not guest.abroad.microphone_open
    await guest.touch(END, 3.1)
    assert guest.abroad.stay is None


async def test_nothing_of_a_press_at_home_happens_elsewhere_or_back(guest: Guest) -> None:
    guest.abroad.be(None)
    guest.wait(1.0)
    guest.push(MUTE, END)
    guest.let_go(END)
    guest.wait(1.0)
    guest.abroad.be(Link.THERE)
    guest.wait(2.0)
    assert guest.state is State.IDLE, "no Space begins during a stay"
    guest.let_go(MUTE)
    guest.push(END)
    guest.wait(2.0)
    guest.abroad.be(None)
    guest.wait(6.0)
    assert guest.errands == [], "who meant to leave does not power off"


async def test_a_tap_that_was_meant_for_a_room_elsewhere_is_no_wish_at_home(guest: Guest) -> None:
    guest.push(APPROVE)
    guest.abroad.part("The Space is over", "Mira ended it.")
    guest.let_go(APPROVE)
    guest.wait(0.1)
    assert isinstance(guest.view, away.Parted), "not even a word about it"


async def test_the_way_is_lost_and_found(guest: Guest) -> None:
    await guest.up()
    await guest.touch(MUTE)
    guest.abroad.be(Link.LOST, "The way there is broken.")
    guest.wait(0.1)
    levels = guest.on_air()
    assert min(levels) > 0, "it breathes"
    assert len(levels) > 10
    guest.abroad.be(Link.THERE)
    guest.wait(0.1)
    assert guest.view == v.Notice("Back again", "You are muted.")
    await guest.settle()
    assert guest.chip == "MUTED"


async def test_the_end_is_told_at_home_until_it_was_read(guest: Guest) -> None:
    guest.abroad.part("The Space is over", "Mira ended it.")
    guest.wait(0.1)
    assert guest.view == away.Parted("The Space is over", "Mira ended it.", "00:00")
    assert guest.words == ["live", "next", "off"]
    await guest.touch(APPROVE)
    assert isinstance(guest.view, v.Idle)
    guest.abroad.arrive_again()
    guest.abroad.part("The Space is over", "Mira ended it.")
    guest.wait(0.1)
    assert isinstance(guest.view, away.Parted), "another end"
    guest.wait(120)
    assert isinstance(guest.view, v.Idle)
    guest.press(MUTE, 2.1)
    assert guest.state is State.LIVE


async def test_the_glass_of_a_guest_never_rests(guest: Guest) -> None:
    guest.wait(0.1)
    guest.evening.wait(2 * BLANK_S)
    guest.wait(0.1)
    assert isinstance(guest.view, away.Elsewhere)
    assert guest.shown.contrast == 1.0


async def test_the_lamp_tells_whether_one_is_received_there(guest: Guest) -> None:
    guest.loudness = LOUD
    assert guest.on_air() == {0.0}, "nobody expects the audience to be silent"
    await guest.up()
    assert guest.on_air() == {0.0, 1.0}, "talking while muted"
    await guest.touch(MUTE)
    assert guest.on_air() == {1.0}
    guest.abroad.heard = False
    guest.wait(0.1)
    assert (guest.view.air.chip, guest.view.since_s) == ("UNHEARD", 0)
    guest.wait(CONNECTING_S)
    assert guest.on_air() == {0.0, 1.0}
    guest.abroad.heard = True
    assert guest.on_air() == {1.0}


async def test_an_invitation_that_waits_blinks_faster(guest: Guest) -> None:
    guest.there.does(c.InviteToStage(HOST, ME))
    guest.wait(0.1)
    slow = flips(guest)
    guest.wait(PATIENT_S)
    assert flips(guest) >= 2 * slow > 0


def flips(guest: Guest) -> int:
    lit = [lamps.request > 0.5 for lamps in guest.lights()]
    return sum(before is not after for before, after in pairwise(lit))


async def test_a_room_without_asking_offers_only_what_it_can(guest: Guest) -> None:
    guest.abroad.abilities = frozenset({Ability.SPEAK})
    guest.abroad.come_up()
    await guest.settle()
    assert guest.words == ["open", "talk", "leave"]
    assert (guest.view.pegs, guest.view.air.listeners) == (None, None)
    await guest.touch(APPROVE, 1.1)
    assert guest.seat.on_stage
    await guest.touch(MUTE)
    assert (guest.chip, guest.words) == ("ON AIR", ["leave"])
    guest.abroad.abilities = frozenset()
    guest.there.does(c.StepDown(ME))
    await guest.settle()
    assert guest.words == ["leave"]
    await guest.touch(APPROVE)
    assert guest.abroad.room.requests == ()


async def test_the_way_into_their_room_is_a_code(guest: Guest) -> None:
    await guest.up()
    await guest.touch(APPROVE)
    assert guest.view == v.JoinCode("https://mira.example.org/s/K7QX", 0)
    assert guest.words == ["next"]
    guest.there.does(c.MoveToAudience(HOST, ME))
    await guest.settle()
    assert isinstance(guest.view, away.Elsewhere), "what to do now stands before it"


async def test_their_end_can_be_undone_and_is_told(guest: Guest) -> None:
    await guest.up()
    guest.there.does(c.EndSpace(HOST))
    guest.wait(2.5)
    assert (guest.view.heading, guest.view.note) == ("The Space is over", "It may go on for 8 s.")
    guest.there.does(c.StartSpace(HOST))
    guest.wait(0.1)
    assert guest.view.heading == "Slow radio"
