"""The controller, with a clock that is moved by hand: gestures in, the room and the glass out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from panel.desk import Desk
from panel.evening import Evening
from spacebox.panel import views as v
from spacebox.panel.front import BLANK_S
from spacebox.panel.views import Button
from spacebox.ports import Fault, Lamps, Loudness
from spacebox.room import commands as c
from spacebox.room.model import HOST, Role, State

MUTE, APPROVE, END = Button.MUTE, Button.APPROVE, Button.END


@pytest.fixture
async def desk() -> Desk:
    return Desk(Evening())


@pytest.fixture
async def live(desk: Desk) -> Desk:
    desk.evening.live()
    desk.wait(0.1)
    return desk


async def test_holding_mute_for_two_seconds_goes_live_muted(desk: Desk) -> None:
    assert isinstance(desk.view, v.Idle)
    desk.press(MUTE, 1.9)
    assert desk.state is State.IDLE
    desk.push(MUTE)
    desk.wait(1.0)
    assert isinstance(desk.view, v.Countdown)
    desk.wait(1.0)
    assert (desk.state, desk.muted) == (State.LIVE, True)
    desk.wait(3.0)
    desk.let_go(MUTE)
    assert desk.muted, "letting go later changes nothing"


async def test_a_second_button_calls_the_countdown_off(desk: Desk) -> None:
    desk.push(MUTE)
    desk.wait(1.0)
    desk.press(APPROVE)
    desk.wait(3.0)
    desk.let_go(MUTE)
    assert desk.state is State.IDLE
    assert isinstance(desk.view, v.Idle), "and turns no page"


async def test_mute_acts_on_the_press_and_decides_on_the_release(live: Desk) -> None:
    live.push(MUTE)
    assert not live.muted, "at once"
    live.wait(0.2)
    live.let_go(MUTE)
    assert not live.muted, "a tap stays"
    live.wait(0.5)
    live.push(MUTE)
    assert live.muted
    live.wait(2.0)
    live.let_go(MUTE)
    assert not live.muted, "a cough button"
    live.press(MUTE)
    live.push(MUTE)
    live.wait(2.0)
    assert not live.muted
    live.let_go(MUTE)
    assert live.muted, "push to talk"


async def test_a_mute_by_somebody_else_wins_over_the_release(live: Desk) -> None:
    live.evening.asks("kim")
    live.evening.does(c.MakeCohost(HOST, "kim"))
    live.push(MUTE)
    live.wait(0.5)
    live.evening.does(c.Mute("kim", HOST))
    live.evening.does(c.SetMuted(HOST, False))
    live.let_go(MUTE)
    assert not live.muted


async def test_mute_held_for_a_minute_is_muted_and_told(live: Desk) -> None:
    live.push(MUTE)
    live.wait(60.0)
    assert live.muted
    assert live.view.what == "MUTE is stuck"
    live.let_go(MUTE)
    live.wait(0.1)
    assert live.muted
    assert isinstance(live.view, v.Live)


async def test_a_card_is_answered_by_tap_double_tap_and_hold(live: Desk) -> None:
    live.evening.asks("ana", "jun", "lea")
    live.wait(1.0)
    assert live.view.name == "Ana"
    live.press(APPROVE)
    assert live.role("ana") is Role.SPEAKER
    live.wait(1.0)
    assert live.view.name == "Jun"
    live.press(APPROVE, 0.1)
    assert live.role("jun") is Role.SPEAKER
    live.evening.asks("ida")
    live.wait(1.0)
    live.push(APPROVE)
    live.wait(0.1)
    live.let_go(APPROVE)
    live.wait(0.1)
    live.press(APPROVE)
    assert [r.participant for r in live.evening.hub.room.requests] == ["ida", "lea"]
    live.wait(1.0)
    live.press(APPROVE, 1.1)
    assert [r.participant for r in live.evening.hub.room.requests] == ["lea"]
    assert live.view.name == "Lea", "the others are through"
    live.wait(1.0)
    live.push(APPROVE)
    live.wait(0.1)
    live.let_go(APPROVE)
    live.wait(0.1)
    live.press(APPROVE)
    assert isinstance(live.view, v.Live), "put off, and nobody else is there"
    live.wait(60)
    assert live.view.name == "Lea"


async def test_a_card_that_has_just_come_takes_no_tap(live: Desk) -> None:
    live.evening.asks("ana")
    live.wait(0.3)
    live.press(APPROVE)
    live.wait(1.0)
    assert live.role("ana") is Role.LISTENER
    assert live.view.name == "Ana"


async def test_a_card_that_changes_under_the_finger_lets_nobody_else_in(live: Desk) -> None:
    live.evening.asks("ana", "jun")
    live.wait(1.0)
    live.push(APPROVE)
    live.evening.does(c.WithdrawRequest("ana"))
    live.wait(0.2)
    live.let_go(APPROVE)
    live.wait(1.0)
    assert (live.role("ana"), live.role("jun")) == (Role.LISTENER, Role.LISTENER)
    live.wait(3.0)
    live.push(APPROVE)
    live.wait(0.1)
    live.let_go(APPROVE)
    live.evening.does(c.WithdrawRequest("jun"))
    live.evening.asks("lea")
    live.press(APPROVE)
    live.wait(2.0)
    assert live.role("lea") is Role.LISTENER
    assert [r.participant for r in live.evening.hub.room.requests] == ["lea"]


async def test_what_covered_a_card_gives_it_time_to_be_read(live: Desk) -> None:
    live.evening.asks("ana")
    live.faults = (Fault("No microphone", "Plug it in.", "sound: …"),)
    live.wait(5.0)
    assert live.view.what == "No microphone"
    live.press(MUTE)
    assert not live.muted, "a fault is in nobody's way"
    live.press(MUTE)
    live.faults = ()
    live.wait(0.1)
    live.press(APPROVE)
    live.wait(1.0)
    assert live.role("ana") is Role.LISTENER, "that tap was meant for the fault"
    live.faults = (Fault("The card is full", "Make room on it.", "disk: …"),)
    live.wait(1.0)
    live.press(APPROVE)
    live.wait(0.1)
    live.press(APPROVE, 0.05)
    assert live.role("ana") is Role.LISTENER
    live.wait(1.0)
    live.press(APPROVE)
    assert live.role("ana") is Role.SPEAKER


async def test_a_bar_that_covered_a_card_gives_it_time_to_be_read(live: Desk) -> None:
    live.evening.asks("ana", "jun")
    live.wait(1.0)
    live.push(END)
    live.wait(1.5)
    live.evening.does(c.WithdrawRequest("ana"))
    live.wait(0.9)
    live.let_go(END)
    live.wait(0.04)
    live.press(APPROVE)
    live.wait(1.0)
    assert live.role("jun") is Role.LISTENER
    live.press(APPROVE)
    assert live.role("jun") is Role.SPEAKER


async def test_a_fault_in_a_space_gives_way_by_itself_and_can_be_seen_again(live: Desk) -> None:
    live.evening.asks("ana")
    live.faults = (Fault("APPROVE is stuck", "Press it free.", "panel: …"),)
    live.wait(1.0)
    assert live.view.what == "APPROVE is stuck"
    assert live.shown.hints == (), "that button cannot say that it was seen"
    live.wait(8.0)
    assert live.view.name == "Ana"
    live.press(APPROVE, 1.2)
    pages = []
    for _ in range(3):
        live.press(APPROVE)
        pages.append(type(live.view))
    assert pages == [v.JoinCode, v.FaultCard, v.Live]
    live.press(END, 3.1)
    assert isinstance(live.view, v.Grace), "nothing stands before that"


async def test_whoever_holds_all_three_is_muted(live: Desk) -> None:
    live.push(MUTE)
    assert not live.muted
    live.push(APPROVE, END)
    assert live.muted
    live.wait(1.0)
    live.let_go(MUTE, APPROVE, END)
    assert live.muted


async def test_mute_does_not_wait_for_a_card(live: Desk) -> None:
    live.evening.asks("ana")
    live.wait(0.1)
    live.press(MUTE)
    assert not live.muted


async def test_a_bar_fills_only_while_its_hold_will_do_something(live: Desk) -> None:
    live.evening.asks("ana", "jun")
    live.wait(1.0)
    live.push(APPROVE)
    live.wait(0.5)
    assert live.shown.hold is not None
    live.evening.does(c.WithdrawRequest("ana"))
    live.wait(0.3)
    assert (live.view.name, live.shown.hold) == ("Jun", None)
    live.wait(1.0)
    live.let_go(APPROVE)
    assert [r.participant for r in live.evening.hub.room.requests] == ["jun"]


async def test_a_refusal_is_told(live: Desk) -> None:
    live.evening.does(c.SetStage(HOST, limit=1))
    live.evening.speaks("ana")
    live.evening.asks("jun")
    live.wait(1.0)
    live.press(APPROVE)
    assert live.view == v.Notice("Not now", "The stage is full.")
    live.wait(3.0)
    assert live.view.name == "Jun"


async def test_end_wraps_up_ends_and_can_be_taken_back(live: Desk) -> None:
    live.press(END)
    assert live.state is State.WRAPPING
    live.press(END, 2.5)
    assert live.state is State.WRAPPING
    live.push(END)
    live.wait(2.5)
    assert live.view.question == "End the Space?"
    live.wait(0.6)
    live.let_go(END)
    assert live.state is State.ENDED
    live.wait(0.2)
    assert isinstance(live.view, v.Grace)
    live.press(MUTE)
    assert live.state is State.ENDED, "nobody has seen yet that it ended"
    live.wait(0.5)
    live.press(MUTE, 1.0)
    assert (live.state, live.muted) == (State.LIVE, True)
    live.press(END, 3.1)
    live.evening.wait(10)
    live.evening.does(c.CheckDeadlines())
    live.wait(0.1)
    assert live.state is State.IDLE
    assert isinstance(live.view, v.Summary)
    live.press(APPROVE)
    assert isinstance(live.view, v.Idle)


async def test_keep_going_comes_too_late_after_the_grace(live: Desk) -> None:
    live.press(END, 3.1)
    live.evening.wait(10)
    live.press(MUTE)
    assert live.state is State.ENDED


async def test_power_off_and_erasing_take_long_holds(desk: Desk) -> None:
    desk.press(END, 4.9)
    assert desk.errands == []
    desk.press(END, 5.1)
    desk.push(MUTE, APPROVE, END)
    desk.wait(9.9)
    assert desk.view.question == "Erase this box?"
    assert desk.errands == ["off"]
    desk.wait(0.2)
    desk.let_go(MUTE, APPROVE, END)
    assert desk.errands == ["off", "erase"]
    assert desk.state is State.IDLE


async def test_what_this_box_cannot_do_no_button_does(desk: Desk) -> None:
    desk.press(APPROVE, 6.0)
    assert isinstance(desk.view, v.Idle)


async def test_a_closed_panel_does_nothing(desk: Desk) -> None:
    desk.panel.close()
    desk.push(MUTE)
    desk.wait(2.5)
    assert desk.state is State.IDLE


async def test_the_press_that_wakes_the_glass_does_nothing_else(desk: Desk) -> None:
    desk.evening.wait(BLANK_S)
    desk.wait(0.1)
    assert desk.view == v.Blank()
    desk.push(MUTE)
    desk.wait(2.5)
    assert desk.state is State.IDLE
    assert isinstance(desk.view, v.Idle), "not even a countdown"
    desk.let_go(MUTE)
    desk.wait(0.4)
    desk.press(MUTE, 2.1)
    assert desk.state is State.LIVE


async def test_a_button_down_at_the_start_is_left_alone() -> None:
    desk = Desk(Evening(), down=frozenset({END}))
    desk.wait(20)
    assert desk.view.what == "END is stuck"
    desk.let_go(END)
    assert (desk.errands, desk.panel.faults()) == ([], ())
    desk.press(END, 5.1)
    assert desk.errands == ["off"]


async def test_the_lamps_tell_whether_one_is_received(live: Desk) -> None:
    assert brightest(live).on_air == 0.0, "muted"
    live.press(MUTE)
    assert pattern(live) == {0.0, 1.0}, "open, and nobody receives it"
    live.evening.does(c.ReportOnAir(microphone_lost=False, heard=True))
    assert pattern(live) == {1.0}
    live.press(MUTE)
    live.loudness = Loudness(-20.0, -15.0, -60.0, clipped=False)
    assert pattern(live) == {0.0, 1.0}, "talking while muted"
    assert brightest(live).request == 0.0
    live.evening.asks("ana")
    assert brightest(live).request == 1.0


def brightest(desk: Desk) -> Lamps:
    seen = [*watch(desk)]
    return Lamps(max(lamps.on_air for lamps in seen), max(lamps.request for lamps in seen))


def pattern(desk: Desk) -> set[float]:
    return {lamps.on_air for lamps in watch(desk)}


def watch(desk: Desk) -> Iterator[Lamps]:
    for _ in range(100):
        desk.wait(0.02)
        desk.panel.light()
        yield desk.lamps
