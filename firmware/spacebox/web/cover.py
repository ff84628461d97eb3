"""The picture that a link preview shows: paper, ink, a lamp; text of any script."""

from __future__ import annotations

import io
from bisect import bisect
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import cast
from unicodedata import bidirectional

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
_MARGIN = 84
_PAPER, _INK, _INK_2, _LAMP = "#F6EFE3", "#2A201A", "#64554A", "#B8321C"
_GLASS, _ON_GLASS, _GLASS_2, _LIT = "#1B1613", "#F7E9D3", "#B9A78F", "#FF7B5C"
_GLASS_HEIGHT = 92
_TITLE_LINES = 3

_SHARE = Path("/usr/share/fonts")
_DEJAVU, _UNIFONT = _SHARE / "truetype/dejavu", _SHARE / "opentype/unifont"
_SERIF = (
    _DEJAVU / "DejaVuSerif.ttf",
    _DEJAVU / "DejaVuSans.ttf",
    _UNIFONT / "unifont.otf",
    _UNIFONT / "unifont_upper.otf",
)
_MONO = (_DEJAVU / "DejaVuSansMono.ttf", *_SERIF[1:])
"""Debian's fonts-dejavu-core and fonts-unifont; each covers what the one before lacks."""

Font = ImageFont.FreeTypeFont
_ABSENT = "\U0010ffff"
"""A noncharacter: what a font draws for it, it draws for all it lacks."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What the picture says."""

    title: str
    host: str
    on_air: bool


def draw(cover: Cover) -> bytes:
    """Return the cover as PNG."""
    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    _glass(pen, cover)
    title = _Text(cover.title, _SERIF, 88)
    lines = title.wrapped(SIZE[0] - 2 * _MARGIN, _TITLE_LINES)
    top = _GLASS_HEIGHT + (SIZE[1] - _GLASS_HEIGHT - 96 - len(lines) * 112) // 2
    for number, line in enumerate(lines):
        _line(pen, line, top + number * 112, _INK)
    _dots(pen, SIZE[1] - 124)
    _line(pen, _Text(f"with {cover.host}", _SERIF, 40).wrapped(900, 1)[0], SIZE[1] - 92, _INK_2)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _glass(pen: ImageDraw.ImageDraw, cover: Cover) -> None:
    pen.rectangle((0, 0, SIZE[0], _GLASS_HEIGHT), fill=_GLASS)
    middle = _GLASS_HEIGHT // 2
    lamp = (_MARGIN, middle - 13, _MARGIN + 26, middle + 13)
    pen.ellipse(lamp, fill=_LIT if cover.on_air else None, outline=_GLASS_2, width=3)
    words = "ON AIR" if cover.on_air else "OFF AIR"
    font = _Text(words, _MONO, 34)
    font.write(pen, _MARGIN + 48, middle - 20, _ON_GLASS)
    if cover.on_air:
        pen.rectangle((0, _GLASS_HEIGHT, SIZE[0], _GLASS_HEIGHT + 6), fill=_LAMP)


def _dots(pen: ImageDraw.ImageDraw, y: int) -> None:
    for x in range(_MARGIN, SIZE[0] - _MARGIN + 1, 12):
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=_INK_2)


def _line(pen: ImageDraw.ImageDraw, line: _Text, y: int, fill: str) -> None:
    x = SIZE[0] - _MARGIN - line.width if line.right_to_left else _MARGIN
    line.write(pen, x, y, fill)


class _Text:
    """A line in as many fonts as its characters need."""

    def __init__(self, text: str, fonts: tuple[Path, ...], size: int) -> None:
        self.text = text
        self._fonts = fonts
        self._size = size
        strong = (bidirectional(c) for c in text if bidirectional(c) in ("L", "R", "AL"))
        self.right_to_left = next(strong, "L") != "L"
        runs = groupby(text, lambda c: _font_for(c, fonts, size))
        self._runs = [(font, "".join(characters)) for font, characters in runs]

    @property
    def width(self) -> int:
        return round(sum(font.getlength(run) for font, run in self._runs))

    def write(self, pen: ImageDraw.ImageDraw, x: float, y: int, fill: str) -> None:
        """Draw the line with its top left corner at *x*, *y*."""
        baseline = y + round(self._size * 0.93)
        for font, run in reversed(self._runs) if self.right_to_left else self._runs:
            pen.text((x, baseline), run, fill, font, anchor="ls")
            x += font.getlength(run)

    def wrapped(self, width: int, lines: int) -> list[_Text]:
        """Return the text in at most *lines* lines of *width* pixels, the rest as an ellipsis."""
        rest, done = self.text, list[_Text]()
        while len(done) < lines - 1 and (fits := self._fitting(rest, width)) < len(rest):
            space = rest.rfind(" ", 0, fits + 1)
            cut = space if space > 0 else fits
            done.append(self._like(rest[:cut].rstrip()))
            rest = rest[cut:].lstrip()
        if self._fitting(rest, width) < len(rest):
            rest = rest[: self._fitting(rest, width - self._like("…").width)].rstrip() + "…"
        return [*done, self._like(rest)]

    def _fitting(self, text: str, width: int) -> int:
        """Return how many characters of *text* fit, at least one."""
        return max(
            1, bisect(range(1, len(text) + 1), width, key=lambda n: self._like(text[:n]).width)
        )

    def _like(self, text: str) -> _Text:
        return _Text(text, self._fonts, self._size)


@cache
def _open(path: Path, size: int) -> Font | None:
    try:
        return ImageFont.truetype(str(path), size)
    except OSError:
        return None


@cache
def _default(size: int) -> Font:
    """Return Pillow's own font, for a machine without Debian's."""
    return cast(Font, ImageFont.load_default(size))


@cache
def _blank(font: Font) -> bytes:
    return bytes(font.getmask(_ABSENT))


@lru_cache(maxsize=4096)
def _font_for(character: str, paths: tuple[Path, ...], size: int) -> Font:
    """Return the first font that has *character*, else the first."""
    fonts = [font for path in paths if (font := _open(path, size))] or [_default(size)]
    if character.isspace():
        return fonts[0]
    return next((f for f in fonts if bytes(f.getmask(character)) != _blank(f)), fonts[0])
