"""The glass in a terminal: half a character for a pixel, or an eighth where there is less room.

A picture is `Front.picture`: 64 rows of 16 bytes, the leftmost pixel in the highest bit. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

WIDTH, HEIGHT = 128, 64
_ROW_BYTES = WIDTH // 8
_HALVES = {"00": " ", "10": "▀", "01": "▄", "11": "█"}
_EMPTY_DOTS = 0x2800
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""Of a Braille pattern (Unicode, chapter 21.1), row by row."""


def draw(picture: bytes, columns: int, scale: int = 1) -> list[str]:
    """Return lines of half blocks where *columns* suffice, else of Braille dots.

    At *scale* 1 that is 128 × 32 characters, or 64 × 16.
    """
    rows = [_scaled(row, scale) for row in _rows(picture) for _ in range(scale)]
    return _half_blocks(rows) if columns >= WIDTH * scale else _braille(rows)


def _rows(picture: bytes) -> Iterator[str]:
    """Give each row as 128 digits, 1 for what is lit."""
    for at in range(0, HEIGHT * _ROW_BYTES, _ROW_BYTES):
        yield format(int.from_bytes(picture[at : at + _ROW_BYTES], "big"), f"0{WIDTH}b")


def _scaled(row: str, scale: int) -> str:
    return "".join(pixel * scale for pixel in row)


def _half_blocks(rows: list[str]) -> list[str]:
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_HALVES[a + b] for a, b in zip(*pair, strict=True)) for pair in pairs]


def _braille(rows: list[str]) -> list[str]:
    return ["".join(_cells(rows[at : at + 4])) for at in range(0, len(rows), 4)]


def _cells(rows: list[str]) -> Iterator[str]:
    for at in range(0, len(rows[0]), 2):
        pixels = "".join(row[at : at + 2] for row in rows)
        lit = (dot for dot, pixel in zip(_DOTS, pixels, strict=True) if pixel == "1")
        yield chr(_EMPTY_DOTS + sum(lit))
