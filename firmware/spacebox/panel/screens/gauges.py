"""What moves on the glass: meters, pegs and bars."""

from __future__ import annotations

from spacebox.panel.canvas import Canvas
from spacebox.panel.figures import Level, Pegs


def meter(canvas: Canvas, x: int, y: int, width: int, level: Level) -> None:
    """Draw a sound meter, 5 rows high; its peak stands out a row above and below."""
    for column in range(0, width - 1, 3):
        on = column < width * level.level
        canvas.fill(x + column, y if on else y + 4, 2 if on else 1, 5 if on else 1)
    peak = min(int(width * level.peak), width - 2) // 3 * 3
    if level.peak > 0:
        canvas.fill(x + peak, y - 1, 2, 7)


def pegs(canvas: Canvas, x: int, y: int, width: int, stage: Pegs) -> None:
    """Draw one peg per place on stage: a square is taken, a dot is free, a tall one speaks."""
    places = stage.taken + max(0, stage.limit - stage.speakers)
    pitch = max(3, min(7, width // max(1, places)))
    for place in range(min(places, width // pitch)):
        left, size = x + place * pitch, pitch - 2
        if place in stage.speaking:
            canvas.fill(left, y - 4, size, 9)
        elif place < stage.taken:
            canvas.fill(left, y, size, 5)
        else:
            canvas.fill(left + size // 2, y + 3, 1, 1)


def bars(canvas: Canvas, x: int, y: int, count: int) -> None:
    """Draw four bars of which *count* are there."""
    for bar in range(4):
        if bar < count:
            canvas.fill(x + bar * 3, y + 6 - bar * 2, 2, 2 + bar * 2)
        else:
            canvas.fill(x + bar * 3, y + 7, 2, 1)


def progress(canvas: Canvas, y: int, done: float, of: float) -> None:
    """Draw a line that is thick as far as *done* goes; thin where it is of nothing."""
    canvas.fill(0, y + 1, canvas.width, 1)
    if of:
        canvas.fill(0, y, round(canvas.width * min(1.0, done / of)), 3)
