"""The box drawn with characters: lamps, glass, buttons, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacebox.ports import Lamps
from spacebox.sim.blocks import WIDTH, draw
from spacebox.sim.keys import BUTTONS

_FRAME = 2
_LINES = 39
"""With half blocks; with Braille dots it takes 23."""
_GLASS = "38;2;251;236;214;48;2;0;0;0"
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
    words: tuple[str, ...]
    """Below the box."""


def lines(box: Likeness, columns: int, rows: int) -> list[str]:
    """Return the lines of the drawing, none wider or lower than the terminal is."""
    room = WIDTH if columns >= WIDTH + _FRAME and rows >= _LINES else WIDTH // 2
    drawn = [_lamps(box.lamps), *_glass(box.picture, room), _buttons(box.down, room), []]
    drawn += [[(words, "")] for words in box.words]
    return [_painted(pieces, columns) for pieces in drawn[:rows]]


def _lamps(lamps: Lamps) -> list[Piece]:
    on_air = _lamp("ON AIR", lamps.on_air, _RED)
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
    caps = [(f" {key} {button.upper()} ", button in down) for key, button in BUTTONS.items()]
    gap = room - sum(len(cap) for cap, _ in caps)
    pieces: list[Piece] = [(" ", "")]
    for number, (cap, pushed) in enumerate(caps):
        pieces += [(" " * (gap // 2), "")] if number else []
        pieces += [(cap, _PUSHED if pushed else _CAP)]
    return pieces


def _painted(pieces: list[Piece], columns: int) -> str:
    painted = ""
    for text, paint in pieces:
        shown = text[:columns]
        columns -= len(shown)
        painted += f"\x1b[{paint}m{shown}\x1b[0m" if paint and shown else shown
    return painted
