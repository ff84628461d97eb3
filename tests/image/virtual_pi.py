"""The virtual Pi: a card, a board that boots from it as a Raspberry Pi does, and its wires.

Restarts of the guest are restarts: the firmware looks at the card again. Only a power-off, by the
guest or by `cut`, leaves it off.
"""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

from card import Card
from firmware_play import Boot, asked_for_tryboot, pick
from guest import Gone, Guest, guest
from machine import BOARDS, Machine, Ports, free_ports
from usb_oled import Oled, oled

from relay import without_candidates

_CANDIDATE = "a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host\r\n"
POLL_S = 0.2


class VirtualPi:
    """A board with its screen, buttons and lamps. Made by `virtual_pi`."""

    def __init__(self, arch: str, card: Card, folder: Path, screen: Oled, inside: Guest) -> None:
        self.card, self.screen, self.guest = card, screen, inside
        self.ports: Ports = free_ports()
        self.tried: list[Boot] = []
        """What the firmware booted, the last at the end."""
        self.ends: list[str] = []
        """Why each power-on ended; empty for a power cut."""
        self._board = BOARDS[arch]
        self._folder = folder
        self._lock = threading.Lock()
        self._on = False
        self._machine: Machine | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.http}"

    @property
    def console(self) -> str:
        """All that was said on the serial console."""
        return self._said().decode(errors="replace")

    @property
    def running(self) -> bool:
        """Whether it is switched on, or between two boots."""
        return self._thread is not None and self._thread.is_alive()

    def power_on(self, *arguments: str) -> None:
        """Switch it on, with more *arguments* for the kernel than the card has."""
        self._on = True
        self._thread = threading.Thread(target=self._boot, args=arguments, name="firmware")
        self._thread.start()

    def wake(self) -> None:
        """Switch it on if it is off, and wait until a guest could open the page."""
        if not self.running:
            self.power_on()
        self.wait_for_page()

    def cut(self) -> None:
        """Cut the power, whatever it does."""
        with self._lock:
            self._on = False
            if self._machine is not None:
                self._machine.kill()
        self.wait_until_off()

    def wait_until_off(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def wait_for(self, check: Callable[[], bool], what: str, patience_s: float = 240.0) -> None:
        """Wait until *check* holds; what fails because the guest is not that far counts as no."""
        until = time.monotonic() + patience_s
        while not self._holds(check):
            assert time.monotonic() < until, f"{what}: not in {patience_s:.0f} s\n{self._tail()}"
            time.sleep(POLL_S)

    def wait_for_page(self, patience_s: float = 240.0) -> None:
        """Wait until a guest could open the page."""
        self.wait_for(self._page_answers, "the page answers", patience_s)

    def via(self, sdp: str) -> str:
        """Lead what an answer says to this machine's end of the way into the guest."""
        return without_candidates(sdp) + _CANDIDATE.format(port=self.ports.media)

    def _page_answers(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/api/space", timeout=10) as answer:
            return bool(answer.status == 200)

    @staticmethod
    def _holds(check: Callable[[], bool]) -> bool:
        try:
            return check()
        except (Gone, URLError, OSError):
            return False

    def _said(self) -> bytes:
        path = self._folder / "console"
        return path.read_bytes() if path.exists() else b""

    def _tail(self) -> str:
        return "\n".join(self.console.splitlines()[-40:])

    def _boot(self, *arguments: str) -> None:
        tryboot = False
        while self._on:
            before = len(self._said())
            boot = pick(self.card, self._folder, tryboot)
            boot = replace(boot, arguments=" ".join((boot.arguments, *arguments)))
            with self._lock:
                if not self._on:
                    return
                self.tried.append(boot)
                machine = Machine(self._board, boot, self.card.path, self._folder, self.ports)
                self._machine = machine
            self.ends.append(machine.wait())
            tryboot = asked_for_tryboot(self._said()[before:])
            if self.ends[-1] not in ("guest-reset", "watchdog"):
                return


@contextmanager
def virtual_pi(arch: str, card: Card) -> Iterator[VirtualPi]:
    """A virtual Pi with *card* in it, switched off; what runs in the end loses its power."""
    with TemporaryDirectory(prefix="spacebox-pi-") as name:
        folder = Path(name)
        with oled(folder / "oled") as screen, guest(folder / "agent") as inside:
            pi = VirtualPi(arch, card, folder, screen, inside)
            try:
                yield pi
            finally:
                pi.cut()
