"""Where in a TOML document a key is set."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

Key = tuple[str, ...]


def lines_of(text: str) -> dict[Key, int]:
    """Return the line, counted from 1, on which each key and table of a valid document begins.

    A statement of TOML never ends in the middle of a line, and its lines are no document before
    the last of them is there: so the parser itself finds where each one ends.
    """
    found: dict[Key, int] = {}
    table: Key = ()
    statement, begins = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        statement += f"{line}\n"
        try:
            content = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        header = statement.lstrip().startswith("[")
        keys = list(_keys(content, ()))
        for key in keys:
            found.setdefault(key if header else table + key, begins)
        if header:
            table = keys[-1]
        statement, begins = "", number + 1
    return found


def _keys(content: Mapping[str, object], at: Key) -> Iterator[Key]:
    for name, value in content.items():
        key = (*at, name)
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)
