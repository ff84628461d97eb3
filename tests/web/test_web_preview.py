"""The QR code and the cover, looked at as pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from served import SITE, Box

from spacebox.web import cover
from spacebox.web.cover import SIZE, Cover, draw
from spacebox.web.preview import qr_svg


async def test_the_qr_code_is_the_short_link(box: Box) -> None:
    status, body, headers = await box.ask("GET", "/qr.svg")
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert body == qr_svg(f"https://radio.example/s/{SITE.code}")


def test_capitals_make_the_code_smaller_where_they_change_nothing() -> None:
    def modules(link: str) -> int:
        return int(qr_svg(link).partition(b'viewBox="0 0 ')[2].partition(b" ")[0]) - 6

    assert modules("http://space-box.local:8080/s/ACDEF") == 25
    assert modules("https://radio.example/pages/s/ACDEF") == 29


async def test_the_cover_is_drawn_once_for_all(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Cover] = []

    def count(wanted: Cover) -> bytes:
        drawn.append(wanted)
        return draw(wanted)

    monkeypatch.setattr("spacebox.web.preview.draw", count)
    pictures = {(await box.ask("GET", "/cover.png"))[1] for _ in range(3)}
    box.start()
    _, live, headers = await box.ask("GET", "/cover.png")

    assert len(pictures) == 1
    assert headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(live)).size == SIZE
    assert drawn == [
        Cover("A Space with Mira", "Mira", on_air=False),
        Cover("Slow radio at night", "Mira", on_air=True),
    ]


def ink(picture: bytes) -> tuple[int, int, int, int]:
    """Return the box around the title: left, top, right, bottom."""
    image = Image.open(io.BytesIO(picture)).crop((0, 100, SIZE[0], SIZE[1] - 130))
    box = image.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize(
    "title", ["W" * 100, "word " * 40, "夜" * 100, "📻" * 100, "أمسية " * 30, "a\u0301" * 60]
)
def test_no_title_leaves_the_paper(title: str) -> None:
    left, top, right, bottom = ink(draw(Cover(title, "Mira", on_air=True)))
    assert left > 70
    assert right < SIZE[0] - 70
    assert 0 < top < bottom < SIZE[1] - 230


def test_who_writes_from_right_to_left_begins_on_the_right() -> None:
    left, _, right, _ = ink(draw(Cover("راديو", "منى", on_air=True)))
    assert left > SIZE[0] // 2
    assert right > SIZE[0] - 100


@pytest.mark.parametrize("character", ["夜", "Ж", "א", "ش", "📻", "한", "ก"])
def test_every_script_has_its_letters(character: str) -> None:
    (line,) = cover._Text(character, cover._SERIF, 40).wrapped(500, 1)
    (font, run) = line._runs[0]
    assert bytes(font.getmask(run)) != cover._blank(font)


def test_without_fonts_there_is_still_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "_open", lambda _path, _size: None)
    cover._font_for.cache_clear()
    assert ink(draw(Cover("Slow radio", "Mira", on_air=True)))
    cover._font_for.cache_clear()
