"""The thread of the glass: nobody waits for it, and it comes back by itself."""

import errno
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import smbus2
from PIL import Image

from panel.oled import Oled, OledOnI2c
from spacebox.config.schema import Screen
from spacebox.panel import display
from spacebox.panel.display import Display
from spacebox.panel.glass import SIZE, MemoryGlass, open_glass
from spacebox.panel.probe import Missing
from spacebox.panel.views import Blank, Shown

PATIENCE_S = 10.0
NEVER_S = 3600.0
SOON_S = 0.02


def shown(number: int, contrast: float = 1.0) -> Shown:
    return Shown(Blank(), minute=number, contrast=contrast)


def picture(number: int) -> bytes:
    return random.Random(number).randbytes(1024)


def draw(what: Shown) -> Image.Image:
    return Image.frombytes("1", SIZE, picture(what.minute))


class Bench:
    """A glass that says what is done to it, and can be unplugged and made to hang."""

    def __init__(self) -> None:
        self.done: queue.Queue[object] = queue.Queue()
        self.error: OSError | Missing | None = None
        self.free = threading.Event()
        self.free.set()

    def open(self) -> "Bench":
        self._do("open")
        return self

    def show(self, image: Image.Image) -> None:
        self._do(image.tobytes())

    def contrast(self, level: int) -> None:
        self._do(level)

    def rewrite(self) -> None:
        self._do("rewrite")

    def close(self) -> None:
        self._do("close")

    def wait(self, wanted: object) -> None:
        while self.done.get(timeout=PATIENCE_S) != wanted:
            pass

    def next(self) -> object:
        return self.done.get(timeout=PATIENCE_S)

    def _do(self, what: object) -> None:
        assert self.free.wait(PATIENCE_S)
        self.done.put(what)
        if self.error:
            raise self.error


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def start(bench: Bench) -> Iterator[Callable[[float], Display]]:
    """Start a display on the bench, which is tried and written anew every so many seconds."""
    made: list[Display] = []

    def start(every_s: float) -> Display:
        made.append(Display(bench.open, draw, 200, every_s))
        return made[-1]

    yield start
    bench.free.set()
    for one in made:
        one.close()


Start = Callable[[float], Display]


def test_what_is_shown_reaches_the_glass_once(bench: Bench, start: Start) -> None:
    glass = start(NEVER_S)
    assert glass.picture == bytes(1024)
    assert [bench.next() for _ in range(3)] == ["open", 200, bytes(1024)]
    for number in (1, 2, 2, 3):
        glass.show(shown(number))
        until(lambda number=number: glass.picture == picture(number))  # type: ignore[misc]
    assert [bench.next() for _ in range(3)] == [picture(1), picture(2), picture(3)]
    assert not glass.trouble
    glass.close()
    assert bench.next() == "close"


def test_dimming_changes_the_contrast_alone(bench: Bench, start: Start) -> None:
    glass = start(NEVER_S)
    glass.show(shown(1))
    bench.wait(picture(1))
    glass.show(shown(1, contrast=0.25))
    assert bench.next() == 50
    glass.close()
    assert bench.next() == "close"


def test_the_latest_wins_and_nobody_waits_while_it_hangs(bench: Bench, start: Start) -> None:
    glass = start(NEVER_S)
    bench.wait(bytes(1024))
    bench.free.clear()
    glass.show(shown(0))
    until(lambda: glass.picture == picture(0))  # it is drawn, and sending it hangs
    for number in range(1, 1000):
        glass.show(shown(number))
    assert bench.done.empty()
    bench.free.set()
    assert [bench.next(), bench.next()] == [picture(0), picture(999)]


def test_one_that_hangs_is_not_waited_for_at_the_end(
    bench: Bench, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "_CLOSE_S", SOON_S)
    glass = start(NEVER_S)
    bench.wait(bytes(1024))
    bench.free.clear()
    glass.show(shown(1))
    glass.close()
    assert not bench.free.is_set()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        OSError(errno.EREMOTEIO, "Remote I/O error"),
        Missing("no screen answers", "Check its wires."),
    ],
)
def test_unplugged_and_back(
    bench: Bench, start: Start, caplog: pytest.LogCaptureFixture, error: OSError | Missing
) -> None:
    glass = start(SOON_S)
    glass.show(shown(1))
    bench.wait(picture(1))
    bench.error = error
    for _ in range(3):  # tried again and again, told once
        bench.wait("open")
    assert glass.trouble
    assert glass.trouble == str(error)
    glass.show(shown(2))
    until(lambda: glass.picture == picture(2))  # for whoever looks from elsewhere
    bench.error = None
    bench.wait(picture(2))
    bench.wait("rewrite")  # by then it knows that it is well
    assert not glass.trouble
    assert [record.getMessage() for record in caplog.records] == [f"screen: {error}"]


def test_each_cause_is_told_once_an_hour(
    bench: Bench,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench.error = OSError(errno.EIO, "Input/output error")
    start(SOON_S)
    for _ in range(3):
        bench.wait("open")
    bench.error = Missing("no bus", "Make one.")
    for _ in range(3):
        bench.wait("open")
    assert len(caplog.records) == 2
    monkeypatch.setattr(display, "_TELL_AGAIN_S", 0.0)
    for _ in range(3):
        bench.wait("open")
    assert len(caplog.records) > 2
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_no_glass_at_all(bench: Bench, start: Start) -> None:
    bench.error = OSError(errno.ENOENT, "No such file")
    glass = start(NEVER_S)
    glass.show(shown(1))
    until(lambda: glass.picture == picture(1))
    glass.close()
    assert glass.trouble
    assert [bench.next(), bench.done.empty()] == ["open", True]  # not again for each picture


def test_one_that_is_there_is_written_anew(bench: Bench, start: Start) -> None:
    glass = start(SOON_S)
    for _ in range(3):
        bench.wait("rewrite")
    assert not glass.trouble


def test_memory_and_a_bus_that_is_not_there() -> None:
    memory = MemoryGlass()
    with closing(Display(lambda: memory, draw, 200)) as glass:
        glass.show(shown(1))
        until(lambda: memory.device.image and memory.device.image.tobytes() == picture(1))
        assert not glass.trouble
    absent = Display(lambda: open_glass(Screen(port="i2c-99"), None), draw, 200)
    with closing(absent) as glass:
        until(lambda: glass.trouble)
        assert glass.trouble.startswith("there is no I²C bus i2c-99. Write")


def test_a_screen_that_is_unplugged_and_loses_its_power(monkeypatch: pytest.MonkeyPatch) -> None:
    oled = Oled()
    bus = OledOnI2c(oled)
    monkeypatch.setattr(smbus2, "SMBus", bus)
    with closing(Display(lambda: open_glass(Screen(), None), draw, 200, SOON_S)) as glass:
        glass.show(shown(1))
        until(lambda: oled.shows(picture(1)))
        oled.plugged = False
        until(lambda: glass.trouble)
        oled.lose_power()
        oled.plugged = True
        until(lambda: oled.shows(picture(1)))
        until(lambda: not glass.trouble)
        oled.lose_power()  # and back before anything was sent: no error tells of it
        until(lambda: oled.shows(picture(1)))
        assert oled.contrast == 200
    assert oled.image() is None
    assert not bus.open


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_picture_that_cannot_be_drawn_is_a_fault_that_shows(bench: Bench) -> None:
    def broken(_: Shown) -> Image.Image:
        raise ZeroDivisionError

    with closing(Display(bench.open, broken, 200, NEVER_S)) as glass:
        assert not glass.trouble
        glass.show(shown(1))
        until(lambda: glass.trouble)
        assert glass.trouble == "The screen's thread has ended"
