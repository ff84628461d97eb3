"""Whether the pins and the glass are there, asked of Linux itself: no device library is needed."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spacebox.config.schema import Screen

DEVICES = Path("/dev")
LABELS = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")
"""What the chip behind the header is called on a Pi 1 to 3 and Zero, on a 4, and on a 5.

Its number differs with board and kernel. A simulated chip (gpio-sim) takes one of these labels.
"""
_GPIO_GET_CHIPINFO = 0x8044B401
_CHIPINFO = struct.Struct("=32s32sI")
"""struct gpiochip_info of linux/gpio.h: name, label, lines."""
_GPIO_V2_GET_LINEINFO = 0xC100B405
_LINEINFO = struct.Struct("=32s32sIIQ176x")
"""struct gpio_v2_line_info of linux/gpio.h: name, consumer, offset, attributes, flags."""
_USED = 1
_OURS = "lg"
"""What lgpio calls itself where it holds a pin."""
_I2C_SLAVE = 0x0703
_SIBLINGS = (0x3C, 0x3D)
"""The two addresses that such screens are made with."""
_UNANSWERED = (errno.EIO, errno.ENXIO, errno.EREMOTEIO, errno.ETIMEDOUT)


class Missing(Exception):
    """A part of the panel that cannot be had: what is wrong, and what to do."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}. {do}")
        self.what = what
        self.do = do


@dataclass(frozen=True, slots=True)
class Chip:
    """A GPIO chip; `number` is that of ``/dev/gpiochipN``."""

    number: int
    label: str


def gpio_chip(devices: Path = DEVICES) -> Chip:
    """Find the chip behind the header. Raises Missing."""
    paths = sorted(devices.glob("gpiochip[0-9]*"), key=_number)
    forbidden = []
    for path in paths:
        try:
            label = _label(path)
        except PermissionError:
            forbidden.append(path)
        except OSError:  # no GPIO chip, or one that just went
            continue
        else:
            if label in LABELS:
                return Chip(_number(path), label)
    if forbidden:
        raise Missing(f"{forbidden[0]} is forbidden", "Add the box's user to the group gpio.")
    raise Missing(
        "there is no GPIO of a Raspberry Pi",
        "Buttons and lamps need one; `spacebox sim` has its own.",
    )


def taken(chip: Chip, pins: Iterable[int], devices: Path = DEVICES) -> dict[int, str]:
    """Return which of the BCM *pins* somebody else holds, with what the kernel calls them."""
    lines = {pin: _line(devices / f"gpiochip{chip.number}", pin) for pin in pins}
    return {pin: who or "the kernel" for pin, (who, used) in lines.items() if used and who != _OURS}


def find_screen(screen: Screen, devices: Path = DEVICES) -> str:
    """Say where the screen answers. Raises Missing.

    One on SPI can only be written to: of it the bus is all that can be seen.
    """
    path = bus_device(screen.port, devices)
    with _telling(screen):
        if screen.port.startswith("spi"):
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
            return f"{screen.port} is there; whether a screen listens, SPI cannot tell"
        try:
            _ask(path, screen.address)
        except OSError as error:
            other = next(address for address in _SIBLINGS if address != screen.address)
            if error.errno in _UNANSWERED and _answers(path, other):
                raise _misaddressed(screen, other) from error
            raise
    return f"a screen answers on {screen.port} at 0x{screen.address:02X}"


def bus_device(port: str, devices: Path = DEVICES) -> Path:
    """Return the device file of ``i2c-1`` or ``spi-0.0``."""
    return devices / port.replace("spi-", "spidev")


def screen_trouble(screen: Screen, error: OSError) -> Missing:
    """Say what an error of the screen's bus means."""
    kind, parameter, group = (
        ("SPI", "spi=on", "spi") if screen.port.startswith("spi") else ("I²C", "i2c_arm=on", "i2c")
    )
    if error.errno in (errno.ENOENT, errno.ENODEV):
        return Missing(
            f"there is no {kind} bus {screen.port}",
            f"Write dtparam={parameter} into config.txt and restart the Pi.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Missing(f"{screen.port} is forbidden", f"Add the box's user to the group {group}.")
    if error.errno in _UNANSWERED:
        return Missing(
            f"no screen answers on {screen.port} at 0x{screen.address:02X}",
            "Check its four wires, and panel.screen.address.",
        )
    return Missing(
        f"{screen.port} fails: {error.strerror or error}", "Check the screen's wires; restart."
    )


def _number(path: Path) -> int:
    digits = re.search(r"\d+$", path.name)
    return int(digits[0]) if digits else -1


def _label(path: Path) -> str:
    return _text(_CHIPINFO.unpack(_asked(path, _GPIO_GET_CHIPINFO, bytes(_CHIPINFO.size)))[1])


def _line(path: Path, pin: int) -> tuple[str, bool]:
    """Return who holds a line and whether it is in use; the kernel need not say who it is."""
    question = _LINEINFO.pack(b"", b"", pin, 0, 0)
    _, consumer, _, _, flags = _LINEINFO.unpack(_asked(path, _GPIO_V2_GET_LINEINFO, question))
    return _text(consumer), bool(flags & _USED)


def _asked(path: Path, request: int, question: bytes) -> bytes:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        return fcntl.ioctl(file, request, question)
    finally:
        os.close(file)


def _text(field: bytes) -> str:
    return field.rstrip(b"\0").decode("ascii", "replace")


def _ask(path: Path, address: int) -> None:
    """Read one byte, which every such screen answers with its state. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(file, _I2C_SLAVE, address)
        os.read(file, 1)
    finally:
        os.close(file)


def _answers(path: Path, address: int) -> bool:
    try:
        _ask(path, address)
    except OSError:
        return False
    return True


def _misaddressed(screen: Screen, address: int) -> Missing:
    return Missing(
        f"no screen answers on {screen.port} at 0x{screen.address:02X}, but one at 0x{address:02X}",
        f"spacebox config set panel.screen.address 0x{address:02X}",
    )


@contextmanager
def _telling(screen: Screen) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise screen_trouble(screen, error) from error
