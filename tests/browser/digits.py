"""Reads the pairing code off a picture of the glass: ``python -m browser.digits PNG``."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageChops

from spacebox.panel.screen import draw
from spacebox.panel.views import Pairing, Shown

_ROWS = (14, 46)
"""Where the digits are: below the header, above the bar."""


def code(picture: Image.Image) -> str:
    """Return the six digits, nothing where there are none."""
    glass = _digits(picture.convert("1"))
    return next(filter(None, (_read(glass, minute) for minute in range(3))), "")


def _read(glass: Image.Image, minute: int) -> str:
    """Compare with each digit at each place, as the glass stands in that minute."""
    drawn = [_digits(draw(Shown(Pairing(f"{n}" * 6, 1, 60), minute=minute))) for n in range(10)]
    ink = drawn[0]
    for other in drawn[1:]:
        ink = ImageChops.logical_or(ink, other)
    found = ""
    for left, right in _columns(ink):
        at = (left, 0, right, ink.height)
        same = (
            n for n, one in enumerate(drawn) if one.crop(at).tobytes() == glass.crop(at).tobytes()
        )
        found += "".join(str(n) for n in same)
    return found if len(found) == 6 else ""


def _digits(picture: Image.Image) -> Image.Image:
    return picture.crop((0, _ROWS[0], picture.width, _ROWS[1]))


def _columns(ink: Image.Image) -> list[tuple[int, int]]:
    """Return where each run of columns with something in them begins and ends."""
    lit = [ink.crop((x, 0, x + 1, ink.height)).getbbox() is not None for x in range(ink.width)]
    runs = [
        [x for x, _ in run] for full, run in groupby(enumerate(lit), lambda each: each[1]) if full
    ]
    return [(run[0], run[-1] + 1) for run in runs]


if __name__ == "__main__":
    print(code(Image.open(Path(sys.argv[1]))))
