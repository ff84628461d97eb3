"""A line into the virtual Pi: to run something, read and write files, press buttons, see lamps."""

from __future__ import annotations

import base64
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MUTE, APPROVE, END = 17, 27, 22
ON_AIR, REQUEST = 23, 24
"""Pins by default, BCM numbers."""
PATIENCE_S = 120.0


class Gone(Exception):
    """The guest was switched off, or never answered."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command in the guest came to."""

    status: int
    out: str
    err: str


class Guest:
    """The agent's other end. Its line ends with the machine, and comes back with the next boot."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._answers: dict[int, dict[str, Any]] = {}
        self._line: socket.socket | None = None
        self._boots: list[str] = []

    @property
    def boots(self) -> int:
        """How many boots have come as far as the agent."""
        with self._changed:
            return len(self._boots)

    def wait_for_boot(self, count: int = 1, patience_s: float = 300.0) -> None:
        """Wait until the agent has answered after as many boots. Raises Gone."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._boots) >= count, patience_s):
                raise Gone(f"boot {count} has not come up in {patience_s:.0f} s")

    def wait_until_gone(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until the line has ended. Raises Gone where it has not."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._line is None, patience_s):
                raise Gone("the machine does not go off")

    def run(self, *argv: str, given: bytes = b"", patience_s: float = PATIENCE_S) -> Done:
        """Run a program as root; return what it came to."""
        told = self._ask(patience_s, do="run", argv=argv, input=_text(given))
        return Done(told["status"], _bytes(told["out"]).decode(), _bytes(told["err"]).decode())

    def run_for_bytes(self, *argv: str, patience_s: float = PATIENCE_S) -> bytes:
        """Run a program that must succeed; return what it wrote."""
        told = self._ask(patience_s, do="run", argv=argv, input="")
        assert told["status"] == 0, (argv, _bytes(told["err"]))
        return _bytes(told["out"])

    def check(self, *argv: str, given: bytes = b"", patience_s: float = PATIENCE_S) -> str:
        """Run a program that must succeed; return what it printed."""
        done = self.run(*argv, given=given, patience_s=patience_s)
        assert done.status == 0, (argv, done)
        return done.out

    def read(self, path: str) -> bytes:
        return _bytes(self._ask(PATIENCE_S, do="read", path=path)["out"])

    def write(self, path: str, data: bytes) -> None:
        self._ask(PATIENCE_S, do="write", path=path, data=_text(data))

    def hold(self, *pins: int) -> None:
        """Put fingers on buttons."""
        for pin in pins:
            self._ask(PATIENCE_S, do="pull", pin=pin, to="pull-down")

    def let_go(self, *pins: int) -> None:
        for pin in pins:
            self._ask(PATIENCE_S, do="pull", pin=pin, to="pull-up")

    def press(self, *pins: int, hold_s: float = 0.3) -> None:
        """Press and let go."""
        self.hold(*pins)
        time.sleep(hold_s)
        self.let_go(*pins)

    def lit(self, pin: int) -> bool:
        """Tell whether a lamp's pin is high."""
        return bool(self._ask(PATIENCE_S, do="level", pin=pin)["level"] == "1")

    def serve(self) -> None:
        """Take the agent's line of one boot after the other, until the socket is shut."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line, suppress(OSError):
                self._listen(line)
            with self._changed:
                self._line = None
                self._changed.notify_all()

    def hang_up(self) -> None:
        with self._changed, suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)

    def _listen(self, line: socket.socket) -> None:
        with self._changed:
            self._line = line
        with line.makefile("rb") as lines:
            for told in map(json.loads, lines):
                with self._changed:
                    if told["id"] == 0:
                        self._boots.append(_bytes(told["out"]).decode().strip())
                    else:
                        self._answers[told["id"]] = told
                    self._changed.notify_all()

    def _ask(self, patience_s: float, **asked: object) -> dict[str, Any]:
        with self._changed:
            number, line = next(self._numbers), self._line
            if line is None:
                raise Gone("the machine is off")
            line.sendall(json.dumps({"id": number, **asked}).encode() + b"\n")
            self._changed.wait_for(
                lambda: number in self._answers or self._line is not line, patience_s
            )
            told = self._answers.pop(number, None)
        if told is None:
            raise Gone(f"no answer to {asked}")
        if "error" in told:
            raise OSError(told["error"])
        return told


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


@contextmanager
def guest(path: Path) -> Iterator[Guest]:
    """A line that waits for an agent at the socket *path*."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        found = Guest(listener)
        thread = threading.Thread(target=found.serve, name="guest")
        thread.start()
        try:
            yield found
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            found.hang_up()
            thread.join()
