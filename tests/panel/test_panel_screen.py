"""Each screen against its golden picture; ``REWRITE=1`` writes them and the sheet anew."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from panel.contact_sheet import GOLDEN, SHEET, sheet
from panel.samples import IDLE, REQUEST, SAMPLES
from panel.texts import ENDLESS, HOSTILE, WIDE, WIDE_CJK
from spacebox.panel import views as v
from spacebox.panel.screen import draw
from spacebox.panel.screens.codes import broken
from spacebox.panel.views import Hold, Shown

REWRITE = os.environ.get("REWRITE") == "1"


@pytest.mark.parametrize("name", SAMPLES)
def test_looks_as_it_did(name: str) -> None:
    picture, file = draw(SAMPLES[name]), GOLDEN / f"{name}.png"
    if REWRITE:
        picture.save(file, optimize=True)
    with Image.open(file) as golden:
        assert (picture.mode, picture.size) == (golden.mode, golden.size) == ("1", (128, 64))
        assert picture.tobytes() == golden.tobytes()


def test_every_golden_picture_is_of_a_sample_and_on_the_sheet() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(SAMPLES)
    now = sheet()
    if REWRITE:
        now.save(SHEET, optimize=True)
    with Image.open(SHEET) as kept:
        assert kept.size == now.size
        assert kept.tobytes() == now.tobytes()


def test_every_view_has_a_sample() -> None:
    assert {type(shown.view) for shown in SAMPLES.values()} == set(get_args(v.View))


def pixels(picture: Image.Image) -> bytes:
    """Return a byte per pixel, lit ones 255."""
    return picture.convert("L").tobytes()


# Burn-in


def moved(picture: Image.Image, columns: int) -> bytes:
    glass = Image.new("1", picture.size)
    glass.paste(picture, (columns, 0))
    return glass.tobytes()


@pytest.mark.parametrize("name", ["idle", "request", "agenda", "summary", "start-up"])
def test_the_picture_wanders_by_the_minute(name: str) -> None:
    first = draw(SAMPLES[name])
    for minute in range(7):
        picture = draw(replace(SAMPLES[name], minute=minute))
        assert picture.tobytes() == moved(first, minute % 3)


@pytest.mark.parametrize("name", ["code", "code-held", "wifi"])
def test_what_a_telephone_reads_stays(name: str) -> None:
    assert draw(replace(SAMPLES[name], minute=1)).tobytes() == draw(SAMPLES[name]).tobytes()


def test_the_state_is_filled_and_outlined_in_turns() -> None:
    chips = [
        draw(replace(SAMPLES["live"], minute=minute)).crop((0, 0, 45, 11)) for minute in (0, 3)
    ]
    filled, outlined = (sum(pixels(chip)) for chip in chips)
    assert filled > 1.5 * outlined > 0


def test_a_glass_that_rests_is_dark() -> None:
    assert draw(Shown(v.Blank(), IDLE)).getbbox() is None


# What a telephone reads


def modules(picture: Image.Image, left: int, top: int, size: int, scale: int) -> set[bytes]:
    """Return which values the pixels of each module have; one of each where all is well."""
    found = set()
    for row in range(size):
        for column in range(size):
            x, y = left + column * scale, top + row * scale
            found.add(bytes(set(pixels(picture.crop((x, y, x + scale, y + scale))))))
    return found


@pytest.mark.parametrize(
    ("name", "size", "scale"),
    [
        ("code", 25, 2),
        ("code-lan", 25, 2),
        ("code-local", 25, 2),
        ("code-ipv6", 29, 2),
        ("code-long", 29, 2),
        ("code-path", 33, 1),
        ("wifi", 29, 2),
    ],
)
def test_codes_are_as_large_as_they_fit(name: str, size: int, scale: int) -> None:
    picture = draw(SAMPLES[name])
    border = (62 - size * scale) // 2
    assert border >= 2
    lit = picture.crop((0, 1, 62, 63))
    dark = ImageChops.invert(lit).getbbox()
    assert dark == (border, border, border + size * scale, border + size * scale)
    assert modules(picture, border, 1 + border, size, scale) == {b"\x00", b"\xff"}


def test_a_link_that_no_code_holds_is_still_told() -> None:
    picture = draw(Shown(v.JoinCode(f"https://box.example/{'path/' * 100}K7QX", None)))
    assert picture.crop((0, 0, 62, 64)).getbbox() is None
    assert picture.crop((68, 13, 128, 51)).getbbox() is not None


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("box.example.org/s/", ["box.example", ".org/s/"]),
        ("192.168.178.41:8080/s/", ["192.168.178", ".41:8080/s/"]),
        ("radio-nacht.example/", ["radio-", "nacht", ".example/"]),
        ("W" * 20, ["W" * 10, "W" * 10]),
    ],
)
def test_an_address_is_broken_between_its_words(address: str, lines: list[str]) -> None:
    assert broken(address) == lines


# Bars


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 1.0])
def test_a_hold_fills_the_bar_evenly(part: float) -> None:
    row = draw(replace(SAMPLES["request"], hold=Hold("", part))).crop((2, 55, 124, 56))
    assert pixels(row) == (b"\xff" * round(122 * part)).ljust(122, b"\x00")


def test_the_words_of_a_bar_are_turned_over_where_it_is_full() -> None:
    empty, full = (
        draw(replace(SAMPLES["request"], hold=Hold("decline", part))).crop((2, 54, 124, 62))
        for part in (0.0, 1.0)
    )
    assert empty.getbbox() is not None
    assert full.tobytes() == ImageChops.invert(empty).tobytes()


# Whatever is written

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [HOSTILE, ENDLESS, "W" * 32, "山本純" * 11, "ليلى الحسيني", "g" * 40, "Åĝ山" * 9]
)
SIMPLE = {
    str: TEXT,
    int: st.integers(0, 20_000),
    float: st.floats(0, 1),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Give values of a type that views are made of."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(values, get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=4).map(tuple)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})
    assert issubclass(kind, Enum)
    return st.sampled_from(kind)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(Shown))
def test_anything_is_drawn(shown: Shown) -> None:
    picture = draw(shown)
    assert (picture.mode, picture.size) == ("1", (128, 64))
    if not isinstance(shown.view, v.JoinCode | v.WifiSetup):
        right = shown.minute % 3 + 126
        assert picture.crop((right, 0, 128, 64)).getbbox() is None


LINES = [
    ("idle", "title", (14, 36)),
    ("countdown", "title", (14, 51)),
    ("live", "title", (14, 37)),
    ("request-bare", "name", (14, 51)),
    ("request", "name", (14, 51)),
    ("request", "reason", (14, 51)),
    ("request-chinese", "reason", (14, 51)),
    ("question", "text", (14, 51)),
    ("question", "name", (14, 51)),
    ("agenda", "item", (14, 36)),
    ("agenda", "following", (14, 51)),
    ("update", "doing", (14, 36)),
    ("fault-microphone", "what", (0, 15)),
    ("fault-microphone", "do", (16, 40)),
    ("fault-settings", "do", (16, 51)),
    ("notice", "text", (1, 63)),
    ("notice", "heading", (1, 63)),
    ("unheard", "why", (14, 51)),
    ("reach-public", "text", (14, 51)),
    ("guest-joining", "heading", (14, 51)),
    ("guest-joining", "text", (14, 51)),
    ("guest-listening", "heading", (14, 51)),
    ("guest-listening", "note", (14, 51)),
    ("guest-only-listens", "note", (14, 51)),
    ("guest-on-air", "heading", (14, 51)),
    ("guest-invited", "name", (14, 51)),
    ("guest-invited", "title", (14, 51)),
    ("guest-parted", "heading", (14, 51)),
    ("guest-parted", "text", (14, 51)),
]


@settings(deadline=None)
@given(TEXT)
@example(HOSTILE)
@example(ENDLESS)
@example("Åĝ山" * 20)
def test_what_is_written_stays_within_its_lines(text: str) -> None:
    for name, field, (top, bottom) in LINES:
        shown = SAMPLES[name]
        blank, full = (
            draw(replace(shown, view=replace(shown.view, **{field: words}))) for words in ("", text)
        )
        changed = ImageChops.logical_xor(blank, full).getbbox() or (0, top, 0, bottom)
        assert top <= changed[1] <= changed[3] <= bottom, (name, field, changed)


@settings(deadline=None)
@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=5))
def test_those_to_thank_stay_above_the_footer(thank: list[str], asked: list[str]) -> None:
    shown = SAMPLES["wrapping-up"]
    view = replace(shown.view, thank=tuple(thank), asked=tuple(asked))
    changed = ImageChops.logical_xor(
        draw(replace(shown, view=view)), draw(SAMPLES["wrapping-up-alone"])
    )
    box = changed.getbbox() or (0, 14, 0, 51)
    assert 12 <= box[1] <= box[3] <= 51


@pytest.mark.parametrize("name", ["", "\u202e\u200b\x00", " \t"])
def test_whoever_has_no_name_is_a_guest(name: str) -> None:
    shown = SAMPLES["request"]
    nameless, guest = (
        draw(replace(shown, view=replace(shown.view, name=words))) for words in (name, "guest")
    )
    assert nameless.tobytes() == guest.tobytes()


@settings(deadline=None)
@given(TEXT)
@example(HOSTILE)
@example(WIDE_CJK)
def test_no_reason_moves_the_name_of_who_asks(reason: str) -> None:
    """The host approves by it, and the guest has written both."""
    for name in ("request", "request-wide", "request-wide-japanese", "request-arabic"):
        shown = SAMPLES[name]
        changed = draw(replace(shown, view=replace(shown.view, reason=f"? {reason}")))
        rows = 28 if shown.view.name in (REQUEST.name, WIDE) else 29
        top = (0, 0, 128, rows)
        assert changed.crop(top).tobytes() == draw(shown).crop(top).tobytes()


@pytest.mark.parametrize("name", ["question-chinese", "question-long", "question-mixed"])
def test_a_long_question_leaves_room_for_who_asks(name: str) -> None:
    shown = SAMPLES[name]
    other = draw(replace(shown, view=replace(shown.view, name="")))
    assert ImageChops.logical_xor(draw(shown), other).getbbox() is not None
