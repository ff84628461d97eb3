"""The glass: an OLED behind I²C or SPI, or one in memory."""

from __future__ import annotations

import errno
import functools
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from gpiozero import SPI, DigitalOutputDevice, Factory, SPIFixedRate, SPISoftwareFallback
from luma.core.device import dummy
from luma.core.error import Error as LumaError
from luma.core.interface.serial import i2c, spi
from luma.oled.device import sh1106, ssd1306, ssd1309
from PIL import Image

from spacebox.config.schema import Screen
from spacebox.panel.pins import claiming
from spacebox.panel.probe import Missing, screen_trouble

SIZE = (128, 64)
_PAGES = 8
_COLUMNS = 128
_CONTRAST, _OFF, _ON = 0x81, 0xAE, 0xAF
_COLUMN_RANGE, _PAGE_RANGE, _PAGE = 0x21, 0x22, 0xB0
"""Commands of the data sheets: SSD1306 10.1, SH1106 p. 19."""
_RESET_S = 0.001
"""Three microseconds would do (SSD1306 data sheet, 8.9)."""


class Glass(Protocol):
    """128 × 64 points that are lit or dark. Everything but making one raises Missing or OSError."""

    def show(self, picture: Image.Image) -> None:
        """Put up a picture of mode 1."""

    def contrast(self, level: int) -> None:
        """Make it brighter or dimmer, 0 to 255."""

    def rewrite(self) -> None:
        """Set everything anew, as if the glass had just been switched on."""

    def close(self) -> None:
        """Darken it and give it back."""


class MemoryGlass:
    """A glass that nobody sees; `device.image` is what is on it."""

    def __init__(self) -> None:
        self.device = dummy(*SIZE, mode="1")

    def show(self, picture: Image.Image) -> None:
        self.device.display(picture)

    def contrast(self, level: int) -> None:
        self.device.contrast(level)

    def rewrite(self) -> None:
        """Memory forgets nothing."""

    def close(self) -> None:
        self.device.clear()


class Link(Protocol):
    """What luma calls a serial interface."""

    def command(self, *command: int) -> None: ...

    def data(self, data: Sequence[int]) -> None: ...

    def cleanup(self) -> None: ...


class OledGlass:
    """One of luma's OLEDs. Only the pages (eight rows each) that changed are sent."""

    def __init__(self, link: Link, driver: str, rotate: int) -> None:
        self._link = link
        self._driver = driver
        self._rotate = rotate
        self._pages = [bytes(_COLUMNS)] * _PAGES
        self._level = 0
        link.command(_OFF)
        self.rewrite()

    def show(self, picture: Image.Image) -> None:
        before, self._pages = self._pages, _pages(picture, self._rotate)
        for number, page in enumerate(self._pages):
            if page != before[number]:
                self._send(number, page)

    def contrast(self, level: int) -> None:
        self._level = level
        self._link.command(_CONTRAST, level)

    def rewrite(self) -> None:
        self._link.command(*_setup(self._driver))
        self.contrast(self._level)
        for number, page in enumerate(self._pages):
            self._send(number, page)
        self._link.command(_ON)

    def close(self) -> None:
        try:
            self._link.command(_OFF)
        finally:
            self._link.cleanup()

    def _send(self, number: int, page: bytes) -> None:
        if self._driver == "sh1106":
            # Its memory is 132 columns wide, and the glass stands in the middle of it.
            self._link.command(_PAGE + number, 0x02, 0x10)
        else:
            self._link.command(_COLUMN_RANGE, 0, _COLUMNS - 1, _PAGE_RANGE, number, number)
        self._link.data(list(page))


def _pages(picture: Image.Image, rotate: int) -> list[bytes]:
    """Cut a picture into pages: a byte is a column of eight points, the topmost the lowest bit."""
    turned = picture.transpose(Image.Transpose.ROTATE_180) if rotate else picture
    columns = turned.transpose(Image.Transpose.ROTATE_270).tobytes()
    return [columns[_PAGES - 1 - number :: _PAGES] for number in range(_PAGES)]


@functools.cache
def _setup(driver: str) -> bytes:
    """Return luma's commands that set a glass up: without those that light, dim or darken it."""
    sent: list[tuple[int, ...]] = []

    class Listener:
        def command(self, *command: int) -> None:
            sent.append(command)

    class Unlit({"ssd1306": ssd1306, "ssd1309": ssd1309, "sh1106": sh1106}[driver]):  # type: ignore[misc]
        def display(self, image: Image.Image) -> None:
            """Pictures are sent page by page, not here."""

    Unlit(Listener())
    return b"".join(
        bytes(command).removeprefix(bytes([_OFF]))
        for command in sent
        if command[0] not in (_CONTRAST, _ON)
    )


def open_glass(screen: Screen, factory: Factory | None) -> OledGlass:
    """Open the screen; *factory* has the two pins that one on SPI needs besides. Raises Missing."""
    opener = _spi_bus if screen.port.startswith("spi") else _i2c_bus
    link = _Link(screen, lambda: opener(screen, factory))
    with ExitStack() as undo:
        undo.callback(link.cleanup)
        glass = OledGlass(link, screen.driver, screen.rotate)
        undo.pop_all()
    return glass


class _Link:
    """A bus of luma's that says in a sentence what is wrong with it."""

    def __init__(self, screen: Screen, opener: Callable[[], Link]) -> None:
        self._screen = screen
        with self._telling():
            self._bus = opener()

    def command(self, *command: int) -> None:
        with self._telling():
            self._bus.command(*command)

    def data(self, data: Sequence[int]) -> None:
        with self._telling():
            self._bus.data(data)

    def cleanup(self) -> None:
        with self._telling():
            self._bus.cleanup()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise screen_trouble(self._screen, error) from error
        except LumaError as error:
            # luma keeps the number of the error only here.
            cause = error.__context__
            cause = cause if isinstance(cause, OSError) else OSError(str(error))
            raise screen_trouble(self._screen, cause) from error


def _i2c_bus(screen: Screen, _: Factory | None) -> Link:
    bus: Link = i2c(port=int(screen.port.removeprefix("i2c-")), address=screen.address)
    return bus


def _spi_bus(screen: Screen, factory: Factory | None) -> Link:
    if factory is None:
        what = f"the screen on {screen.port} needs two more pins, and there are none"
        raise Missing(what, "Run the box on a Raspberry Pi, or put the screen on I²C.")
    device = int(screen.port[-1])
    wires = _Wires(screen, device, factory)
    with ExitStack() as undo:
        undo.callback(wires.close)
        bus: Link = spi(
            spi=wires,
            gpio=wires,
            device=device,
            gpio_DC=wires.DC,
            gpio_RST=wires.RESET,
            reset_hold_time=_RESET_S,
            reset_release_time=_RESET_S,
        )
        undo.pop_all()
    return bus


class _Wires:
    """What luma wants of the modules spidev and RPi.GPIO, from gpiozero instead."""

    LOW, HIGH, OUT = 0, 1, 0
    DC, RESET = 1, 2
    """Not the pins' own numbers: luma takes 0 for none."""
    max_speed_hz = 8_000_000

    def __init__(self, screen: Screen, device: int, factory: Factory) -> None:
        with ExitStack() as undo:
            self._pins = {
                self.DC: undo.enter_context(_output("dc", screen.dc, factory)),
                self.RESET: undo.enter_context(_output("reset", screen.reset, factory)),
            }
            self._bus = undo.enter_context(_spi_device(screen, device, factory))
            with suppress(SPIFixedRate):  # mock pins go as fast as they can
                self._bus.rate = self.max_speed_hz
            self._undo = undo.pop_all()

    def setup(self, pin: int, direction: int) -> None:
        """Nothing is left to do: a pin is an output since it was made."""

    def open(self, port: int, device: int) -> None:
        """Nothing is left to do here either."""

    def output(self, pin: int, level: int) -> None:
        with claiming("the wires of the screen"):
            self._pins[pin].value = level

    def writebytes(self, data: Sequence[int]) -> None:
        with claiming("the SPI bus of the screen"):
            self._bus.write(data)

    def close(self) -> None:
        with claiming("the wires of the screen"):
            self._undo.close()


def _spi_device(screen: Screen, device: int, factory: Factory) -> SPI:
    try:
        with claiming("the SPI bus of the screen"), warnings.catch_warnings():
            # gpiozero would make a slow bus of plain pins instead, and only warn.
            warnings.simplefilter("error", SPISoftwareFallback)
            return factory.spi(port=0, device=device)
    except SPISoftwareFallback as error:
        raise screen_trouble(screen, OSError(errno.ENOENT, str(error))) from error


def _output(setting: str, number: int, factory: Factory) -> DigitalOutputDevice:
    with claiming(f"pin {number} of panel.screen.{setting}"):
        return DigitalOutputDevice(number, pin_factory=factory)
