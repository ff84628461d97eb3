"""The glass, by the bytes that luma's own buses would carry."""

import errno
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
import smbus2
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image, ImageChops

from panel.oled import Oled, OledOnI2c, OledOnSpi
from spacebox.config.schema import Screen
from spacebox.panel.glass import SIZE, MemoryGlass, open_glass
from spacebox.panel.probe import Missing


def noise(seed: int) -> Image.Image:
    return Image.frombytes("1", SIZE, random.Random(seed).randbytes(1024))


@pytest.fixture(params=["ssd1306", "ssd1309", "sh1106"])
def screen(request: pytest.FixtureRequest) -> Screen:
    return Screen(driver=request.param)


@pytest.fixture
def oled(screen: Screen) -> Oled:
    return Oled(offset=2 if screen.driver == "sh1106" else 0)


@pytest.fixture
def bus(oled: Oled, monkeypatch: pytest.MonkeyPatch) -> OledOnI2c:
    bus = OledOnI2c(oled)
    monkeypatch.setattr(smbus2, "SMBus", bus)
    return bus


@pytest.mark.usefixtures("bus")
def test_shows_pictures(screen: Screen, oled: Oled) -> None:
    glass = open_glass(screen, None)
    assert oled.shows(bytes(1024))
    for seed in range(3):
        glass.show(noise(seed))
        assert oled.shows(noise(seed).tobytes())
    glass.contrast(99)
    assert oled.contrast == 99
    glass.close()
    assert oled.image() is None


@pytest.mark.usefixtures("bus")
def test_a_glass_that_is_mounted_upside_down(screen: Screen, oled: Oled) -> None:
    glass = open_glass(replace(screen, rotate=180), None)
    glass.show(noise(1))
    assert oled.shows(noise(1).rotate(180).tobytes())


@pytest.mark.usefixtures("bus")
def test_sends_only_the_pages_that_changed(screen: Screen, oled: Oled) -> None:
    glass = open_glass(screen, None)
    glass.show(noise(1))
    oled.written.clear()
    glass.show(noise(1))
    assert not oled.written
    dot = Image.new("1", SIZE)
    dot.putpixel((127, 30), 255)
    glass.show(ImageChops.logical_xor(noise(1), dot))
    assert oled.written == [3] * 128
    assert oled.shows(ImageChops.logical_xor(noise(1), dot).tobytes())


@pytest.mark.usefixtures("bus")
def test_rewriting_wakes_one_that_lost_its_power(screen: Screen, oled: Oled) -> None:
    glass = open_glass(screen, None)
    glass.contrast(99)
    glass.show(noise(1))
    oled.lose_power()
    assert oled.image() is None
    glass.rewrite()
    assert oled.shows(noise(1).tobytes())
    assert oled.contrast == 99


def test_unplugged_in_use_and_at_the_end(screen: Screen, oled: Oled, bus: OledOnI2c) -> None:
    glass = open_glass(screen, None)
    oled.plugged = False
    for act in (lambda: glass.show(noise(1)), lambda: glass.contrast(1), glass.rewrite):
        with pytest.raises(Missing, match=r"^no screen answers on i2c-1 at 0x3C\. Check its"):
            act()
    with pytest.raises(Missing):
        glass.close()
    assert not bus.open


def test_a_screen_that_is_not_there_leaves_no_bus_open(bus: OledOnI2c) -> None:
    with pytest.raises(Missing, match="no screen answers on i2c-1 at 0x3D"):
        open_glass(Screen(address=0x3D), None)
    assert not bus.open


def test_a_bus_that_is_not_there() -> None:
    with pytest.raises(Missing) as caught:
        open_glass(Screen(port="i2c-99"), None)
    assert caught.value.what == "there is no I²C bus i2c-99"
    assert "dtparam=i2c_arm=on" in caught.value.do


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    with MockFactory() as factory:
        # Its bus of mock pins asks for the default factory; a Pi's own bus does not.
        monkeypatch.setattr(Device, "pin_factory", factory)
        yield factory


def test_spi_by_the_pins_of_our_own_factory(factory: MockFactory) -> None:
    oled = Oled()
    on_wire = OledOnSpi(oled, factory, dc=25)
    screen = Screen(port="spi-0.0")
    for seed in range(2):  # a second time, as after it was unplugged
        glass = open_glass(screen, factory)
        assert factory.pin(5).state  # out of reset
        glass.show(noise(seed))
        assert oled.shows(noise(seed).tobytes())
        glass.close()
        assert oled.image() is None
    on_wire.close()


def test_spi_needs_pins_and_gives_them_back(factory: MockFactory) -> None:
    with pytest.raises(Missing, match="needs two more pins"):
        open_glass(Screen(port="spi-0.0"), None)
    with pytest.raises(Missing, match=r"^pin 25 of panel\.screen\.reset cannot be had"):
        open_glass(Screen(port="spi-0.0", reset=25), factory)
    open_glass(Screen(port="spi-0.1"), factory).close()


def test_spi_that_is_switched_off() -> None:
    class NoBus(MockFactory):  # type: ignore[misc]
        def _get_spi_class(self, shared: bool, hardware: bool) -> type:
            raise OSError(errno.ENOENT, f"no bus: {shared}, {hardware}")

    with NoBus() as factory, pytest.raises(Missing, match="there is no SPI bus spi-0"):
        open_glass(Screen(port="spi-0.0"), factory)


def test_memory_keeps_what_was_shown() -> None:
    glass = MemoryGlass()
    glass.contrast(10)
    glass.show(noise(1))
    glass.rewrite()
    assert glass.device.image.tobytes() == noise(1).tobytes()
    glass.close()
    assert not any(glass.device.image.tobytes())
