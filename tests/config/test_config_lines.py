import tomllib
from datetime import date

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from spacebox.config.lines import lines_of

DOCUMENT = '''\
# The box in the hall.
top = 1

[panel]   # the front
  dotted.key.inside = 2
"quoted = [key]" = """
[not.a.table]
not_a_key = 3
"""
list = [
  "# no comment",
  4,
]

[panel.buttons]
mute = { tap = 5, hold = { seconds = 6 } }
[[things]]
name = 'seven'
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("top", 2),
        ("panel", 4),
        ("panel.dotted", 5),
        ("panel.dotted.key.inside", 5),
        ("panel.list", 10),
        ("panel.buttons", 15),
        ("panel.buttons.mute", 16),
        ("panel.buttons.mute.hold.seconds", 16),
        ("things", 17),
        ("things.name", 18),
    ],
)
def test_finds_the_line_of(key: str, line: int) -> None:
    assert lines_of(DOCUMENT)[tuple(key.split("."))] == line


def test_text_that_looks_like_statements_is_none() -> None:
    lines = lines_of(DOCUMENT)
    assert lines["panel", "quoted = [key]"] == 6
    assert not any("not_a_key" in key or "not" in key for key in lines)


def test_knows_windows_line_ends() -> None:
    assert lines_of(DOCUMENT.replace("\n", "\r\n")) == lines_of(DOCUMENT)


values = st.recursive(
    st.integers(-9, 9) | st.text(max_size=9) | st.booleans() | st.just(date(2026, 11, 20)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), values, max_size=6))
def test_finds_every_key_of_any_document(content: dict[str, object]) -> None:
    text = tomlkit.dumps(content)
    lines = lines_of(text)
    document = tomllib.loads(text)
    assert {key[0] for key in lines} == set(document)
    for key, value in document.items():
        assert not isinstance(value, dict) or all((key, inner) in lines for inner in value)
        assert 1 <= lines[key,] <= text.count("\n") + 1
