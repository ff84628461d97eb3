"""The front of the box from a terminal: what is on the glass, and presses of a simulated box."""

from __future__ import annotations

import io
import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from spacebox.cli.control import Control
from spacebox.cli.failures import WrongUsage
from spacebox.cli.render import Ink
from spacebox.sim.blocks import HEIGHT, WIDTH, draw

if TYPE_CHECKING:
    from PIL import Image

BUTTONS = ("mute", "approve", "end")
SCALES = range(1, 33)
HOLD_MAX_S = 120
TAPS = range(1, 21)
_TAP_S = 0.1


def press(args: Namespace) -> int:
    """Press a button; return when it was let go."""
    wish: dict[str, object] = {"button": args.button, "times": args.times}
    if args.hold is not None:
        wish["hold_s"] = args.hold
    takes_s = args.times * ((args.hold or _TAP_S) + _TAP_S)
    Control.find(args.socket).ask("POST", "/api/press", wish, takes_s)
    return 0


def screen(args: Namespace) -> int:
    """Draw the glass in the terminal, or write it to a file."""
    from PIL import Image  # not at the top: it takes longer than all the rest

    image = Image.open(io.BytesIO(Control.find(args.socket).fetch("/api/screen")))
    if args.png is not None:
        _save(image.resize((WIDTH * args.scale, HEIGHT * args.scale)), args.png)
        return 0
    ink = Ink(sys.stdout, os.environ)
    columns = shutil.get_terminal_size().columns
    print("\n".join(map(ink.glass, draw(image.tobytes(), columns, args.scale))))
    return 0


def _save(image: Image.Image, path: Path) -> None:
    try:
        image.save(path, "PNG")
    except OSError as error:
        raise WrongUsage(f"{path}: {(error.strerror or str(error)).lower()}") from None


def scale(text: str) -> int:
    """Return how many pixels of the picture a pixel of the glass takes. Raises ValueError."""
    return _whole(text, SCALES)


def taps(text: str) -> int:
    """Return how often a button is pressed. Raises ValueError."""
    return _whole(text, TAPS)


def hold(text: str) -> float:
    """Return for how many seconds a button is held. Raises ValueError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= HOLD_MAX_S:
        raise ValueError(f"must be more than 0 and up to {HOLD_MAX_S} seconds, not {text!r}")
    return seconds


def _whole(text: str, among: range) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) not in among:
        raise ValueError(f"must be a whole number from {among[0]} to {among[-1]}, not {text!r}")
    return int(text)
