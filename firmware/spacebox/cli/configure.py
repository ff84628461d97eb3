"""``spacebox config``: look at the configuration and change it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomlkit

from spacebox.cli.failures import WrongUsage
from spacebox.config.load import ConfigError, parse, read, settings
from spacebox.config.places import CONFIG
from spacebox.config.schema import Config


def load(named: Path | None) -> Config:
    """Read the configuration as the daemon does. Raises ConfigError."""
    return parse(content(named), str(named or CONFIG))


def content(named: Path | None) -> bytes:
    """Return the bytes of the file *named*, or of the usual one, which may be missing."""
    path = named or CONFIG
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if named is None:
            return b""
        raise WrongUsage(f"{path}: no such file") from None
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror}") from None


def check(args: Namespace) -> int:
    where = args.file or CONFIG
    _, mistakes = read(content(args.file), str(where))
    if args.json:
        found = [{"line": m.line, "key": m.key, "reason": m.reason} for m in mistakes]
        _print({"file": str(where), "ok": not mistakes, "mistakes": found}, as_json=True)
    elif mistakes:
        print(*mistakes, sep="\n", file=sys.stderr)
    else:
        print(f"{where}: {'no mistakes' if where.exists() else 'no such file: defaults hold'}")
    return 2 if mistakes else 0


def show(args: Namespace) -> int:
    _print(_as_toml(asdict(load(args.config))), args.json)
    return 0


def get(args: Namespace) -> int:
    values = dict(settings(load(args.config)))
    if args.key not in values:
        raise _no_such(args.key)
    _print(_as_toml(values[args.key]), args.json)
    return 0


def path(args: Namespace) -> int:
    _print(str(args.config or CONFIG), args.json)
    return 0


def put(args: Namespace) -> int:
    """Change one setting. Comments and order of the file stay; a mistake changes nothing."""
    if args.key not in dict(settings(Config())):
        raise _no_such(args.key)
    where = args.config or CONFIG
    before = content(where) if where.exists() else b""
    _, old = read(before, str(where))
    if any(not mistake.key for mistake in old):
        raise ConfigError(old)
    known = {(mistake.key, mistake.reason) for mistake in old}
    refused = ""
    for value in _readings(args.value):
        after = _with(before.decode("utf-8-sig"), args.key, value)
        wrong = [m for m in read(after, str(where))[1] if (m.key, m.reason) not in known]
        if not wrong:
            _write(where, after.encode())
            print(f"Saved to {where}. A running box takes it when it starts again.")
            return 0
        refused = refused or "\n".join(f"{m.key}: {m.reason}" for m in wrong)
    raise WrongUsage(refused)


def _readings(text: str) -> tuple[object, ...]:
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
    except OSError as error:
        raise WrongUsage(f"{where}: cannot be written: {error.strerror}") from None


def _inherit(file: int, where: Path) -> None:
    old = where.stat() if where.exists() else None
    os.fchmod(file, old.st_mode if old else 0o644)
    if old:
        with suppress(PermissionError):
            os.fchown(file, old.st_uid, old.st_gid)


def _no_such(key: str) -> WrongUsage:
    near = get_close_matches(key, [known for known, _ in settings(Config())], n=1)
    return WrongUsage(f"{key}: no such setting" + (f"; did you mean {near[0]}?" if near else ""))


def _as_toml(value: Any) -> Any:
    """Turn tuples into lists and leave out what has no value."""
    if isinstance(value, Mapping):
        return {key: _as_toml(inner) for key, inner in value.items() if inner is not None}
    return list(value) if isinstance(value, tuple) else value


def _print(value: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(value, default=datetime.isoformat, ensure_ascii=False, indent=2))
    elif isinstance(value, Mapping):
        print(tomlkit.dumps(value), end="")
    elif value is not None:
        print(value if isinstance(value, str) else tomlkit.item(value).as_string())
