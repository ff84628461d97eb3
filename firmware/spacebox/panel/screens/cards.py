"""What asks for the host's attention or help with a Space that is live."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from spacebox.panel.canvas import WIDTH, Align, Canvas, fitted, pitch
from spacebox.panel.icons import HAND, QUESTION
from spacebox.panel.screens import frame, gauges
from spacebox.panel.typesetting import Face, typeset, wrap
from spacebox.panel.views import AgendaItem, Hint, QuestionCard, RequestCard, WrappingUp

Card: TypeAlias = RequestCard | QuestionCard | AgendaItem | WrappingUp


def draw(canvas: Canvas, view: Card, hints: tuple[Hint, ...]) -> None:
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
    frame.header(canvas, "wants to speak", f"{view.place}/{view.of}", x=11)
    waiting = canvas.text(WIDTH, 17, frame.clock(view.waiting_s), align=Align.RIGHT)
    name = fitted(view.name, (Face.LARGE, Face.MEDIUM, Face.SMALL), WIDTH - waiting - 5)
    canvas.line(0, 14 if name.height == 16 else 16, name)
    canvas.paragraph(0, 29, view.reason, Face.SMALL, bottom=frame.OVER_FOOTER)


def _question(canvas: Canvas, view: QuestionCard) -> None:
    canvas.icon(0, 2, QUESTION)
    frame.header(canvas, f"top question  {view.place}/{view.of}", f"+{view.votes}", x=11)
    lines = wrap(view.text, Face.MEDIUM, WIDTH, 3)
    if len(lines) > 2:
        canvas.paragraph(0, 14, view.text, Face.SMALL, bottom=frame.OVER_FOOTER)
        return
    y = canvas.lines(0, 14, lines, Face.MEDIUM)
    name = typeset(view.name, Face.SMALL, WIDTH)
    if max(y, 39) + name.height <= frame.OVER_FOOTER:
        canvas.line(0, max(y, 39), name)


def _agenda(canvas: Canvas, view: AgendaItem) -> None:
    frame.header(canvas, f"now {view.place}/{view.of}", _time(view))
    frame.heading(canvas, 15, view.item, bottom=35)
    part = view.spent_s / view.planned_s if view.planned_s else 0.0
    gauges.progress(canvas, 35, min(1.0, part))
    if view.following:
        canvas.paragraph(0, 39, f"next  {view.following}", Face.SMALL, bottom=frame.OVER_FOOTER)


def _time(view: AgendaItem) -> str:
    spent, planned = view.spent_s, view.planned_s
    if not planned:
        return frame.clock(spent)
    if spent > planned:
        return f"{frame.clock(spent - planned)} over"
    whole = f"{planned // 60} min" if planned % 60 == 0 else frame.clock(planned)
    return f"{frame.clock(spent)} of {whole}"


def _wrapping_up(canvas: Canvas, view: WrappingUp) -> None:
    frame.header(canvas, "thank them", "wrapping up")
    thank = ", ".join(view.thank) or "Thank everybody."
    y = frame.heading(canvas, 14, thank, bottom=36)
    rows = [f"asked:  {', '.join(view.asked)}"] if view.asked else []
    rows += [f"next:  {view.following}"] if view.following else []
    for row in rows:
        line = typeset(row, Face.SMALL, WIDTH)
        if y + line.height <= frame.OVER_FOOTER:
            canvas.line(0, y, line)
            y += pitch(line, Face.SMALL)
