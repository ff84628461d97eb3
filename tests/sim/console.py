"""A terminal with a program in it, as a person at it sees it and types."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from box import PATIENCE_S, eventually

CLEAR = "\x1b[2J"
PAINT = re.compile(r"\x1b\[[0-9;]*[mK]")


class Console:
    """The person's side of a pseudo-terminal."""

    def __init__(self, ours: int, theirs: int, process: subprocess.Popen[bytes]) -> None:
        self._ours = ours
        self._theirs = theirs
        self.process = process
        self.said = ""
        """All that came, with its control sequences."""

    @property
    def picture(self) -> list[str]:
        """The lines of the newest whole picture, without colours."""
        return PAINT.sub("", self._newest).split("\r\n")

    @property
    def _newest(self) -> str:
        *_, before, last = ["", "", *self.said.split("\x1b[H")]
        # The last one may be on its way; what does not change is not drawn again.
        whole = before.endswith(CLEAR) or last.count("\n") >= before.count("\n")
        return last if whole else before

    def read(self) -> None:
        """Take what there is to read."""
        while select.select([self._ours], [], [], 0)[0]:
            self.said += os.read(self._ours, 65536).decode(errors="replace")

    def sees(self, pattern: str) -> bool:
        self.read()
        return re.search(pattern, "\n".join(self.picture)) is not None

    def heard(self, pattern: str) -> bool:
        """Look for it in all that came."""
        self.read()
        return re.search(pattern, self.said, re.DOTALL) is not None

    def pushed(self) -> bool:
        """Say whether a button is drawn as pressed."""
        self.read()
        return "\x1b[7" in self._newest

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @contextlib.contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Let a key repeat meanwhile."""
        let_go = threading.Event()

        def repeat() -> None:
            while not let_go.wait(0.02):
                self.type(key)

        thread = threading.Thread(target=repeat)
        thread.start()
        try:
            yield
        finally:
            let_go.set()
            thread.join()

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def modes(self) -> list[Any]:
        return termios.tcgetattr(self._theirs)

    def ended(self) -> int:
        """Wait for the end of the program; return its exit status."""
        eventually(lambda: self.read() or self.process.poll() is not None)
        self.read()
        return self.process.wait(PATIENCE_S)


@contextlib.contextmanager
def console(
    command: Sequence[str], env: dict[str, str], size: tuple[int, int] = (80, 24)
) -> Iterator[Console]:
    """Run *command* in a terminal of its own."""
    ours, theirs = pty.openpty()
    process = None
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        process = subprocess.Popen(
            command,
            env=env,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        yield Console(ours, theirs, process)
    finally:
        if process is not None:
            process.kill()
            process.wait(PATIENCE_S)
        os.close(ours)
        os.close(theirs)
