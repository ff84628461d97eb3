"""``spacebox config``: look at the configuration and change it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomlkit

from spacebox.cli.draft import Draft, bytes_of, readings
from spacebox.cli.failures import WrongUsage
from spacebox.config.load import parse, read, settings
from spacebox.config.places import CONFIG
from spacebox.config.schema import Config


def load(named: Path | None) -> Config:
    """Read the configuration as the daemon does. Raises ConfigError."""
    return parse(content(named), str(named or CONFIG))


def content(named: Path | None) -> bytes:
    """Return the bytes of the file *named*, or of the usual one, which may be missing."""
    found = bytes_of(named or CONFIG)
    if found is None and named is not None:
        raise WrongUsage(f"{named}: no such file")
    return found or b""


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
    draft = Draft(args.config or CONFIG)
    draft.put(args.key, *readings(args.value))
    print(draft.save())
    return 0


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
