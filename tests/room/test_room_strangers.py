"""A value of a stranger's is what it should be, or as good as left out."""

from __future__ import annotations

import pytest

from spacebox.room import strangers
from spacebox.room.model import Access, Role


@pytest.mark.parametrize(
    ("value", "read"),
    [(3, 3.0), (0.5, 0.5), (-1, 0.0), (10**400, 9.0), (float("inf"), 9.0), (float("nan"), 0.0)]
    + [(value, 0.0) for value in (True, "3", None, [3])],
)
def test_numbers(value: object, read: float) -> None:
    assert strangers.number(value, 9.0) == read
    assert strangers.count(value, 9) == int(read)


@pytest.mark.parametrize(
    ("value", "read"),
    [("2026-11-20T19:00:00+01:00",) * 2, ("2026-11-20T18:00:00Z",) * 2]
    + [(value, "") for value in ("2026-11-20T19:00:00", "soon", "2" * 50, 7, None)],
)
def test_moments(value: object, read: str) -> None:
    assert strangers.moment(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [(" a\tb\n", "a b"), ("a\u202eb\x00", "ab"), ("\ud800", ""), ("é" * 99, "é" * 10), (7, "")],
)
def test_text(value: object, read: str) -> None:
    assert strangers.text(value, 10) == read


def test_names() -> None:
    assert strangers.name("Ana") == "Ana"
    assert strangers.name("\u200b", "Nobody") == "Nobody"
    assert strangers.name(None) == "Guest"
    assert len(strangers.name("a" * 10**6)) == 32


@pytest.mark.parametrize("value", ["", "a b", "../x", "a" * 65, "ä", 7, None, ["a"]])
def test_what_is_no_id(value: object) -> None:
    assert strangers.identity(value) == ""


def test_choices_and_shapes() -> None:
    assert strangers.identity("Ab-_9") == "Ab-_9"
    assert strangers.role("cohost") is Role.COHOST
    assert strangers.role("host") is Role.LISTENER
    assert strangers.role(["cohost"]) is Role.LISTENER
    assert strangers.choice(Access, "pin", Access.OPEN) is Access.PIN
    assert strangers.choice(Access, {}, Access.OPEN) is Access.OPEN
    assert strangers.items([1, 2, 3], 2) == [1, 2]
    assert strangers.items("ab", 2) == []
    assert strangers.table({"a": 1}) == {"a": 1}
    assert strangers.table([("a", 1)]) == {}
