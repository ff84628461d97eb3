"""How much memory a listener takes, by WebRTC and over HTTP: how the box grows with many."""

from __future__ import annotations

import itertools
import re
import selectors
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import verdict
from benchmarks.cost import SETTLE_S, hearing
from benchmarks.space import served, space_box
from box import Box

FIRST, STEP, STEPS = 50, 50, 4
CONFIG = "[network]\nlisteners = 2000\n"
LIVE_GOAL_MB, HTTP_GOAL_MB = 0.12, 0.10
PER_ADDRESS = 15
"""The box lets no more sockets in from one."""
PIECE_BYTES = 4096


class Radios:
    """Radio players, who take what comes; a thread of their own reads."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._where = where.hostname, where.port
        self._players: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._running = True
        self._waker, waked = socket.socketpair()
        self._selector.register(waked, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def grow(self, number: int) -> None:
        """Let so many listen; returns once the last one is answered."""
        while len(self._players) < number:
            source = (f"127.0.1.{1 + len(self._players) // PER_ADDRESS}", 0)
            player = socket.create_connection(self._where, source_address=source)
            self._players.append(player)
            player.sendall(b"GET /listen.ogg HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert player.recv(PIECE_BYTES).startswith(b"HTTP/1.1 200")
            self._selector.register(player, selectors.EVENT_READ)

    def close(self) -> None:
        self._waker.close()
        self._thread.join()
        for player in self._players:
            player.close()

    def _read(self) -> None:
        with closing(self._selector):
            while True:
                for key, _ in self._selector.select():
                    assert isinstance(key.fileobj, socket.socket)
                    if not key.fileobj.recv(PIECE_BYTES):
                        key.fileobj.close()
                        return


def growth_mb(box: Box, grow: Callable[[int], object]) -> list[float]:
    """Return how much the box grew for each listener of some more, step by step."""
    sizes = []
    for step in range(STEPS + 1):
        grow(FIRST + step * STEP)
        time.sleep(SETTLE_S)
        sizes.append(resident_mb(box.process.pid))
    return [(after - before) / STEP for before, after in itertools.pairwise(sizes)]


def resident_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = stack.enter_context(space_box(folder, "--mic", "tone", config=CONFIG))
        with hearing(served(box)) as ears:
            live = growth_mb(box, ears.grow)
        http = growth_mb(box, stack.enter_context(closing(Radios(box.url))).grow)
    print(verdict.within("memory per listener", live, "MB", LIVE_GOAL_MB))
    print(verdict.within("memory per HTTP listener", http, "MB", HTTP_GOAL_MB))


if __name__ == "__main__":
    main()
