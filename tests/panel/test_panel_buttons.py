from collections.abc import Iterator

import pytest
from gpiozero.pins.mock import MockFactory

from spacebox.config import schema
from spacebox.panel.buttons import Buttons
from spacebox.panel.probe import Missing
from spacebox.panel.views import Button

MUTE, APPROVE, END = Button


class Told:
    """Everything the buttons said, in order, with a clock that counts it."""

    def __init__(self) -> None:
        self.all: list[object] = []

    def edge(self, button: Button, down: bool, at: float) -> None:
        self.all.append((button, down, at))

    def cut(self) -> None:
        self.all.append("cut")

    def clock(self) -> float:
        return float(len(self.all))

    def watch(self, pins: schema.Buttons, factory: MockFactory) -> Buttons:
        return Buttons(pins, factory, self.edge, self.cut, self.clock)


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    with MockFactory() as factory:
        yield factory


@pytest.mark.parametrize(
    ("pull", "mock_pull", "pressed"),
    [("up", "up", False), ("down", "down", True), ("none", "floating", False)],
)
def test_edges_and_levels_however_it_is_wired(
    factory: MockFactory, pull: str, mock_pull: str, pressed: bool
) -> None:
    def move(number: int, down: bool) -> None:
        pin = factory.pin(number)
        pin.drive_high() if down is pressed else pin.drive_low()

    for number in (5, 6, 13):
        move(number, False)
    told = Told()
    pins = schema.Buttons(5, 6, 13, pull)  # type: ignore[arg-type]
    buttons = told.watch(pins, factory)
    assert factory.pin(5).pull == mock_pull
    assert buttons.down() == frozenset()
    move(13, True)
    move(6, True)
    assert buttons.down() == {APPROVE, END}
    move(13, False)
    assert told.all == [(END, True, 0.0), (APPROVE, True, 1.0), (END, False, 2.0)]
    buttons.close()


def test_mute_cuts_before_anybody_is_told_and_on_each_bounce(factory: MockFactory) -> None:
    told = Told()
    buttons = told.watch(schema.Buttons(), factory)
    for _ in range(2):
        factory.pin(17).drive_low()
        factory.pin(17).drive_high()
    assert told.all == [
        "cut", (MUTE, True, 1.0), (MUTE, False, 2.0),
        "cut", (MUTE, True, 4.0), (MUTE, False, 5.0),
    ]  # fmt: skip
    buttons.close()


def test_down_at_boot_is_a_level_and_no_edge(factory: MockFactory) -> None:
    pin = factory.pin(27)
    pins = schema.Buttons(pull="none")  # the mock's own pull would lift it again
    factory.pin(17).drive_high()
    factory.pin(22).drive_high()
    pin.drive_low()
    told = Told()
    buttons = told.watch(pins, factory)
    assert buttons.down() == {APPROVE}
    pin.drive_high()
    assert told.all == [(APPROVE, False, 0.0)]
    buttons.close()


def test_nothing_is_told_after_the_end(factory: MockFactory) -> None:
    told = Told()
    buttons = told.watch(schema.Buttons(), factory)
    buttons.close()
    factory.pin(17).drive_low()
    assert (told.all, buttons.down()) == ([], frozenset())


def test_a_pin_that_cannot_be_had_gives_the_others_back(factory: MockFactory) -> None:
    told = Told()
    # BCM 2 has a resistor to 3.3 V on the board.
    with pytest.raises(Missing, match=r"^pin 2 of panel\.buttons\.end cannot be had: .*pull"):
        told.watch(schema.Buttons(end=2, pull="down"), factory)
    factory.pin(17).drive_high()
    assert told.all == []
    told.watch(schema.Buttons(), factory).close()
