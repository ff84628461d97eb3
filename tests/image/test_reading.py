"""A text is found on the glass wherever it stands, and only if it does."""

from __future__ import annotations

import pytest
from reading import shows

from spacebox.panel.canvas import Canvas
from spacebox.panel.typesetting import Face


@pytest.mark.parametrize("face", Face)
def test_a_text_is_found_in_each_face(face: Face) -> None:
    canvas = Canvas()
    canvas.text(7, 11, "Tomás", face)
    assert shows(canvas.on_glass(2), "Tomás")
    assert not shows(canvas.on_glass(2), "Tomas")


def test_a_text_is_found_cut_out_of_a_bar() -> None:
    canvas = Canvas()
    canvas.fill(0, 0, 126, 20)
    canvas.text(3, 2, "END", lit=False)
    assert shows(canvas.on_glass(), "END")


def test_nothing_is_on_a_dark_glass() -> None:
    assert not shows(Canvas().on_glass(), "Mira")
