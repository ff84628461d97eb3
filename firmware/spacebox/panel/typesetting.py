"""Text into lines of one bit: measured, cut with an ellipsis, wrapped by words.

Any text is safe to give: `readable` stands before everything. A text with a letter of a
right-to-left script is set whole in Unifont, so that Arabic joins and the order is right, Latin
words and digits in it too (UAX #9); it is cut and wrapped by the order it is read in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise

import regex
from PIL import Image, features

from spacebox.panel.glyphs import (
    UNIFONT_ASCENT,
    UNIFONT_DESCENT,
    Face,
    Glyph,
    Unifont,
    draw,
    glyph,
    unifont,
)
from spacebox.panel.readable import ELLIPSIS, LONGEST, clusters, direction, readable

__all__ = ["Face", "Line", "measure", "readable", "typeset", "wrap"]

SHAPES = features.check_feature("raqm")
"""Whether libfribidi is there. Without it Arabic stands unjoined and from left to right."""
_EAST = r"[\p{Ps}\p{Pi}]{0,4}[\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*[\p{Pe}\p{Pf}\p{Po}ー々]*"
_WORD = regex.compile(rf" ?(?:{_EAST}|(?:(?!{_EAST})[^ ])+)")
"""What stays on one line: a word with the space before it, or an East Asian character."""


@dataclass(frozen=True, slots=True)
class Line:
    """A set line. Its picture is shared: paste it, never draw on it."""

    image: Image.Image
    """Mode "1", ink 1; as wide as the ink, as high as the tallest font in it."""
    ascent: int
    """Rows of the picture above the baseline."""
    over: int
    """Rows that it stands above the face's own cell: 0 in Terminus, 4 for Unifont in SMALL."""

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height


def typeset(text: str, face: Face, width: int | None = None) -> Line:
    """One line of `text`, cut with ``…`` to at most `width` pixels, never within a glyph."""
    return _typeset(_head(text), face, width)


def measure(text: str, face: Face) -> int:
    """Pixels of the whole text on one line."""
    return typeset(text, face).width


def wrap(text: str, face: Face, width: int, lines: int) -> tuple[Line, ...]:
    """At most `lines` lines of at most `width` pixels, none for a text without ink.

    By words; a word that is wider than a line is broken between two of its characters, and
    what does not fit on the last line is cut with ``…``. Each line has its own `height`.
    """
    return _wrap(_head(text), face, width, lines)


def _head(text: str) -> str:
    """As much as `readable` looks at, so that no cache holds a megabyte."""
    return text[: LONGEST + 1]


@lru_cache(maxsize=512)
def _typeset(text: str, face: Face, width: int | None) -> Line:
    text = readable(text)
    return _cut(text, face, width, direction(text) if SHAPES else None)


@lru_cache(maxsize=128)
def _wrap(text: str, face: Face, width: int, lines: int) -> tuple[Line, ...]:
    left = readable(text)
    way = direction(left) if SHAPES else None
    done: list[Line] = []
    while left and len(done) < lines - 1:
        held = _fill(left, face, width, way)
        if not held:
            break
        done.append(_set(held, face, way))
        left = left[len(held) :].lstrip()
    if left:
        done.append(_cut(left, face, width, way))
    return tuple(done)


def _fill(text: str, face: Face, width: int, way: str | None) -> str:
    """The beginning of `text` that one line holds."""

    def fits(part: str) -> bool:
        return _width(part, face, way) <= width

    words: list[str] = _WORD.findall(text)
    held = _beginning(words, _most(width, way), fits)
    following = words[len(held) :][:1]
    if following and not fits(following[0].lstrip()):
        held = _beginning(clusters(text), _most(width, way), fits)
    return "".join(held).rstrip()


def _cut(text: str, face: Face, width: int | None, way: str | None) -> Line:
    if width is None:
        return _set(text, face, way)

    def fits(part: str) -> bool:
        return _width(part, face, way) <= width

    letters = clusters(text)
    most = _most(width, way)
    if len(letters) <= most and fits(text):
        return _set(text, face, way)
    held = _beginning(letters, most, lambda part: fits(part.rstrip() + ELLIPSIS))
    if way and held[-2:-1] == [" "] and letters[len(held) :][:1] != [" "]:
        held = held[:-2]  # a lone letter, of the other direction perhaps, reads as a word
    short = "".join(held).rstrip() + ELLIPSIS
    return _set(short if fits(short) else "", face, way)


def _beginning(parts: Sequence[str], most: int, fits: Callable[[str], bool]) -> Sequence[str]:
    """As many of `parts` as fit together, at most `most`."""
    counts = range(1, min(len(parts), most) + 1)
    return parts[: bisect_right(counts, False, key=lambda n: not fits("".join(parts[:n])))]


def _most(width: int, way: str | None) -> int:
    """Letters that may fit: each takes two pixels, in Unifont four (two may join into eight)."""
    return width // (4 if way else 2) + 1


@lru_cache(maxsize=1024)
def _set(text: str, face: Face, way: str | None) -> Line:
    if way is not None:
        return _both_ways(text, face, way)
    glyphs = _glyphs(text, face)
    ascent = max((g.ascent for g in glyphs), default=face.value.ascent)
    descent = max((g.descent for g in glyphs), default=face.value.descent)
    image = Image.new("1", (_extent(glyphs), ascent + descent))
    x = 0
    for g in glyphs:
        if g.image is not None:
            image.paste(g.image, (x, ascent - g.ascent))
        x += g.advance
    return Line(image, ascent, ascent - face.value.ascent)


def _width(text: str, face: Face, way: str | None) -> int:
    if way is not None:
        return _set(text, face, way).width
    return _extent(_glyphs(text, face))


def _extent(glyphs: Sequence[Glyph]) -> int:
    """Without the gap behind the last."""
    return sum(g.advance for g in glyphs) - sum(g.gap for g in glyphs[-1:])


def _glyphs(text: str, face: Face) -> list[Glyph]:
    """With the word spaces behind wide letters, as of Chinese or Korean, in proportion."""
    glyphs = [glyph(cluster, face) for cluster in clusters(text)]
    return [
        replace(g, advance=max(g.advance, before.advance // 3)) if g.image is None else g
        for before, g in pairwise((*glyphs[:1], *glyphs))
    ]


def _both_ways(text: str, face: Face, way: str) -> Line:
    """Set whole in Unifont; what is of another of its files is a piece of its own."""
    pieces = [("".join(part), unifont(of)) for of, part in groupby(text, Unifont.of)]
    if way == "rtl":
        pieces.reverse()
    image = draw(pieces, UNIFONT_ASCENT, UNIFONT_DESCENT, way)
    left, _, right, _ = image.getbbox() or (0, 0, 0, 0)
    over = UNIFONT_ASCENT - face.value.ascent
    return Line(image.crop((left, 0, right, image.height)), UNIFONT_ASCENT, over)
