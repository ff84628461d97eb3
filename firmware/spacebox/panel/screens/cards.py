"""What asks for the host's attention or help with a Space that is live."""

from __future__ import annotations

from typing import assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas, beginning, fill, fits, fitted, height
from spacebox.panel.cards import AgendaItem, Card, QuestionCard, RequestCard, WrappingUp
from spacebox.panel.icons import HAND, QUESTION
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, Line, readable, typeset, wrap
from spacebox.panel.views import Hint

_SHARED = 2
"""Rows that a question and the name below it have in common: without ink in one or the other."""


def draw(canvas: Canvas, view: Card, hints: tuple[Hint, ...]) -> None:
    """Draw a card, and below it what the buttons do with it."""
    match view:
        case RequestCard():
            _request(canvas, view)
        case QuestionCard():
            _question(canvas, view)
        case AgendaItem():
            _agenda(canvas, view)
        case WrappingUp():
            _wrapping_up(canvas, view)
        case _:
            assert_never(view)
    frame.footer(canvas, hints)


def _request(canvas: Canvas, view: RequestCard) -> None:
    """Draw whom the host lets in: whatever the reason is, the name stands where it always does."""
    canvas.icon(0, 2, HAND)
    frame.header(canvas, "wants to speak", f"{view.place}/{view.of}", x=11)
    waiting = typeset(frame.clock(view.waiting_s), Face.SMALL)
    name, room = named(view.name), WIDTH - waiting.width - 5
    if not readable(view.reason):
        _name_alone(canvas, name, room, waiting)
        return
    line = fitted(name, (Face.LARGE, Face.SMALL), room)
    canvas.line(0, frame.BODY if line.height > waiting.height else 16, line)
    canvas.line(WIDTH, 16, waiting, Align.RIGHT)
    frame.prose(canvas, 29 if line.over else 28, frame.OVER_FOOTER, view.reason)


def _name_alone(canvas: Canvas, name: str, room: int, waiting: Line) -> None:
    face = Face.LARGE if fits(name, Face.LARGE, room) else Face.SMALL
    lines = fill(name, face, room, frame.OVER_FOOTER - frame.BODY)
    y = (frame.BODY + frame.OVER_FOOTER - height(lines, face)) // 2
    canvas.lines(0, y, lines, face)
    canvas.line(WIDTH, y + (lines[0].height - waiting.height) // 2, waiting, Align.RIGHT)


def _question(canvas: Canvas, view: QuestionCard) -> None:
    canvas.icon(0, 2, QUESTION)
    frame.header(canvas, f"top question {view.place}/{view.of}", f"+{view.votes}", x=11)
    name = typeset(named(view.name), Face.SMALL, WIDTH)
    y = frame.OVER_FOOTER - name.height
    canvas.line(0, y, name)
    room = y - frame.BODY + _SHARED
    face, lines = Face.MEDIUM, wrap(view.text, Face.MEDIUM, WIDTH, 3)
    if height(lines, face) > room:
        face, lines = Face.SMALL, fill(view.text, Face.SMALL, WIDTH, room)
    x, align = beginning(view.text, 0, WIDTH)
    tight = name.over > 0 and len(lines) > 1
    canvas.lines(x, frame.BODY - tight, lines, face, align)


def _agenda(canvas: Canvas, view: AgendaItem) -> None:
    frame.header(canvas, f"now {view.place}/{view.of}", _time(view))
    following = typeset(f"next {view.following}" if view.following else "", Face.SMALL, WIDTH)
    y = frame.OVER_FOOTER - following.height
    canvas.line(0, y, following)
    gauges.progress(canvas, y - 3, view.spent_s, view.planned_s)
    frame.heading(canvas, frame.BODY, y - 3, view.item)


def _time(view: AgendaItem) -> str:
    spent, planned = view.spent_s, view.planned_s
    if not planned:
        return _minutes(spent)
    if spent > planned:
        return f"{_minutes(spent - planned)} over"
    whole = f"{planned // 60} min" if planned % 60 == 0 else _minutes(planned)
    return f"{_minutes(spent)} of {whole}"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _wrapping_up(canvas: Canvas, view: WrappingUp) -> None:
    frame.header(canvas, "thank them", "wrapping up")
    thank = ", ".join(map(named, view.thank)) or "Thank everybody."
    y = frame.BODY
    large = typeset(thank, Face.LARGE, WIDTH)
    if large.over or fits(thank, Face.LARGE, WIDTH):
        canvas.line(0, y, large)
        y += large.height - 1
        lines = []
    else:
        lines = list(wrap(thank, Face.SMALL, WIDTH, 2))
    if view.asked:
        lines.append(typeset(f"asked: {', '.join(map(named, view.asked))}", Face.SMALL, WIDTH))
    if view.following:
        lines.append(typeset(f"next: {view.following}", Face.SMALL, WIDTH))
    _tight(canvas, y, lines)


def _tight(canvas: Canvas, y: int, lines: list[Line]) -> None:
    """Draw what fits of *lines* above the footer, closer together where that saves one."""
    tight = len(lines) > 3 and not any(line.over for line in lines)
    y, step = (y - 2, 9) if tight else (y, 10)
    for line in lines:
        if line.over:
            y += 1
        if y + line.height <= frame.OVER_FOOTER:
            canvas.line(0, y, line)
        y += line.height if line.over else step


def named(name: str) -> str:
    """Return *name*, or ``guest`` where nothing of it can be drawn."""
    return name if readable(name) else "guest"
