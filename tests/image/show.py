"""Boots an image in a virtual Pi and stays with it: its screen here, its page on loopback.

Usage: show.py IMAGE. Keys m, a, e are the buttons: a tap; the capitals hold for two seconds.
Ctrl-C pulls the plug; nothing is kept.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from card import flash
from guest import APPROVE, END, MUTE, ON_AIR, REQUEST, Gone
from virtual_pi import VirtualPi, virtual_pi

from spacebox.sim.blocks import draw

_BUTTONS = {"m": MUTE, "a": APPROVE, "e": END}
_TAP_S, _HOLD_S = 0.15, 2.0
_BEAT_S = 0.25
_HOME, _CLEAR, _TO_END = "\x1b[H", "\x1b[2J", "\x1b[K\r\n"


def main(image: Path) -> None:
    arch = "arm64" if "arm64" in image.name else "amd64"
    with TemporaryDirectory(prefix="spacebox-card-") as folder:
        card = flash(image, Path(folder, "card.img"))
        with virtual_pi(arch, card) as pi, _keyboard() as keys:
            pi.power_on()
            print(_CLEAR, end="")
            while pi.running:
                print(_HOME + "".join(line + _TO_END for line in _lines(pi)), end="", flush=True)
                for key in _pressed(keys):
                    _press(pi, key)


def _lines(pi: VirtualPi) -> Iterator[str]:
    yield from draw(pi.screen.picture().tobytes(), shutil.get_terminal_size().columns)
    yield f"on air {_lamp(pi, ON_AIR)}  request {_lamp(pi, REQUEST)}  m a e tap, M A E hold"
    yield f"{pi.url}  https://127.0.0.1:{pi.ports.https}  ssh -p {pi.ports.ssh} 127.0.0.1"


def _lamp(pi: VirtualPi, pin: int) -> str:
    try:
        return "●" if pi.guest.lit(pin) else "○"
    except (Gone, OSError):  # still booting
        return "·"


def _press(pi: VirtualPi, key: str) -> None:
    pin = _BUTTONS.get(key.lower())
    if pin is not None:
        hold_s = _HOLD_S if key.isupper() else _TAP_S
        press = threading.Thread(target=pi.guest.press, args=(pin,), kwargs={"hold_s": hold_s})
        press.start()


def _pressed(keys: int | None) -> str:
    if keys is None:
        time.sleep(_BEAT_S)
        return ""
    ready, _, _ = select.select([keys], [], [], _BEAT_S)
    return os.read(keys, 16).decode(errors="ignore") if ready else ""


@contextmanager
def _keyboard() -> Iterator[int | None]:
    """Each key at once; none where this is no terminal."""
    if not sys.stdin.isatty():
        yield None
        return
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys)
    try:
        yield keys
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except KeyboardInterrupt:
        print()
