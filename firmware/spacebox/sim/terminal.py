"""The simulated box in a terminal: drawn as it changes, pressed by keys."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from spacebox.sim.drawing import Likeness, lines
from spacebox.sim.fingers import SimFingers
from spacebox.sim.job import in_front
from spacebox.sim.keys import Edge, Keys

PICTURE_S = 0.1
LAST_PICTURE_S = 0.5
REMEMBERED = 50
_ENTER = "\x1b[?1049h\x1b[?25l"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_CLEAR, _HOME, _ERASE_LINE = "\x1b[2J", "\x1b[H", "\x1b[K"
_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
"""What arrows and other special keys send (ECMA-48, 5.4): it has letters in it."""
_QUIT = "q"


@contextlib.contextmanager
def shown(look: Callable[[], Likeness]) -> Iterator[None]:
    """Draw the box as it looks on stdout, a terminal, meanwhile.

    *look* is called by another thread. What is logged to the terminal comes afterwards.
    """
    ended = threading.Event()
    with _kept_log() as log:
        painter = _Painter(look, log)
        # A terminal that is paused (Ctrl-S) blocks who writes to it; the box goes on.
        thread = threading.Thread(target=painter.run, args=(ended,), name="terminal", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(LAST_PICTURE_S)


class _Painter:
    def __init__(self, look: Callable[[], Likeness], log: _KeptLog) -> None:
        self._look = look
        self._log = log
        self._size = os.terminal_size((0, 0))
        self._drawn: list[str] = []

    def run(self, ended: threading.Event) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            _write(_ENTER)
            while not ended.wait(PICTURE_S):
                _write(self._changes())
            _write(_LEAVE + "".join(f"{line}\n" for line in self._log.kept))

    def _changes(self) -> str:
        """Return what brings the terminal up to date."""
        size = os.get_terminal_size(sys.stdout.fileno())
        drawn = lines(self._look(), self._log.newest(), size.columns, size.lines)
        cleared = size != self._size or len(drawn) != len(self._drawn)
        if drawn == self._drawn and not cleared:
            return ""
        self._size, self._drawn = size, drawn
        start = _CLEAR + _HOME if cleared else _HOME
        # Erased before, not after: behind the last column that would take a character with it.
        return start + "\n".join(_ERASE_LINE + line for line in drawn)


def _write(text: str) -> None:
    # Not by print(): its lock would keep the process from ending while the terminal is paused.
    rest = text.encode()
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]


class _KeptLog(logging.Handler):
    """Keeps what is logged while the terminal shows the box."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: deque[str] = deque(maxlen=REMEMBERED)

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))

    def newest(self) -> tuple[str, ...]:
        """Return the first line of what was logged last, if anything was."""
        return tuple(self.kept)[-1:] and (self.kept[-1].partition("\n")[0],)


@contextlib.contextmanager
def _kept_log() -> Iterator[_KeptLog]:
    """Keep the log off the terminal meanwhile, if that is where it goes."""
    log, root = _KeptLog(), logging.getLogger()
    handlers = root.handlers
    if handlers and sys.stderr.isatty():
        log.setFormatter(handlers[0].formatter)
        root.handlers = [log]
    try:
        yield log
    finally:
        root.handlers = handlers


@contextlib.contextmanager
def pressed(fingers: SimFingers, end: Callable[[], None]) -> Iterator[None]:
    """Let the keys of stdin press the buttons meanwhile; `q` calls *end*.

    Does nothing where stdin is no terminal, or is another job's.
    """
    stdin = sys.stdin.fileno() if sys.stdin else -1
    if not os.isatty(stdin) or not in_front(stdin):
        yield
        return
    before = termios.tcgetattr(stdin)
    keyboard = _Keyboard(stdin, fingers, end)
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        yield
    finally:
        keyboard.close()
        termios.tcsetattr(stdin, termios.TCSANOW, before)


class _Keyboard:
    """Reads keys in the event loop."""

    def __init__(self, stdin: int, fingers: SimFingers, end: Callable[[], None]) -> None:
        self._stdin = stdin
        self._fingers = fingers
        self._end = end
        self._keys = Keys()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._loop.add_reader(stdin, self._read)

    def close(self) -> None:
        self._loop.remove_reader(self._stdin)
        self._press(self._keys.release())

    def _read(self) -> None:
        try:
            typed = os.read(self._stdin, 1024).decode(errors="ignore")
        except OSError:  # the terminal is gone
            typed = ""
        if not typed:
            self.close()
        for key in _SEQUENCE.sub("", typed):
            if key == _QUIT:
                self._end()
            self._press(self._keys.typed(key, time.monotonic()))

    def _press(self, edges: Iterable[Edge]) -> None:
        for edge in edges:
            self._fingers.press(edge.button, edge.down, edge.at)
        if self._timer is not None:
            self._timer.cancel()
        due = self._keys.next_at()
        # The loop's clock is the monotonic one.
        self._timer = None if due is None else self._loop.call_at(due, self._wait_over)

    def _wait_over(self) -> None:
        self._press(self._keys.advance(time.monotonic()))
