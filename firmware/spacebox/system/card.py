"""The files that an owner leaves on the card: taken once, and freed of their secrets.

A file without a mistake is removed. One with mistakes stays to be mended, but for the secrets in
it that were taken; what is right in it holds, and it is taken again once it has been changed.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit

from spacebox.config import load
from spacebox.config.lines import Key
from spacebox.config.load import Mistake
from spacebox.system import preseed
from spacebox.system.preseed import CUT, Preseed

SETTINGS: Final = "spacebox.toml"
_SECRETS: Final[tuple[Key, ...]] = (("network", "turn_credential"), ("network", "turn_secret"))

Seen = Mapping[str, Sequence[str]]
"""What is on the card and was taken already: hashes, by the file's name."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the card, as it is and as it is left there."""

    name: str
    content: bytes
    left: bytes
    """Empty where nothing is."""
    mistakes: tuple[Mistake, ...]
    fresh: bool
    """Whether it was not taken before as it is."""

    @property
    def usable(self) -> bool:
        """Whether it is TOML at all."""
        return all(mistake.key for mistake in self.mistakes)


def wishes(card: Path, seen: Seen, is_zone: Callable[[str], bool]) -> tuple[Preseed, Found | None]:
    """Return what Raspberry Pi Imager left on the card. Raises OSError for what is unreadable."""
    content = _content(card / preseed.NAME)
    if content is None:
        return Preseed(), None
    wished, mistakes = preseed.read(content, preseed.NAME, is_zone)
    found = _found(preseed.NAME, content, mistakes, preseed.SECRETS, seen)
    return wished if found.fresh else Preseed(), found


def settings(card: Path, seen: Seen, current: bytes) -> tuple[bytes, Found | None]:
    """Return the box's settings, *current* ones where there are no new ones on the card.

    Raises OSError for what is unreadable.
    """
    content = _content(card / SETTINGS)
    if content is None:
        return current, None
    _, mistakes = load.read(content, SETTINGS)
    found = _found(SETTINGS, content, mistakes, _SECRETS, seen)
    if not found.fresh or not found.usable:
        return current, found
    return _uncut(content, current), found


def leave(card: Path, found: Found) -> None:
    """Bring the card to what is to be left of a file, so that no secret can be read of it.

    Raises OSError where the card cannot be written.
    """
    if found.left == found.content:
        return
    path = card / found.name
    with path.open("r+b") as old:
        if found.left:
            new = path.with_suffix(".new")
            with new.open("wb") as file:
                file.write(found.left)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        # Its blocks are still there without a name: they are overwritten, not only given back.
        # Empty lines are no mistake, if the power fails before the name is gone as well.
        old.write(b"\n" * len(found.content))
        old.flush()
        os.fsync(old.fileno())
    if not found.left:
        path.unlink()
    _sync(card)


def digest(content: bytes) -> str:
    """Return by what *content* is known again."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if content.strip():
        return content
    path.unlink()  # overwritten, when the power failed
    return None


def _found(
    name: str, content: bytes, mistakes: tuple[Mistake, ...], secrets: Sequence[Key], seen: Seen
) -> Found:
    fresh = digest(content) not in seen.get(name, ())
    found = Found(name, content, content, mistakes, fresh)
    if not found.usable:
        return found
    left = _cut(content, secrets, mistakes) if mistakes else b""
    return Found(name, content, left, mistakes, fresh)


def _cut(content: bytes, secrets: Sequence[Key], mistakes: Sequence[Mistake]) -> bytes:
    """Return a file without its secrets, but for those that have a mistake: they are not taken."""
    wrong = {tuple(mistake.key.split(".")) for mistake in mistakes}
    document: Any = tomlkit.parse(content.decode("utf-8-sig"))
    for table, name in secrets:
        if (
            (table,) not in wrong
            and (table, name) not in wrong
            and document.get(table, {}).get(name)
        ):
            document[table][name] = CUT
    return tomlkit.dumps(document).encode()


def _uncut(content: bytes, current: bytes) -> bytes:
    """Return settings from the card, with the secrets of which the box has cut them out."""
    document: Any = tomlkit.parse(content.decode("utf-8-sig"))
    known: dict[str, Any] = {}
    with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError):
        known = tomllib.loads(current.decode("utf-8-sig"))
    for table, name in _SECRETS:
        if document.get(table, {}).get(name) == CUT:
            document[table][name] = known.get(table, {}).get(name, "")
    return tomlkit.dumps(document).encode()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
