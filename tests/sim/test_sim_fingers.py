"""Fingers on mock pins, seen by the box's own buttons."""

from __future__ import annotations

import time

import pytest
from gpiozero.pins.mock import MockFactory

from spacebox.config import schema
from spacebox.panel.buttons import Buttons
from spacebox.panel.views import Button
from spacebox.sim.fingers import SimFingers


@pytest.mark.parametrize("pull", ["up", "down", "none"])
def test_a_press_is_an_edge_of_the_pin_however_it_is_wired(pull: str) -> None:
    config = schema.Buttons(mute=5, approve=6, end=26, pull=pull)  # type: ignore[arg-type]
    factory = MockFactory()
    fingers = SimFingers(config, factory)
    edges: list[tuple[Button, bool]] = []
    cuts: list[None] = []
    buttons = Buttons(
        config,
        factory,
        lambda button, down, _at: edges.append((button, down)),
        lambda: cuts.append(None),
        fingers.clock,
    )
    assert (buttons.down(), fingers.down()) == (frozenset(), frozenset())
    fingers.press("mute", True)
    fingers.press("end", True)
    fingers.press("end", True)
    assert (buttons.down(), fingers.down()) == ({"mute", "end"}, {"mute", "end"})
    fingers.press("mute", False)
    assert edges == [(Button.MUTE, True), (Button.END, True), (Button.MUTE, False)]
    assert len(cuts) == 1
    buttons.close()


def test_an_edge_may_have_been_earlier() -> None:
    factory = MockFactory()
    fingers = SimFingers(schema.Buttons(), factory)
    at: list[float] = []
    buttons = Buttons(
        schema.Buttons(), factory, lambda _b, _d, when: at.append(when), lambda: None, fingers.clock
    )
    before = time.monotonic()
    fingers.press("approve", True, at=before - 5.0)
    fingers.press("approve", False)
    assert at[0] == before - 5.0
    assert before <= at[1] <= time.monotonic()
    buttons.close()
