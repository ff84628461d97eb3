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
    if not text.isascii() or not text.isdecimal() or int(text) not in SCALES:
        raise ValueError(f"must be a whole number from 1 to {SCALES[-1]}, not {text!r}")
    return int(text)
