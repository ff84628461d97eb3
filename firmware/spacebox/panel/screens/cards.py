"""What asks for the host's attention or help with a Space that is live."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas, beginning, fits, fitted, height
from spacebox.panel.icons import HAND, QUESTION
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, Line, measure, readable, typeset, wrap
from spacebox.panel.views import AgendaItem, Hint, QuestionCard, RequestCard, WrappingUp

Card: TypeAlias = RequestCard | QuestionCard | AgendaItem | WrappingUp


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
    canvas.icon(0, 2, HAND)
    place, waiting = f"{view.place}/{view.of}", frame.clock(view.waiting_s)
    room = WIDTH - 5 - measure(waiting, Face.SMALL)
    name = fitted(named(view.name), (Face.LARGE, Face.SMALL), room)
    reason = wrap(view.reason, Face.SMALL, WIDTH, 3)
    below = frame.BODY + (name.height - 1 if name.over else 14)
    if below + height(reason, Face.SMALL) > frame.OVER_FOOTER:
        _long_request(canvas, view, f"{waiting}  {place}")
        return
    frame.header(canvas, "wants to speak", place, x=11)
    canvas.text(WIDTH, 16, waiting, align=Align.RIGHT)
    if reason:
        canvas.line(0, 16 if name.height < 16 else 14, name)
        x, align = beginning(view.reason, 0, WIDTH)
        canvas.lines(x, below, reason, Face.SMALL, align)
    else:
        frame.heading(canvas, frame.BODY, frame.OVER_FOOTER, named(view.name), width=room)


def _long_request(canvas: Canvas, view: RequestCard, figures: str) -> None:
    """Draw a request that needs the room of its heading: the hand alone says what it is."""
    taken = canvas.text(WIDTH, frame.HEADER, figures, align=Align.RIGHT)
    name = typeset(named(view.name), Face.SMALL, WIDTH - 11 - taken - 5)
    canvas.line(11, 0 if name.over else frame.HEADER, name)
    top = 17 if name.over else frame.BODY
    canvas.dots(top - 1)
    frame.prose(canvas, top, frame.OVER_FOOTER, view.reason)


def _question(canvas: Canvas, view: QuestionCard) -> None:
    canvas.icon(0, 2, QUESTION)
    frame.header(canvas, f"top question {view.place}/{view.of}", f"+{view.votes}", x=11)
    lines = wrap(view.text, Face.MEDIUM, WIDTH, 3)
    if len(lines) > 2:
        frame.prose(canvas, frame.BODY, frame.OVER_FOOTER, view.text)
        return
    x, align = beginning(view.text, 0, WIDTH)
    y = canvas.lines(x, frame.BODY, lines, Face.MEDIUM, align)
    name = typeset(named(view.name), Face.SMALL, WIDTH)
    if y - 1 + name.height <= frame.OVER_FOOTER:
        canvas.line(0, frame.OVER_FOOTER - name.height, name)


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
