"""The box drawn with characters: lamps, glass, buttons, and what to do. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from spacebox.ports import Lamps
from spacebox.sim.blocks import HEIGHT, WIDTH, draw
from spacebox.sim.keys import BUTTONS

_FRAME = 2
_AROUND = 4
"""Lines of lamps, frame and buttons."""
_SMALL, _LARGE = (WIDTH // 2, HEIGHT // 4), (WIDTH, HEIGHT // 2)
"""Columns and lines of the glass, with Braille dots and with half blocks."""
_GLASS = "38;2;251;236;214;48;2;0;0;0"
_CAPS = {button: f" {key} {button.upper()} " for key, button in BUTTONS.items()}
_CAP, _PUSHED, _DIM = "1", "7;1", "2"
_RED, _AMBER = (255, 91, 58), (255, 194, 77)
_DARK = (96, 84, 74)
_LIT = 0.05

Piece = tuple[str, str]
"""Text and how it is painted: the numbers of an SGR sequence (ECMA-48)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """All that is drawn."""

    picture: bytes
    lamps: Lamps
    down: frozenset[str]
    """Buttons that are pressed."""
    state: str
    """Is it on air? Told in words where there is no room for the glass."""
    words: tuple[str, ...]
    """Below the box."""


def lines(box: Likeness, log: tuple[str, ...], columns: int, rows: int) -> list[str]:
    """Return the lines of the drawing, none wider or lower than the terminal is.

    *log* comes last, where there is room.
    """
    words = _wrapped(box.words, columns)
    for room, high in (_LARGE, _SMALL):
        if columns >= room + _FRAME and rows >= high + _AROUND + len(words):
            drawn = [*_whole(box, room), *_below(words, log, rows - high - _AROUND)]
            break
    else:
        drawn = _in_words(box, log, columns)
    return [_painted(pieces, columns) for pieces in drawn[:rows]]


def _whole(box: Likeness, room: int) -> list[list[Piece]]:
    return [_lamps("ON AIR", box.lamps), *_glass(box.picture, room), _buttons(box.down, room)]


def _below(words: list[str], log: tuple[str, ...], rows: int) -> list[list[Piece]]:
    """Say it after an empty line, where *rows* leave room for one."""
    said: list[list[Piece]] = [[(line, "")] for line in (*words, *log)]
    return [[], *said] if len(said) < rows else said


def _in_words(box: Likeness, log: tuple[str, ...], columns: int) -> list[list[Piece]]:
    """Say what cannot be drawn. A link is told whole, on as many lines as it takes."""
    wide = _SMALL[0] + _FRAME
    high = _SMALL[1] + _AROUND + len(_wrapped(box.words, wide))
    small = f"This window is too small: the box needs {wide} × {high} characters."
    said = _wrapped((small, *box.words, *log), columns)
    keys = _buttons(box.down, sum(map(len, _CAPS.values())) + len(_CAPS))
    return [_lamps(box.state, box.lamps), keys, *([(line, "")] for line in said)]


def _wrapped(words: tuple[str, ...], columns: int) -> list[str]:
    width = max(columns, 1)
    return [line for each in words for line in textwrap.wrap(each, width, break_on_hyphens=False)]


def _lamps(state: str, lamps: Lamps) -> list[Piece]:
    on_air = _lamp(state, lamps.on_air, _RED)
    return [("   ", ""), *on_air, ("    ", ""), *_lamp("REQUEST", lamps.request, _AMBER)]


def _lamp(words: str, brightness: float, colour: tuple[int, int, int]) -> Iterator[Piece]:
    lit = brightness > _LIT
    mixed = (dark + (light - dark) * brightness for dark, light in zip(_DARK, colour, strict=True))
    red, green, blue = (round(part) for part in mixed)
    yield "●" if lit else "○", f"38;2;{red};{green};{blue}"
    yield f" {words}", _CAP if lit else _DIM


def _glass(picture: bytes, room: int) -> Iterator[list[Piece]]:
    yield [("╭" + "─" * room + "╮", "")]
    for line in draw(picture, room):
        yield [("│", ""), (line, _GLASS), ("│", "")]
    yield [("╰" + "─" * room + "╯", "")]


def _buttons(down: frozenset[str], room: int) -> list[Piece]:
    """MUTE at the left, APPROVE in the middle, END at the right, as on the box."""
    gap = room - sum(map(len, _CAPS.values()))
    pieces: list[Piece] = [(" ", "")]
    for number, (button, cap) in enumerate(_CAPS.items()):
        pieces += [(" " * (gap // 2), "")] if number else []
        pieces += [(cap, _PUSHED if button in down else _CAP)]
    return pieces


def _painted(pieces: list[Piece], columns: int) -> str:
    painted = ""
    for text, paint in pieces:
        shown = text[:columns]
        columns -= len(shown)
        painted += f"\x1b[{paint}m{shown}\x1b[0m" if paint and shown else shown
    return painted
