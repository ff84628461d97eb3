"""Which font has which character, and what is drawn of it."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from panel.hostile import ANY_TEXT
from spacebox.panel.glyphs import Face, Unifont, glyph, in_terminus, in_unifont, terminus
from spacebox.panel.readable import clusters, readable


@pytest.mark.parametrize("character", "A?éŁЖΩא€…·♥☺‘")
def test_terminus_has_it_at_every_size(character: str) -> None:
    assert in_terminus(character)
    missing = bytes(terminus(Face.HUGE).getmask("\ue0ff", mode="1"))
    for face in Face:
        mask = terminus(face).getmask(character, mode="1")
        assert mask.getbbox() is not None
        assert character == "?" or bytes(mask) != missing


@pytest.mark.parametrize("character", "ệب我한क\u0e01☎")
def test_unifont_has_what_terminus_lacks(character: str) -> None:
    assert not in_terminus(character)
    assert in_unifont(character, Unifont.LOW)


def test_the_upper_file_has_plane_one() -> None:
    assert in_unifont("𝓐", Unifont.of("𝓐"))
    assert not in_unifont("𝓐", Unifont.LOW)
    assert not in_unifont("\U0001fffd", Unifont.HIGH)


def test_a_box_with_a_number_is_no_glyph() -> None:
    """Unifont draws the code of what it lacks: no such box may pass for a letter."""
    unassigned = [c for c in map(chr, range(0x80, 0xD800)) if regex.match(r"\p{Cn}", c)]
    assert len(unassigned) > 500
    assert not [c for c in unassigned if in_unifont(c, Unifont.LOW)]


def test_the_scripts_of_the_world_are_there() -> None:
    ranges = (0x4E00, 0x9FA5), (0xAC00, 0xD7A4), (0x3041, 0x3096), (0x0E01, 0x0E3A), (0x41, 0x7F)
    for first, end in ranges:
        lacking = [c for c in map(chr, range(first, end - 1)) if not in_unifont(c, Unifont.LOW)]
        assert not lacking


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(Face))
def test_every_cluster_left_has_ink_or_is_a_space(text: str, face: Face) -> None:
    for cluster in clusters(readable(text)):
        found = glyph(cluster, face)
        if cluster == " ":
            assert found.image is None
            continue
        assert found.image is not None
        assert found.image.getbbox() is not None
        assert found.image.height == found.ascent + found.descent
        assert found.advance == found.image.width + found.gap


def test_letters_are_trimmed_and_the_headline_is_not() -> None:
    assert [glyph("i", face).gap for face in Face] == [1, 1, 1, 2, 3]
    assert glyph("i", Face.LARGE).advance < glyph("m", Face.LARGE).advance
    assert glyph("न", Face.SMALL).gap == 0
    assert glyph("我", Face.SMALL).gap == 1
