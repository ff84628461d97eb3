"""The box in characters: every pixel of the glass is there, in whichever way it fits."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from PIL import Image

from spacebox.ports import Lamps
from spacebox.sim.blocks import draw
from spacebox.sim.drawing import Likeness, lines

LINK = "http://192.168.178.41:8080/s/K7QX"
PAINT = re.compile(r"\x1b\[[0-9;]*m")


def picture(seed: int = 1) -> Image.Image:
    return Image.frombytes("1", (128, 64), random.Random(seed).randbytes(1024))


def from_halves(drawn: list[str]) -> Image.Image:
    image = Image.new("1", (len(drawn[0]), 2 * len(drawn)))
    for y, line in enumerate(drawn):
        for x, character in enumerate(line):
            image.putpixel((x, 2 * y), character in "▀█")
            image.putpixel((x, 2 * y + 1), character in "▄█")
    return image


def from_braille(drawn: list[str]) -> Image.Image:
    image = Image.new("1", (2 * len(drawn[0]), 4 * len(drawn)))
    for y, line in enumerate(drawn):
        for x, character in enumerate(line):
            # As Unicode names them: BRAILLE PATTERN DOTS-1347; 1 2 3 7 are the left column.
            _, _, dots = unicodedata.name(character).partition("DOTS-")
            for dot in map(int, dots):
                left, top = (0 if dot in (1, 2, 3, 7) else 1), (dot - 1) % 3 if dot < 7 else 3
                image.putpixel((2 * x + left, 4 * y + top), 1)
    return image


@pytest.mark.parametrize("seed", range(3))
def test_half_blocks_and_dots_show_each_pixel(seed: int) -> None:
    image = picture(seed)
    assert from_halves(draw(image.tobytes(), 128)).tobytes() == image.tobytes()
    assert from_braille(draw(image.tobytes(), 127)).tobytes() == image.tobytes()


def test_a_pixel_may_take_several() -> None:
    image = picture()
    twice = image.resize((256, 128))
    assert from_halves(draw(image.tobytes(), 256, 2)).tobytes() == twice.tobytes()
    assert from_braille(draw(image.tobytes(), 255, 2)).tobytes() == twice.tobytes()


def box(lamps: Lamps = Lamps(0.0, 0.0), down: tuple[str, ...] = ()) -> Likeness:  # noqa: B008
    words = (f"Guests open {LINK}", "q ends")
    return Likeness(picture().tobytes(), lamps, frozenset(down), "MUTED", words)


def drawn(columns: int, rows: int, log: tuple[str, ...] = ()) -> list[str]:
    return [PAINT.sub("", line) for line in lines(box(), log, columns, rows)]


@pytest.mark.parametrize(
    ("columns", "rows", "width"),
    [(130, 39, 130), (130, 38, 130), (129, 39, 66), (200, 37, 66), (66, 23, 66), (66, 22, 66)],
)
def test_it_is_as_large_as_fits(columns: int, rows: int, width: int) -> None:
    seen = drawn(columns, rows)
    assert len(seen) <= rows
    assert max(map(len, seen)) == width
    assert seen[1] == "╭" + "─" * (width - 2) + "╮"
    assert seen[-2:] == [f"Guests open {LINK}", "q ends"]


@pytest.mark.parametrize(("rows", "below"), [(24, 4), (23, 3), (22, 2)])
def test_the_log_comes_last_where_there_is_room(rows: int, below: int) -> None:
    said = ["", f"Guests open {LINK}", "q ends", "lost"]
    kept = {4: said, 3: said[1:], 2: said[1:3]}[below]
    assert drawn(66, rows, ("lost",))[20:] == kept


@pytest.mark.parametrize(("columns", "rows"), [(65, 22), (66, 21), (200, 21), (66, 5), (32, 9)])
def test_where_the_box_does_not_fit_it_is_told_in_words(columns: int, rows: int) -> None:
    state, keys, *below = drawn(columns, rows)
    assert state == "   ○ MUTED    ○ REQUEST"
    assert keys.split() == ["m", "MUTE", "a", "APPROVE", "e", "END"]
    told = " ".join(below)
    assert "window is too small: the box needs 66 × 22 characters." in told
    assert LINK in told.replace(" ", "") if columns < len(LINK) else LINK in told
    assert told.endswith("q ends")


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (20, 3), (1, 1), (0, 0)])
def test_nothing_hangs_over(columns: int, rows: int) -> None:
    seen = drawn(columns, rows, ("the microphone is lost",))
    assert len(seen) <= rows
    assert all(len(line) <= columns for line in seen)


def test_lamps_shine_by_sign_and_colour() -> None:
    dark, dim, bright = (lines(box(Lamps(b, 1.0 - b)), (), 80, 24)[0] for b in (0.0, 0.5, 1.0))
    assert PAINT.sub("", dark) == "   ○ ON AIR    ● REQUEST"
    assert PAINT.sub("", bright) == "   ● ON AIR    ○ REQUEST"
    assert PAINT.sub("", dim) == "   ● ON AIR    ● REQUEST"
    assert len({dark, dim, bright}) == 3


def test_a_button_that_is_down_is_marked() -> None:
    up, down = (lines(box(down=which), (), 80, 24)[19] for which in ((), ("approve",)))
    assert PAINT.sub("", up) == PAINT.sub("", down)
    assert "\x1b[7;1m a APPROVE \x1b[0m" in down
    assert "\x1b[7" not in up
