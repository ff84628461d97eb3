"""lgpio itself is only where a service is; a stand-in says what it would."""

import sys
from types import ModuleType

import pytest

from spacebox.panel import pins
from spacebox.panel.pins import claiming, pin_factory
from spacebox.panel.probe import Chip, Missing


class Lgpio(ModuleType):
    class error(Exception):  # noqa: N801
        pass

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.opened: list[int] = []

    def __getattr__(self, name: str) -> int:
        if not name.isupper():
            raise AttributeError(name)
        return 0  # one of its constants

    def gpiochip_open(self, number: int) -> int:
        if number == 4:
            raise self.error("can not open gpiochip")
        self.opened.append(number)
        return 7

    def gpiochip_close(self, handle: int) -> None:
        assert handle == 7
        self.opened.pop()


def found(number: int) -> Chip:
    return Chip(number, "pinctrl-rp1")


@pytest.fixture
def lgpio(monkeypatch: pytest.MonkeyPatch) -> Lgpio:
    module = Lgpio()
    monkeypatch.setitem(sys.modules, "lgpio", module)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    return module


def test_opens_the_chip_that_was_found(lgpio: Lgpio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "gpio_chip", lambda: found(10))
    factory = pin_factory()
    assert lgpio.opened == [10]
    factory.close()
    assert not lgpio.opened


@pytest.mark.usefixtures("lgpio")
def test_a_chip_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "gpio_chip", lambda: found(4))
    with pytest.raises(Missing, match=r"GPIO chip 4, pinctrl-rp1, cannot be had: can not open"):
        pin_factory()


def test_without_lgpio(lgpio: Lgpio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "gpio_chip", lambda: found(0))
    monkeypatch.setitem(sys.modules, lgpio.__name__, None)
    with pytest.raises(Missing, match=r"^lgpio is not installed\. Install the box with"):
        pin_factory()


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), claiming("pin 5"):
        raise ZeroDivisionError
