"""A book in a file: a line of JSON each, written by a thread of its own.

Each line outlives the end of the process at once, and after half a second a power cut too.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacebox.ports.book import Line

SYNC_S = 0.5
"""A line is on the card after so long."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Begin:
    lines: tuple[bytes, ...]


class BookFile:
    """The book at *path* (ports.book.Book). What cannot be written is told once, and lost."""

    def __init__(self, path: Path) -> None:
        """Read what is there, up to the first line that is none; raises OSError."""
        self._path, self._new = path, path.with_suffix(".new")
        self._there, self._whole = _read(path)
        self._todo: queue.SimpleQueue[bytes | _Begin | None] = queue.SimpleQueue()
        self._unsafe_since: float | None = None
        """Since when something is written that the card may not have yet."""
        self._troubled = False
        self._thread = threading.Thread(target=self._run, name=f"book {path.stem}", daemon=True)
        self._thread.start()

    def read(self) -> tuple[Line, ...]:
        return self._there

    def append(self, line: Line) -> None:
        self._todo.put(_written(line))

    def begin(self, lines: Iterable[Line] = ()) -> None:
        self._todo.put(_Begin(tuple(map(_written, lines))))

    def close(self) -> None:
        """Write what is still to be written."""
        self._todo.put(None)
        self._thread.join()

    def erase(self) -> None:
        """Take it off the card; what is still written from now on is lost. Raises OSError."""
        self.close()
        for path in (self._path, self._new):
            path.unlink(missing_ok=True)

    # The thread

    def _run(self) -> None:
        going = True
        while going:
            try:
                going = self._step()
            except OSError as error:
                if not self._troubled:
                    log.error("%s cannot be written: %s", self._path, error.strerror)
                self._troubled = True

    def _step(self) -> bool:
        """Write the next line, or have the card take what was written; False at the end."""
        since = self._unsafe_since
        left = None if since is None else max(0.0, since + SYNC_S - time.monotonic())
        try:
            work = self._todo.get(timeout=left)
        except queue.Empty:
            self._sync()
            return True
        if work is None:
            self._sync()
            return False
        if isinstance(work, _Begin):
            self._replace(b"".join(work.lines))
        else:
            self._add(work)
        return True

    def _replace(self, content: bytes) -> None:
        """Change the whole file at once: it is either the old or the new one."""
        with self._new.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())
        self._new.replace(self._path)
        _sync(self._path.parent)
        self._whole = len(content)
        self._unsafe_since = None

    def _add(self, content: bytes) -> None:
        if not self._path.exists():
            self._replace(content)
            return
        with self._path.open("r+b") as file:
            file.truncate(self._whole)  # half a line, of a write that was cut off
            file.seek(self._whole)
            file.write(content)
        self._whole += len(content)
        if self._unsafe_since is None:
            self._unsafe_since = time.monotonic()

    def _sync(self) -> None:
        if self._unsafe_since is not None:
            self._unsafe_since = None
            _sync(self._path)


def _read(path: Path) -> tuple[tuple[Line, ...], int]:
    """Return the lines of a file and how many bytes they take."""
    if not path.exists():
        return (), 0
    lines: list[Line] = []
    whole = 0
    for raw in path.read_bytes().splitlines(keepends=True):
        try:
            line = json.loads(raw)
        except ValueError:
            break
        if not isinstance(line, dict) or not raw.endswith(b"\n"):
            break
        lines.append(line)
        whole += len(raw)
    return tuple(lines), whole


def _written(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _sync(path: Path) -> None:
    """Wait until the card has a file, or a folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
