"""What a telephone reads from the glass: the join link and the way into the box's Wi-Fi."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeAlias, assert_never

import segno

from spacebox.panel.canvas import GLASS_WIDTH, Align, Canvas
from spacebox.panel.screens import frame
from spacebox.panel.typesetting import Face, measure, wrap
from spacebox.panel.views import Button, Hint, Hold, JoinCode, WifiSetup

Code: TypeAlias = JoinCode | WifiSetup

BESIDE: Final = 68
"""The first column beside the code."""

_LIT: Final = 62
"""Rows and columns of the lit square, the code's border included."""
_FITS: Final = _LIT - 4
"""Rows of a code, so that two are left on each side."""
_LONGEST: Final = 400
"""Characters: more never fit, and take long to find out."""
_COLUMN: Final = GLASS_WIDTH - BESIDE
_PART: Final = re.compile(r"[./:]*[^./:-]*-?")
"""What of an address stays on a line: a word with the signs before it and the hyphen after it."""
_SPECIAL: Final = str.maketrans({sign: f"\\{sign}" for sign in '\\;,":'})


def draw(canvas: Canvas, view: Code, hints: tuple[Hint, ...], hold: Hold | None) -> None:
    """Draw a code, and beside it what it says, on a canvas as wide as the glass."""
    match view:
        case JoinCode():
            _join(canvas, view)
            _footer(canvas, hints)
        case WifiSetup():
            _wifi(canvas, view)
        case _:
            assert_never(view)
    if hold is not None:
        frame.hold_bar(canvas, hold, BESIDE)


def _join(canvas: Canvas, view: JoinCode) -> None:
    _code(canvas, _shortest(view.link))
    left, right = view.reach or "Join in", "" if view.listeners is None else str(view.listeners)
    roomy = measure(f"{left} {right}", Face.SMALL) <= _COLUMN
    _header(canvas, left, right if roomy else "")
    address, slash, code = view.link.rpartition("://")[2].rpartition("/")
    lines = broken(address + slash)
    if len(lines) <= 2 and measure(code, Face.LARGE) <= _COLUMN:
        _column(canvas, 14, 10, lines)
        canvas.text(BESIDE, 35, code, Face.LARGE)
    else:
        cut = [lines[2] + "…"] if len(lines) > 3 else lines[2:]
        _column(canvas, 13, 9, [*lines[:2], *cut, code])


def _wifi(canvas: Canvas, view: WifiSetup) -> None:
    network, secret = view.network.translate(_SPECIAL), view.key.translate(_SPECIAL)
    _code(canvas, f"WIFI:S:{network};T:WPA;P:{secret};;")
    _header(canvas, "Wi-Fi", "")
    key = wrap(view.key, Face.SMALL, _COLUMN, 2)
    canvas.text(BESIDE, 14, view.network, width=_COLUMN)
    canvas.lines(BESIDE, 24, key, Face.SMALL)
    address = broken(view.address)[:2]
    if len(key) == len(address) == 1:
        address = ["then open", *address]
    step = 9 if len(key) > 1 else 13
    _column(canvas, frame.FOOTER - step * (len(address) - 1), step, address)


def _header(canvas: Canvas, left: str, right: str) -> None:
    taken = canvas.text(GLASS_WIDTH, frame.HEADER, right, align=Align.RIGHT, width=_COLUMN)
    canvas.text(BESIDE, frame.HEADER, left, width=max(0, _COLUMN - taken - 4))
    canvas.dots(frame.UNDER_HEADER, BESIDE)


def _footer(canvas: Canvas, hints: tuple[Hint, ...]) -> None:
    canvas.dots(frame.OVER_FOOTER, BESIDE)
    for hint in hints:
        if hint.button is Button.APPROVE:
            frame.entry(canvas, BESIDE, frame.FOOTER, hint, _COLUMN)


def _column(canvas: Canvas, y: int, pitch: int, lines: list[str]) -> None:
    for line in lines:
        canvas.text(BESIDE, y, line, width=_COLUMN)
        y += pitch


def broken(address: str) -> list[str]:
    """Break an address between its words, so that it fits beside the code."""
    lines = [""]
    for part in _PART.findall(address[:_LONGEST]):
        if measure(lines[-1] + part, Face.SMALL) <= _COLUMN:
            lines[-1] += part
            continue
        lines.append("")
        for sign in part:
            if measure(lines[-1] + sign, Face.SMALL) > _COLUMN:
                lines.append("")
            lines[-1] += sign
    return lines[1:] if not lines[0] else lines


def _shortest(link: str) -> str:
    """Return *link* in capitals where that changes nothing: it makes the code smaller."""
    scheme, _, rest = link.partition("://")
    host, _, path = rest.partition("/")
    short = path.startswith("s/") and path.count("/") == 1
    return link.upper() if short else f"{scheme}://{host.lower()}/{path}"


def _code(canvas: Canvas, text: str) -> None:
    """Draw a QR code of *text*, dark on a lit square, as large as it fits; none that would not."""
    matrix = _matrix(text)
    size = len(matrix)
    if not size or size > _FITS:
        return
    scale = _FITS // size
    canvas.fill(0, 1, _LIT, _LIT)
    left = (_LIT - size * scale) // 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = left + column * scale, 1 + left + row * scale
                canvas.fill(x, y, scale, scale, lit=False)


@lru_cache(maxsize=8)
def _matrix(text: str) -> tuple[bytes, ...]:
    """Return the rows of a code, a byte per module, dark ones 1; none of a text that is too long.

    Error correction L: the glass has no stains, and fewer modules are larger ones.
    """
    if not text or len(text) > _LONGEST:
        return ()
    code = segno.make(text, error="l", boost_error=False, micro=False)
    return tuple(bytes(row) for row in code.matrix)
