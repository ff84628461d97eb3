"""Names of every script and every mischief."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spacebox.room.names import RAW_NAME, clean, clean_name, clean_within, sentence, unique_name

steady = settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ZALGO = "Z" + "\u0316\u0323" * 60
BITS = (
    *(
        "a",
        "B",
        "é",
        "e\u0301",
        "Å",
        "ß",
        "İ",
        "ﬁ",
        "한",
        "\u1112\u1161\u11ab",
        "नि",
        "م",
        "ש",
        "𝒜",
    ),
    *(" ", "\t", "\n", "\u00a0", "\u2003", "\u2028", "\u0000", "\u001f", "\u007f", "\u0085"),
    *("\u202e", "\u2066", "\u2069", "\u200e", "\u061c", "\ufeff", "\u00ad", "\u200b", "\u2060"),
    *("\u200c", "\u200d", "\ufe0f", "\u034f", "\u3164", "\uffa0", "\u115f", "\u2800", "\u0308"),
    *("\ud800", "\udfff", "\ue000", "\uffff", "\u0378", "\U000e0041", "\U0001f3fd", "👍", "🇵", "🇱"),
    *(FAMILY, ZALGO, "\u0d4e", "1", "2"),
)
text = st.lists(st.sampled_from(BITS), max_size=45).map("".join) | st.text(
    st.characters(exclude_categories=()), max_size=60
)
_JOINERS = "\u200c\u200d"


def graphemes(name: str) -> int:
    return len(regex.findall(r"\X", name))


def assert_fit_to_be_shown(name: str) -> None:
    assert graphemes(name) <= 32
    assert len(name) <= 128
    assert unicodedata.is_normalized("NFC", name)
    for character in name:
        assert character in _JOINERS or unicodedata.category(character)[0] != "C"
    assert name == name.strip(" " + _JOINERS)
    assert "  " not in name
    assert not regex.search(r"[\s--[ ]]", name, regex.V1)
    name.encode()


@steady
@given(text)
@example("a \u200b b")
@example(" \u0308" * 40 + "x")
@example(ZALGO * 3)
def test_a_cleaned_name_is_fit_to_be_shown_and_stays_as_it_is(written: str) -> None:
    name = clean_name(written)
    assert_fit_to_be_shown(name)
    assert clean_name(name) == name
    assert clean(clean(written)) == clean(written)


@steady
@given(text.map(clean_name).filter(bool), st.lists(text.map(clean_name), max_size=4))
@example("a" + "\u0316" * 127, ["a" + "\u0316" * 127])
def test_a_unique_name_is_fit_to_be_shown_too_and_nobody_elses(name: str, taken: list[str]) -> None:
    taken = [*taken, name, name.upper(), f"{name} 2"]
    unique = unique_name(name, taken)
    assert_fit_to_be_shown(unique)
    assert clean_name(unique) == unique
    assert unique.casefold() not in {other.casefold() for other in taken}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ana", "Ana"),
        ("  Ana \t\n van\u00a0 \u2003Dam ", "Ana van Dam"),
        ("e\u0301va", "éva"),
        ("\u202eanA\u202c", "anA"),
        ("A\u0000n\u200ba\ufeff", "Ana"),
        ("a\ud800b", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (f"\u200d{FAMILY}\u200d", FAMILY),
        ("❤️", "❤️"),
        ("🇵🇱", "🇵🇱"),
        ("𝒜na", "𝒜na"),
        ("x" * 33, "x" * 32),
        (FAMILY * 40, FAMILY * 18),
        ("x" * 31 + " y", "x" * 31),
        ("Ana \ue000\u0378\uffff", "Ana"),
    ],
)
def test_cleaning(written: str, shown: str) -> None:
    assert clean_name(written) == shown


@pytest.mark.parametrize(
    "blank",
    ["", " ", "\u200d", "\u200c \u200d", "\u0301", "\u3164", "\u2800", "\u115f\u1160", "\ufe0f"],
)
def test_a_name_with_nothing_to_see_is_none(blank: str) -> None:
    assert clean_name(blank) == ""


@pytest.mark.parametrize(
    "lookalike", ["Ana", "ANA", "Ａｎａ", "A\u200dna", "Ana\ufe0f", "A na", "𝐀𝐧𝐚", "Ana\u1160"]
)
def test_who_looks_the_same_gets_a_number(lookalike: str) -> None:
    assert unique_name(lookalike, ["Ana"]) == f"{lookalike} 2"


def test_the_first_free_number_is_taken_and_room_is_made_for_it() -> None:
    assert unique_name("Ana", ["Kofi"]) == "Ana"
    assert unique_name("Ana", ["Ana", "ana 2", "Ana 4"]) == "Ana 3"
    assert unique_name("x" * 32, ["x" * 32]) == "x" * 30 + " 2"
    assert unique_name(FAMILY * 18, [FAMILY * 18]) == FAMILY * 18 + " 2"


def test_a_flood_of_marks_is_not_even_put_in_order() -> None:
    flood = "Z" + "\u0315" * 10_000 + "\u0323" * 16_000
    assert clean_name(flood) == clean_name(flood[:RAW_NAME])
    assert len(clean_name(flood)) == 128
    assert clean_within(flood, 60) is None


def test_what_is_within_its_length_only_once_cleaned_is_taken() -> None:
    assert clean_within("a\t\t\tb", 3) == "a b"
    assert clean_within("abcd", 3) is None


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("the stage is full", "The stage is full."),
        ("Not you!", "Not you!"),
        ("one moment…", "One moment…"),
        ("", ""),
    ],
)
def test_a_refusal_is_read_as_a_sentence(said: str, read: str) -> None:
    assert sentence(said) == read
