"""Where the screens draw: pixels lit or dark, and text that keeps to its lines."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from spacebox.panel.icons import Icon
from spacebox.panel.readable import direction, readable
from spacebox.panel.typesetting import Face, Line, typeset, wrap

HEIGHT: Final = 64
GLASS_WIDTH: Final = 128
WIDTH: Final = 126
"""Two columns stay free, so that the whole picture can wander."""

_INK: Final = (0, 255)
"""Dark and lit, as Pillow keeps them in a picture of mode "1"."""
_PITCH: Final = {Face.SMALL: 10, Face.MEDIUM: 13, Face.LARGE: 15}
"""Rows from one line of a paragraph to the next; less than a cell, whose top is seldom inked."""


class Align(Enum):
    """Which part of a text stands at the given column."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


class Canvas:
    """A picture in the making.

    Columns run from 0 to the right, rows from 0 down. Rows of text are told by the top of their
    cell; what would leave the canvas is cut.
    """

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self._image = Image.new("1", (width, HEIGHT))
        self._draw = ImageDraw.Draw(self._image)

    def on_glass(self, shift: int = 0) -> Image.Image:
        """Return the picture as the glass shows it, moved *shift* columns to the right."""
        glass = Image.new("1", (GLASS_WIDTH, HEIGHT))
        glass.paste(self._image, (shift, 0))
        return glass

    def text(
        self,
        x: int,
        y: int,
        text: str,
        face: Face = Face.SMALL,
        align: Align = Align.LEFT,
        *,
        width: int | None = None,
        lit: bool = True,
    ) -> int:
        """Set *text* in one line, cut to *width* columns, and return how many it takes.

        *x* is its first column, its middle, or the first column right of it.
        """
        if width is None:
            width = self.width - x if align is Align.LEFT else self.width
        line = typeset(text, face, max(0, width))
        self.line(x, y, line, align, lit=lit)
        return line.width

    def line(
        self, x: int, y: int, line: Line, align: Align = Align.LEFT, *, lit: bool = True
    ) -> None:
        """Draw what is set already."""
        left = x - (0, line.width // 2, line.width)[align.value]
        self._draw.bitmap((left, y), line.image, fill=_INK[lit])

    def lines(
        self, x: int, y: int, lines: tuple[Line, ...], face: Face, align: Align = Align.LEFT
    ) -> int:
        """Draw *lines* one below the other; return the row below them."""
        for line in lines:
            self.line(x, y, line, align)
            y += pitch(line, face)
        return y

    def fill(self, x: int, y: int, width: int, height: int, *, lit: bool = True) -> None:
        """Fill a rectangle; nothing where it has no extent."""
        if width > 0 and height > 0:
            self._draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_INK[lit])

    def frame(
        self, x: int, y: int, width: int, height: int, radius: int, *, filled: bool = False
    ) -> None:
        """Draw a rectangle with round corners."""
        corners = (x, y, x + width - 1, y + height - 1)
        self._draw.rounded_rectangle(corners, radius, fill=_INK[filled], outline=_INK[True])

    def icon(self, x: int, y: int, icon: Icon) -> None:
        """Draw an icon, its upper left corner at *x* and *y*."""
        for row, pixels in enumerate(icon):
            for column, pixel in enumerate(pixels):
                if pixel == "#":
                    self._draw.point((x + column, y + row), _INK[True])

    def dots(self, y: int, x: int = 0) -> None:
        """Draw a row of dots: what parts one thing from another."""
        for column in range(x, self.width, 4):
            self._draw.point((column, y), _INK[True])

    def invert(self, x: int, y: int, other: Canvas) -> None:
        """Turn over each pixel here that is lit on *other*, whose corner is at *x* and *y*."""
        over = Image.new("1", self._image.size)
        over.paste(other._image, (x, y))
        self._image.paste(ImageChops.logical_xor(self._image, over))


def beginning(text: str, x: int, width: int) -> tuple[int, Align]:
    """Return where the lines of *text* stand in columns: at the right if it runs to the left."""
    if direction(readable(text)) == "rtl":
        return x + width, Align.RIGHT
    return x, Align.LEFT


def pitch(line: Line, face: Face) -> int:
    """Return how many rows *line* takes in a paragraph of *face*."""
    return line.height if line.over else _PITCH[face]


def height(lines: tuple[Line, ...], face: Face) -> int:
    """Return how many rows a paragraph takes, the last line's whole cell included."""
    if not lines:
        return 0
    return sum(pitch(line, face) for line in lines[:-1]) + lines[-1].height


def fill(text: str, face: Face, width: int, rows: int) -> tuple[Line, ...]:
    """Break *text* into as many lines as fit into *width* columns and *rows* rows.

    The last is cut; one at least is given, for screens leave room for one of any script.
    """
    for count in range(rows // _PITCH[face], 1, -1):
        lines = wrap(text, face, width, count)
        if height(lines, face) <= rows:
            return lines
    return wrap(text, face, width, 1)


def balanced(text: str, face: Face, width: int, rows: int) -> tuple[Line, ...]:
    """Break like `fill`, but where nothing is cut into lines of much the same width."""
    lines = fill(text, face, width, rows)
    for narrower in range(width, width // 2, -4):
        closer = wrap(text, face, narrower, len(lines) + 1)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def fitted(text: str, faces: tuple[Face, ...], width: int) -> Line:
    """Set *text* in the first of *faces* in which it fits, else cut in the last."""
    line = typeset(text, faces[0], width)
    if line.over:  # of the one size that Unifont has
        return line
    face = next((face for face in faces if fits(text, face, width)), faces[-1])
    return typeset(text, face, width)


def fits(text: str, face: Face, width: int) -> bool:
    """Say whether *text* needs no more than one line; of a long one only two are looked at."""
    return len(wrap(text, face, width, 2)) < 2
