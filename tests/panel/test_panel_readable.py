"""What is left of a hostile text."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given, settings

from panel.hostile import ANY_TEXT
from spacebox.panel.readable import LONGEST, direction, readable


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("  Ana \t\n Wanjiru\u2028 ", "Ana Wanjiru"),
        ("Zoe\u0308", "Zoë"),
        ("\u202egro.live\u202c", "gro.live"),
        ("a\u200bb\u00adc\ufeffd\x00\x1b", "abcd"),
        ("\u2066Ana\u2069\u200e\u200f\u061c", "Ana"),
        ("\u200b" * 100_000, ""),
        ("ㅤ\u2800\u115f\ufffc", ""),
        ("\u0301\u0302", ""),
        ("a \u0301b", "a b"),
        ("x" + "\u0301" * 1000, "x\u0301\u0301\u0301…"),
        ("می‌خواهم", "می‌خواهم"),
        ("\u200cمی‌‌", "می‌"),
        ("Zo\u200de", "Zoe"),
        ("A\u200c\u0300\u200c", "À"),
        ("क्ष्म", "क्ष्म"),
        ("\U00011d460", "\U00011d460"),
        ("A\ud800\ue000\u0378B", "AB"),
        ("\U00020000\ufffd", "··"),
    ],
)
def test_keeps_what_can_be_drawn(text: str, left: str) -> None:
    assert readable(text) == left


@pytest.mark.parametrize(
    ("emoji", "symbol"),
    [
        ("❤️", "♥"),
        ("♥", "♥"),
        ("💙💛", "♥♥"),
        ("❤️‍🔥", "♥"),
        ("😀", ":)"),
        ("☺️", ":)"),
        ("😭", "·"),
        ("👍🏽", "·"),
        ("👨‍👩‍👧‍👦", "·"),
        ("🏳️‍🌈", "·"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "·"),
        ("🇩🇪🇰🇪", "··"),
        ("⚡", "·"),
        ("1️⃣", "1"),
        ("☎", "☎"),
        ("☎️", "·"),
        ("©™", "©™"),
    ],
)
def test_an_emoji_is_a_heart_a_smile_or_a_dot(emoji: str, symbol: str) -> None:
    assert readable(emoji) == symbol


@settings(deadline=None)
@given(ANY_TEXT)
def test_nothing_is_left_that_cannot_be_drawn(text: str) -> None:
    left = readable(text)
    assert not regex.search(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]", left)
    assert not regex.search(r"(?![\u200c\u200d])\p{Cf}", left)
    assert left == " ".join(left.split())
    assert len(left) <= LONGEST + 1
    assert not regex.search(r"[\p{Mn}\p{Me}]{4}", left)


@settings(deadline=None)
@given(ANY_TEXT)
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    once = readable(text)
    assert readable(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Ana אנה", "ltr"),
        ("12 אנה Ana", "rtl"),
        ("ليلى", "rtl"),
        ("𞤀𞤣", "rtl"),
        ("Ana 12 ١٢", None),
        ("", None),
    ],
)
def test_tells_which_text_runs_to_the_left(text: str, way: str | None) -> None:
    assert direction(text) == way
