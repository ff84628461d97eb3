"""The box's own network on the glass, and the buttons meanwhile."""

from __future__ import annotations

import pytest

from panel.desk import Desk
from panel.evening import Evening
from spacebox.panel import views as v
from spacebox.panel.front import BLANK_S
from spacebox.panel.views import Button
from spacebox.ports import Fault
from spacebox.room.model import State

WIFI = v.WifiSetup("SPACEBOX", "K7QX4821", "10.42.0.1/setup")
NO_MIC = Fault("No microphone", "Plug it in.", "sound: …")


@pytest.fixture
async def desk() -> Desk:
    return Desk(Evening())


async def test_it_is_shown_while_it_is_open(desk: Desk) -> None:
    desk.wifi = WIFI
    desk.wait(0.1)
    assert (desk.view, desk.shown.hints) == (WIFI, ())
    desk.faults = (NO_MIC,)
    desk.wait(0.1)
    assert desk.view == WIFI, "first things first"
    desk.pairing = v.Pairing("482913", 41, 60)
    desk.wait(0.1)
    assert desk.view == desk.pairing, "whoever joined pairs a browser"
    desk.pairing = None
    desk.wait(0.1)
    assert desk.view == WIFI
    desk.wifi, desk.faults = None, ()
    desk.wait(0.1)
    assert isinstance(desk.view, v.Idle)


async def test_the_button_asks_for_it_and_a_tap_turns_away_from_it(desk: Desk) -> None:
    desk.press(Button.APPROVE, 5.2)
    assert desk.errands == ["wifi"]
    desk.wifi = WIFI
    desk.wait(0.1)
    desk.press(Button.APPROVE)
    assert isinstance(desk.view, v.Idle)
    desk.press(Button.APPROVE, 5.2)
    assert (desk.errands, desk.view) == (["wifi", "wifi"], WIFI)


async def test_nothing_goes_live_from_there_and_the_box_can_be_switched_off(desk: Desk) -> None:
    desk.wifi = WIFI
    desk.wait(0.1)
    desk.press(Button.MUTE, 2.5)
    assert desk.state is State.IDLE
    desk.press(Button.END, 5.2)
    assert desk.errands == ["off"]


async def test_in_a_space_it_stands_back(desk: Desk) -> None:
    desk.evening.live()
    desk.wifi = WIFI
    desk.wait(0.1)
    assert isinstance(desk.view, v.Live | v.Unheard)
    desk.press(Button.APPROVE, 5.2)
    assert desk.errands == []


async def test_it_wakes_the_glass_and_rests_with_it(desk: Desk) -> None:
    desk.wait(BLANK_S)
    assert isinstance(desk.view, v.Blank)
    desk.wifi = WIFI
    desk.wait(0.1)
    assert desk.view == WIFI
    desk.wait(BLANK_S)
    assert isinstance(desk.view, v.Blank)
    desk.press(Button.APPROVE)
    assert desk.view == WIFI, "the press only woke it"
