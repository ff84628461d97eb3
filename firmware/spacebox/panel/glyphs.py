"""Single glyphs in one bit: Terminus Font, and GNU Unifont for every character it lacks.

A cluster is what a reader calls one character (UAX #29): a letter with its marks. Terminus is
set proportionally, each glyph trimmed to its ink; digits keep their cell, so that clocks stand
still. Unifont is 16 px high at every size, and shares the baseline.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONTS = Path(__file__).parent / "fonts"
_PAD = 16
"""Room around a glyph being drawn: marks may hang out of their cell."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One size of Terminus, in pixels: what is above and below the baseline, and the spaces."""

    file: str
    ascent: int
    descent: int
    gap: int
    """Between two glyphs."""
    space: int
    """Of a word space."""

    @property
    def height(self) -> int:
        return self.ascent + self.descent


class Face(Enum):
    """The five voices of the glass."""

    SMALL = Cut("ter-u12n_unicode.pcf.gz", 10, 2, 1, 3)
    MEDIUM = Cut("ter-u14b_unicode.pcf.gz", 12, 2, 1, 4)
    LARGE = Cut("ter-u16b_unicode.pcf.gz", 12, 4, 1, 4)
    NUMBER = Cut("ter-u24b_unicode.pcf.gz", 19, 5, 2, 6)
    HUGE = Cut("ter-u32b_unicode.pcf.gz", 26, 6, 3, 8)


UNIFONT_ASCENT, UNIFONT_DESCENT = 14, 2


@dataclass(frozen=True, slots=True)
class Glyph:
    """What is drawn of a cluster, from the left edge of its ink."""

    image: Image.Image | None
    """None for a space. Rows are the whole cell, `ascent` of them above the baseline."""
    advance: int
    """To the next glyph, `gap` included."""
    gap: int
    ascent: int
    descent: int


class Unifont(Enum):
    """Which file has a character."""

    LOW = "unifont.otf"
    HIGH = "unifont_upper.otf"
    """Plane 1: Adlam, Gothic, mathematical letters and many more."""

    @classmethod
    def of(cls, cluster: str) -> Unifont:
        return cls.HIGH if cluster[0] > "\uffff" else cls.LOW


@cache
def terminus(face: Face) -> ImageFont.FreeTypeFont:
    cut = face.value
    # FreeType reads gzip too, but unpacks from the start for every glyph that lies further back.
    unpacked = BytesIO(gzip.decompress((_FONTS / cut.file).read_bytes()))
    return ImageFont.truetype(unpacked, cut.height, layout_engine=ImageFont.Layout.BASIC)


@cache
def unifont(part: Unifont, *, shaped: bool = True) -> ImageFont.FreeTypeFont:
    """Unifont at 16 px; `shaped` joins letters and places marks (raqm)."""
    layout = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    size = UNIFONT_ASCENT + UNIFONT_DESCENT
    return ImageFont.truetype(_FONTS / part.value, size, layout_engine=layout)


@lru_cache(maxsize=4096)
def in_terminus(character: str) -> bool:
    """Whether Terminus has it; all five sizes have the same characters."""
    return character == "?" or _drawn(terminus(Face.SMALL), character, "?")


@lru_cache(maxsize=4096)
def in_unifont(character: str, part: Unifont) -> bool:
    return _drawn(unifont(part, shaped=False), character, "\ufffd")


def _drawn(font: ImageFont.FreeTypeFont, character: str, missing: str) -> bool:
    """Whether the font has ink for it, and not that of a sign for what it lacks."""
    mask = font.getmask(character, mode="1")
    ink = bytes(mask)
    lacks = ink == _ink_of(font, missing) or _is_code_box(mask.size, ink)
    return mask.getbbox() is not None and not lacks


@cache
def _ink_of(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    return bytes(font.getmask(character, mode="1"))


def _is_code_box(size: tuple[int, int], ink: bytes) -> bool:
    """Whether it is the box with four hexadecimal digits that Unifont has for what it lacks."""
    wide, high = size
    seam = b"\0" + b"\xff" * 14 + b"\0"
    return size == (16, 14) and all(
        ink[row * wide : (row + 1) * wide] == seam for row in (0, 6, 7, high - 1)
    )


@lru_cache(maxsize=4096)
def glyph(cluster: str, face: Face) -> Glyph:
    """`cluster` as `readable` leaves it: each one has a glyph, or is a space."""
    cut = face.value
    if cluster == " ":
        return Glyph(None, cut.space, 0, 0, 0)
    if not in_terminus(cluster[0]) or len(cluster) > 1:
        return _of_unifont(cluster)
    font = terminus(face)
    cell = draw(((cluster, font),), cut.ascent, cut.descent)
    if cluster.isdigit():
        advance = int(font.getlength(cluster))
        image = cell.crop((_PAD, 0, _PAD + advance, cut.height))
        return Glyph(image, advance, 0, cut.ascent, cut.descent)
    return _trimmed(cell, cut.gap, cut.ascent, cut.descent)


def _of_unifont(cluster: str) -> Glyph:
    font = unifont(Unifont.of(cluster), shaped=len(cluster) > 1)
    cell = draw(((cluster, font),), UNIFONT_ASCENT, UNIFONT_DESCENT)
    left, right = _ink(cell)
    # Ink from edge to edge is the headline of Devanagari and its kin: no gap may cut it.
    joins = left <= _PAD and right >= _PAD + font.getlength(cluster)
    return _trimmed(cell, 0 if joins else 1, UNIFONT_ASCENT, UNIFONT_DESCENT)


def _trimmed(cell: Image.Image, gap: int, ascent: int, descent: int) -> Glyph:
    left, right = _ink(cell)
    image = cell.crop((left, 0, right, cell.height))
    return Glyph(image, image.width + gap, gap, ascent, descent)


def _ink(cell: Image.Image) -> tuple[int, int]:
    """From the first column with ink to the one after the last."""
    box = cell.getbbox()
    return (box[0], box[2]) if box else (0, 0)


def draw(
    pieces: Sequence[tuple[str, ImageFont.FreeTypeFont]],
    ascent: int,
    descent: int,
    direction: str | None = None,
) -> Image.Image:
    """The pieces one after the other, with room left and right."""
    most = sum(len(text) * font.size for text, font in pieces)  # no character is wider than high
    image = Image.new("1", (int(most) + 2 * _PAD, ascent + descent))
    pen = ImageDraw.Draw(image)
    x = float(_PAD)
    for at, (text, font) in enumerate(pieces, 1):
        pen.text((x, ascent), text, font=font, fill=1, anchor="ls", direction=direction)
        x += font.getlength(text, direction=direction) if at < len(pieces) else 0
    return image
