"""Linux's own answers cannot be had without a Pi: its two calls are answered here."""

import errno
import fcntl
import os
import struct
from pathlib import Path

import pytest

from spacebox.cli import doctor
from spacebox.config.schema import Lights, Panel, Screen
from spacebox.panel.probe import Chip, Missing, find_screen, gpio_chip, taken


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Device files: a GPIO chip holds its label and who uses which line, a bus who answers."""
    asked: dict[int, int] = {}

    def ioctl(file: int, request: int, argument: bytes | int = 0) -> bytes:
        content = os.pread(file, 99, 0)
        if request == 0x0703 and isinstance(argument, int):
            asked[file] = argument
            return b""
        if not content:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        label, *users = content.split()
        size = request >> 16 & 0x3FFF  # of what goes in and comes out, by Linux's own rule
        assert len(bytes(argument)) == size
        if request == 0x8044B401:
            return struct.pack("=32s32sI", b"gpiochip", label, 54)
        assert request == 0xC100B405
        pin = struct.unpack_from("=I", bytes(argument), 64)[0]
        who = dict(user.split(b"=") for user in users).get(b"%d" % pin)
        return struct.pack("=32s32sIIQ176x", b"", who or b"", pin, 0, who is not None)

    def read(file: int, count: int) -> bytes:
        content = os.pread(file, count + 98, 0)
        if asked[file] != int(content, 16):
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        return b"\x43"

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    monkeypatch.setattr(os, "read", read)
    return tmp_path


@pytest.mark.parametrize("label", ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"])
def test_the_chip_is_found_by_its_label(devices: Path, label: str) -> None:
    (devices / "gpiochip0").write_text("raspberrypi-exp-gpio")
    (devices / "gpiochip1").touch()  # answers as a file that is no chip
    (devices / "gpiochip10").write_text(label)
    assert gpio_chip(devices) == Chip(10, label)


def test_pins_that_others_use(devices: Path) -> None:
    (devices / "gpiochip4").write_text("pinctrl-rp1 17=lg 18=snd 22=")
    chip = gpio_chip(devices)
    assert taken(chip, (17, 18, 22, 23), devices) == {18: "snd", 22: "the kernel"}


def test_doctor_says_which_setting_to_change(devices: Path) -> None:
    (devices / "gpiochip0").write_text("pinctrl-bcm2711 17=lg 24=fan")
    (devices / "i2c-1").write_text("3c")
    pins, screen = doctor.panel(Panel(), devices)
    assert (pins.status, pins.detail) == ("warning", "pin 24 of panel.lights.request: fan uses it")
    assert (screen.status, screen.detail) == ("ok", "a screen answers on i2c-1 at 0x3C")
    (pins, _) = doctor.panel(Panel(lights=Lights(request=5)), devices)
    assert (pins.status, pins.detail) == ("ok", "all free or ours on GPIO chip 0, pinctrl-bcm2711")


def test_no_chip(devices: Path) -> None:
    (devices / "gpiochip0").write_text("gpio-ich")
    with pytest.raises(Missing, match="there is no GPIO of a Raspberry Pi"):
        gpio_chip(devices)


def test_a_chip_that_is_forbidden(devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chip = devices / "gpiochip0"
    chip.write_text("pinctrl-rp1")
    _forbid(monkeypatch)
    with pytest.raises(Missing) as caught:
        gpio_chip(devices)
    assert (caught.value.what, caught.value.do) == (
        f"{chip} is forbidden",
        "Add the box's user to the group gpio.",
    )


@pytest.mark.parametrize(
    ("answers_at", "asked", "said"),
    [
        ("3c", 0x3C, "a screen answers on i2c-1 at 0x3C"),
        ("3d", 0x3C, "no screen answers on i2c-1 at 0x3C, but one at 0x3D. spacebox config set"),
        ("68", 0x3C, "no screen answers on i2c-1 at 0x3C. Check its four wires"),
    ],
)
def test_a_screen_on_i2c(devices: Path, answers_at: str, asked: int, said: str) -> None:
    (devices / "i2c-1").write_text(answers_at)
    try:
        answer = find_screen(Screen(address=asked), devices)
    except Missing as missing:
        answer = str(missing)
    assert answer.startswith(said)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("i2c-1", "there is no I²C bus i2c-1. Write dtparam=i2c_arm=on into"),
        ("spi-0.1", "there is no SPI bus spi-0.1. Write dtparam=spi=on into"),
    ],
)
def test_a_bus_that_is_switched_off(devices: Path, port: str, said: str) -> None:
    with pytest.raises(Missing) as caught:
        find_screen(Screen(port=port), devices)
    assert str(caught.value).startswith(said)


def test_a_bus_that_is_forbidden(devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (devices / "i2c-1").touch()
    _forbid(monkeypatch)
    with pytest.raises(Missing, match=r"i2c-1 is forbidden\. Add the box's user to the group i2c"):
        find_screen(Screen(), devices)


def test_of_spi_only_the_bus_can_be_seen(devices: Path) -> None:
    (devices / "spidev0.0").touch()
    assert find_screen(Screen(port="spi-0.0"), devices).startswith("spi-0.0 is there;")


def test_a_bus_that_fails_otherwise(devices: Path) -> None:
    (devices / "i2c-1").mkdir()
    with pytest.raises(Missing, match="i2c-1 fails: Is a directory"):
        find_screen(Screen(), devices)


def _forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be opened; the tests may run as root, whom rights do not stop."""

    def refuse(path: Path, _flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
