"""Pins, panel, room and sound at once: what is heard is what the room says, at home and away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import Exchange
from panel.abroad import ME
from panel.desk import Desk
from panel.evening import Evening
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.config import schema
from spacebox.engines.host import Host
from spacebox.panel.buttons import Buttons
from spacebox.panel.views import Button
from spacebox.ports import Tick
from spacebox.ports.elsewhere import Link
from spacebox.room import commands as c
from spacebox.room.model import HOST
from wires import Loose

MUTE = Button.MUTE
LOUD_DB = -30.0


class Whole:
    """A box with pins and a microphone that hears a tone; its edges wait until it looks."""

    def __init__(self) -> None:
        self.evening = Evening()
        self.ticks: list[Tick] = []
        self.edges: list[tuple[Button, bool, float]] = []
        self.pump = Pump(self.ticks.append, Loose())
        self.host = Host(self.evening.hub, self.pump, Tone(440), Exchange(), 10)
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.config = schema.Buttons()
        self.buttons = Buttons(
            self.config,
            self.pins,
            lambda *edge: self.edges.append(edge),
            self.host.cut.cut,
            clock=lambda: self.evening.now,
        )
        self.desk = Desk(
            self.evening,
            pressed=self.buttons.down,
            know=self.host.cut.know,
            sound=self._mute_away,
        )

    def _mute_away(self, muted: bool) -> None:
        self.pump.mute(HOST, muted)
        self.host.cut.mute(muted)

    def does(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("edge", button, down):
                pin = self.pins.pin(getattr(self.config, button.value))
                (pin.drive_low if down else pin.drive_high)()
            case ("wait", seconds):
                self.evening.now += seconds
                self.desk.panel.pass_time()
            case ("loop",):
                while self.edges:
                    self.desk.panel.edge(*self.edges.pop(0))

    @property
    def pressed(self) -> bool:
        """Whether a press of MUTE is on its way."""
        return any(button is MUTE and down for button, down, _ in self.edges)

    @property
    def heard(self) -> bool:
        for index in range(2):
            self.pump._tick(index, 0.0)
        return self.ticks[-1].voices[HOST].level_db > LOUD_DB

    def close(self) -> None:
        self.buttons.close()
        self.desk.panel.close()
        self.host.close()
        self.pump.stop()


HANDS = (
    st.just(("loop",)),
    st.tuples(st.just("edge"), st.sampled_from(list(Button)), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.02, 0.1, 0.4, 2.1, 3.1, 61.0])),
)
AT_HOME = st.one_of(*HANDS, st.tuples(st.just("console"), st.booleans()))
AWAY = st.one_of(
    *HANDS,
    st.just(("network",)),
    st.tuples(st.just("they"), st.sampled_from(["mute", "down", "up", "lost", "back"])),
)


def always(holds: Callable[[list[tuple[Any, ...]]], Any], step: st.SearchStrategy[Any]) -> None:
    """Check *holds* with whatever edges come, bouncing or not, and however late they are told."""
    settings(max_examples=150, deadline=None)(given(st.lists(step, max_size=40))(holds))()


def test_what_is_heard_is_always_what_the_room_says() -> None:
    """The sound is on air exactly while MUTE is open and no press of it is on its way."""
    always(lambda steps: asyncio.run(_at_home(steps)), AT_HOME)


async def _at_home(steps: list[tuple[Any, ...]]) -> None:
    whole = Whole()
    hub = whole.evening.hub
    whole.evening.live()
    for step in steps:
        whole.does(step)
        if step[0] == "console":
            hub.submit(c.SetMuted(HOST, step[1]))
        open_ = hub.room.open and not hub.room.participants[HOST].muted
        assert whole.heard is (open_ and not whole.pressed)
    whole.close()


def test_what_is_heard_elsewhere_is_what_one_wants_and_their_host_allows() -> None:
    always(lambda steps: asyncio.run(_away(steps)), AWAY)


async def _away(steps: list[tuple[Any, ...]]) -> None:
    whole = Whole()
    abroad = whole.desk.abroad
    abroad.arrive()
    abroad.come_up()
    for step in (("edge", MUTE, True), ("loop",), ("wait", 0.1), ("edge", MUTE, False), ("loop",)):
        whole.does(step)
    assert whole.heard, "it is open to begin with"
    for step in steps:
        whole.does(step)
        match step:
            case ("network",):
                for _ in range(5):
                    await asyncio.sleep(0)
            case ("they", "mute"):
                abroad.there.hub.submit(c.Mute(HOST, ME))
            case ("they", "down"):
                abroad.there.hub.submit(c.MoveToAudience(HOST, ME))
            case ("they", "up"):
                abroad.there.hub.submit(c.InviteToStage(HOST, ME))
                abroad.there.hub.submit(c.AcceptInvitation(ME))
            case ("they", "lost" | "back"):
                there = abroad.stay and ME in abroad.room.participants
                abroad.be((Link.LOST if step[1] == "lost" else Link.THERE) if there else None)
        assert whole.heard is (abroad.microphone_open and not whole.pressed)
        stay = abroad.stay
        allowed = stay is not None and stay.link is Link.THERE and stay.on_stage
        assert allowed or not whole.heard
    whole.close()
