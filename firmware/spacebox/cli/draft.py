"""A configuration file as it would be: changed with its comments, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit

from spacebox.cli.failures import WrongUsage
from spacebox.config.load import ConfigError, parsed, read, settings
from spacebox.config.running import waiting
from spacebox.config.schema import Config

_AT_ONCE = "A running box takes it after `sudo systemctl reload spacebox`."
_LATER = (
    "A running box takes it when it starts again, which ends a Space: "
    "`sudo systemctl restart spacebox`."
)


class Draft:
    """The file at *where*. Raises ConfigError for one in which nothing can be changed."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self._before, _ = parsed(bytes_of(where) or b"", str(where))
        self._text = self._before
        _, mistakes = read(self._before, str(where))
        if any(not mistake.key for mistake in mistakes):
            raise ConfigError(mistakes)
        self._known = {(mistake.key, mistake.reason) for mistake in mistakes}

    @property
    def config(self) -> Config:
        """What the file would mean, with defaults where it is wrong."""
        return read(self._text, str(self.where))[0]

    @property
    def changes(self) -> tuple[tuple[str, object, object], ...]:
        """The settings that would change: key, value before and after."""
        before = dict(settings(read(self._before, str(self.where))[0]))
        after = settings(self.config)
        return tuple((key, before[key], new) for key, new in after if new != before[key])

    @property
    def waits(self) -> tuple[str, ...]:
        """The settings that would change with the next start only."""
        return waiting(read(self._before, str(self.where))[0], self.config)

    def put(self, key: str, *readings: object) -> None:
        """Let *key* be the first of *readings* that the box's own checks accept.

        Raises WrongUsage with what is wrong with the first one; nothing has changed then. What was
        wrong before stays as it is, to be put right another time.
        """
        refused = ""
        for value in readings:
            after = _with(self._text, key, value)
            found = read(after, str(self.where))[1]
            wrong = [m for m in found if (m.key, m.reason) not in self._known]
            if not wrong:
                self._text = after
                return
            refused = refused or "\n".join(f"{m.key}: {m.reason}" for m in wrong)
        raise WrongUsage(refused)

    def save(self) -> str:
        """Write the file; say that, and how a running box comes to know. Raises WrongUsage."""
        _write(self.where, self._text.encode())
        return f"Saved to {self.where}. {_LATER if self.waits else _AT_ONCE}"


def bytes_of(path: Path) -> bytes | None:
    """Return what is in a file, None where there is none. Raises WrongUsage."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except PermissionError:
        raise WrongUsage(f"{path}: you may not read it; use sudo") from None
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror}") from None


def readings(text: str) -> tuple[object, ...]:
    """Return what a VALUE may mean: a value of TOML, or the text as it is."""
    try:
        return tomllib.loads(f"value = {text}\n")["value"], text
    except tomllib.TOMLDecodeError:
        return (text,)


def _with(before: str, key: str, value: object) -> str:
    document = tomlkit.parse(before)
    *tables, name = key.split(".")
    inner: Any = document
    for depth, table in enumerate(tables, 1):
        if table not in inner:
            inner[table] = tomlkit.table(is_super_table=depth < len(tables))
        inner = inner[table]
        if not isinstance(inner, Mapping):
            raise WrongUsage(f"{'.'.join(tables[:depth])}: is a table; mend that first")
    inner[name] = value
    return tomlkit.dumps(document)


def _write(where: Path, content: bytes) -> None:
    """Replace a file whole or not at all, with the old one's rights."""
    where = where.resolve()
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=where.parent, delete=False) as file:
            try:
                _inherit(file.fileno(), where)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(where)
            except OSError:
                Path(file.name).unlink()
                raise
        _sync(where.parent)
    except PermissionError:
        raise WrongUsage(f"{where}: you may not change it; use sudo") from None
    except OSError as error:
        raise WrongUsage(f"{where}: cannot be written: {error.strerror}") from None


def _inherit(file: int, where: Path) -> None:
    """Give a file the rights of the one it replaces; a new one is for those of its folder."""
    there = where.exists()
    old = (where if there else where.parent).stat()
    os.fchmod(file, old.st_mode if there else 0o644 & old.st_mode)
    with suppress(PermissionError):
        os.fchown(file, old.st_uid, old.st_gid)


def _sync(folder: Path) -> None:
    """Have the new name outlast a power cut from now on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
