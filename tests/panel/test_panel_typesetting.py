"""Lines of text in every script against their specimens; ``REWRITE=1`` writes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from panel.hostile import ANY_TEXT
from spacebox.panel import typesetting
from spacebox.panel.readable import LONGEST
from spacebox.panel.typesetting import Face, Line, measure, readable, typeset, wrap

SPECIMENS = Path(__file__).parent / "specimens"
REWRITE = os.environ.get("REWRITE") == "1"
GLASS = 126

TEXTS = {
    "latin": "Ana Wanjiru: “What happens at 5 % loss?” Łódź, Ærø, İstanbul, 12:34",
    "vietnamese": "Tiếng Việt: Nguyễn Thị Ánh hỏi về đài phát thanh chậm",
    "greek": "Ελένη Παπαδοπούλου ρωτά για το αργό ραδιόφωνο",
    "cyrillic": "Юлія Шевченко питає: що чути в ефірі, їжаче?",
    "armenian-georgian": "Հայաստան, საქართველო და მეგობრები",
    "hebrew": "יעל כהן רוצה לדבר על Slow radio ב-19:00 (היום)",
    "hebrew-points": "שָׁלוֹם עֲלֵיכֶם",
    "arabic": "ليلى تريد أن تتحدث عن 4G والسلام (الآن)!",
    "arabic-marks": "مُحَمَّدٌ رَسُولُ السَّلَامِ",
    "persian": "می‌خواهم دربارهٔ رادیو حرف بزنم ۱۲۳",
    "latin-with-hebrew": "Ana (אנה) speaks",
    "adlam": "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪 12",
    "devanagari": "मुझे रेडियो के बारे में हिन्दी में बोलना है",
    "bengali-tamil": "আমি বাংলা, நான் தமிழ்",
    "thai": "อยากพูดเรื่องวิทยุชุมชนที่นี่",
    "ethiopic": "አማርኛ ሬዲዮ",
    "chinese": "我想说一点关于无线电的事情，因为它很重要。",
    "japanese": "「ゆっくりラジオ」について話したいです。",
    "korean": "라디오에 대해 이야기하고 싶어요 정말로",
    "fullwidth": "Ｗｉｄｅ　Ｗｏｒｄｓ，ＡＢＣ１２３",
    "mathematical-gothic": "𝓐𝓷𝓪 𝔚𝔞𝔫 𐌰𐌱",
    "emoji": "👨‍👩‍👧‍👦 Ana 🎉🏳️‍🌈🇩🇪 ❤️‍🔥 😀👍🏽 1️⃣ ☎",
    "stacked-marks": "".join(letter + "\u0301\u0323\u0337\u0489" * 25 for letter in "Zalgo"),
    "controls": "\u202eevil\u202c \x00\x1b[31mred\u200b\u2066up\u2069\nnext\tone",
    "no-glyph": "A\ue000B\u0378C\U00020000D\ud800E\ufffc\ufffdF",
    "endless": "endless " * 12_500,
    "endless-word": "W" * 100_000,
}


def ink(line: Line) -> Image.Image:
    return line.image.crop(line.image.getbbox())


def specimen(text: str) -> Image.Image:
    """The text on one line in three sizes, and wrapped to two lines in the smallest."""
    set_lines = [typeset(text, face, GLASS) for face in (Face.SMALL, Face.MEDIUM, Face.LARGE)]
    set_lines += wrap(text, Face.SMALL, GLASS, 2)
    picture = Image.new("1", (GLASS, sum(line.height for line in set_lines)))
    y = 0
    for line in set_lines:
        picture.paste(line.image, (0, y))
        y += line.height
    return picture


@pytest.mark.parametrize("name", TEXTS)
def test_a_specimen_looks_as_it_did(name: str) -> None:
    picture = specimen(TEXTS[name])
    file = SPECIMENS / f"{name}.png"
    if REWRITE:
        picture.save(file, optimize=True)
    with Image.open(file) as golden:
        assert (picture.mode, picture.size) == (golden.mode, golden.size)
        assert picture.tobytes() == golden.tobytes()


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(Face), st.integers(0, 300))
def test_any_text_stays_within_its_width(text: str, face: Face, width: int) -> None:
    line = typeset(text, face, width)
    assert line.image.mode == "1"
    assert line.width <= width
    assert line.height == line.image.height <= face.value.height + 4
    if readable(text) and width >= 40:
        assert line.image.getbbox() is not None


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(Face), st.integers(0, 200), st.integers(1, 5))
def test_any_text_is_wrapped_within_its_box(text: str, face: Face, width: int, lines: int) -> None:
    found = wrap(text, face, width, lines)
    assert len(found) <= lines
    assert all(line.width <= width for line in found)
    assert bool(found) == bool(readable(text))


@settings(deadline=None)
@given(ANY_TEXT, st.integers(40, 140))
def test_a_text_that_fits_is_set_whole_on_one_line(text: str, width: int) -> None:
    if measure(text, Face.SMALL) <= width:
        whole = typeset(text, Face.SMALL)
        assert [line.image for line in wrap(text, Face.SMALL, width, 3)] == [whole.image] * bool(
            readable(text)
        )
        assert typeset(text, Face.SMALL, width).image == whole.image


def test_is_cut_between_letters_with_an_ellipsis() -> None:
    narrow = measure("Ana W…", Face.LARGE)
    assert typeset("Ana Wanjiru", Face.LARGE, narrow).image == typeset("Ana W…", Face.LARGE).image
    one_less = typeset("Ana Wanjiru", Face.LARGE, narrow - 1)
    assert one_less.image == typeset("Ana…", Face.LARGE).image


def test_where_not_even_the_ellipsis_fits_nothing_is_set() -> None:
    assert typeset("Ana", Face.LARGE, 3).width == 0
    assert typeset("", Face.LARGE).width == 0


def test_wraps_by_words_and_cuts_the_last_line() -> None:
    width = measure("speak of…", Face.SMALL)
    lines = wrap("wants to speak of radio", Face.SMALL, width, 2)
    assert [line.image for line in lines] == [
        typeset(text, Face.SMALL).image for text in ("wants to", "speak of…")
    ]


def test_a_word_wider_than_a_line_is_broken_where_the_line_ends() -> None:
    width = measure("a aaaa", Face.SMALL)
    lines = wrap("a aaaaaaa", Face.SMALL, width, 3)
    assert [line.image for line in lines] == [
        typeset(text, Face.SMALL).image for text in ("a aaaa", "aaa")
    ]


def test_chinese_is_broken_anywhere_but_before_a_comma_or_behind_a_bracket() -> None:
    width = measure("我想说", Face.SMALL) + 2
    lines = wrap("我想说，无线", Face.SMALL, width, 3)
    assert lines[0].image == typeset("我想", Face.SMALL).image
    assert lines[1].image == typeset("说，无", Face.SMALL).image
    lines = wrap("我想（说无", Face.SMALL, measure("我想（", Face.SMALL), 2)
    assert lines[0].image == typeset("我想", Face.SMALL).image


def test_digits_keep_their_cell() -> None:
    for face in Face:
        assert len({measure(str(digit), face) for digit in range(10)}) == 1


def test_both_fonts_share_the_baseline() -> None:
    mixed, plain = typeset("A汉", Face.SMALL), typeset("A", Face.SMALL)
    assert (plain.over, mixed.over) == (0, 4)
    letter = mixed.image.crop((0, mixed.over, plain.width, mixed.over + plain.height))
    assert letter == plain.image
    assert mixed.ascent - plain.ascent == mixed.over


def test_a_line_is_as_high_as_its_tallest_font() -> None:
    assert [typeset("A", face).height for face in Face] == [12, 14, 16, 24, 32]
    assert [typeset("汉", face).height for face in Face] == [16, 16, 16, 16, 16]
    assert typeset("A汉", Face.LARGE).height == 18


def test_right_to_left_begins_at_the_right() -> None:
    first, both = typeset("ש", Face.SMALL), typeset("שא", Face.SMALL)
    right = both.image.crop((both.width - first.width, 0, both.width, both.height))
    assert right == first.image


def test_arabic_is_joined_and_a_non_joiner_parts_it() -> None:
    apart = typeset("بب", Face.SMALL), typeset("ب\u200cب", Face.SMALL)
    assert ImageChops.difference(*(line.image.resize((32, 16)) for line in apart)).getbbox()


def test_right_to_left_is_cut_at_its_end() -> None:
    line = typeset("שלום לכולם וברוכים הבאים", Face.SMALL, 80)
    begin = typeset("שלום", Face.SMALL)
    assert ink(line).crop((line.width - begin.width, 0, line.width, 10)) == ink(begin).crop(
        (0, 0, begin.width, 10)
    )


def test_a_text_of_both_directions_is_not_cut_behind_the_first_letter_of_a_word() -> None:
    for text, held, letters in (
        ("Ana אב Slow", "Ana אב…", "Ana אב S…"),
        ("Ana אב ג Slow", "Ana אב ג…", "Ana אב ג…"),
    ):
        cut = typeset(text, Face.SMALL, measure(letters, Face.SMALL))
        assert cut.image == typeset(held, Face.SMALL).image


def test_a_wrapped_paragraph_keeps_its_direction() -> None:
    """The second line has no Hebrew, and yet its mark stands at the left, where it ends."""
    _, second = wrap("שלום שלום Slow radio!", Face.SMALL, 100, 2)
    mark = typeset("א!", Face.SMALL)
    assert second.width > mark.width
    assert second.image.crop((0, 0, 4, 16)) == mark.image.crop((0, 0, 4, 16))


@pytest.fixture
def nothing_is_set() -> Iterator[None]:
    """Let what was set under other conditions be forgotten, before and after."""
    forget()
    yield
    forget()


def forget() -> None:
    for part in vars(typesetting).values():
        if hasattr(part, "cache_clear"):
            part.cache_clear()


@pytest.mark.usefixtures("nothing_is_set")
def test_without_fribidi_a_text_is_still_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typesetting.SHAPES
    monkeypatch.setattr(typesetting, "SHAPES", False)
    line = typeset("אב unshaped", Face.SMALL, 80)
    first = typeset("א", Face.SMALL)
    assert line.image.crop((0, 0, first.width, 12)) == first.image


def test_what_is_behind_the_longest_is_not_looked_at() -> None:
    text = "a" * LONGEST
    assert typeset(text + "b" * 100_000, Face.SMALL).image == typeset(text + "…", Face.SMALL).image
