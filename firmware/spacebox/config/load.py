"""From TOML to `Config`, with every mistake by file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_type_hints

from spacebox.config.checks import shown
from spacebox.config.lines import Key, lines_of
from spacebox.config.pins import pins
from spacebox.config.schema import Buttons, Config, Lights, Network, Panel, Screen

_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

_TCP_PORTS = ("network.http_port", "network.https_port")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right. `line` counts from 1, `key` is dotted or empty (the whole file)."""

    file: str
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        parts = (f"{self.file}:{self.line}", self.key, self.reason)
        return ": ".join(part for part in parts if part)


class ConfigError(Exception):
    """A file that cannot be used as it is, with everything that is wrong in it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def parse(text: str | bytes, filename: str) -> Config:
    """Read a whole configuration. Raises ConfigError."""
    config, mistakes = read(text, filename)
    if mistakes:
        raise ConfigError(mistakes)
    return config


def parse_or_default(text: str | bytes, filename: str) -> tuple[Config, tuple[str, ...]]:
    """Read what can be read, so that the box starts and can say what is wrong.

    A setting with a mistake keeps its default; a file that is no TOML gives all defaults.
    """
    config, mistakes = read(text, filename)
    return config, tuple(str(mistake) for mistake in mistakes)


def read(text: str | bytes, filename: str) -> tuple[Config, tuple[Mistake, ...]]:
    """Return the configuration with defaults where it is wrong, and what is wrong."""
    try:
        text, document = parsed(text, filename)
    except ConfigError as error:
        return Config(), error.mistakes
    reader = _Reader()
    config = reader.across(reader.table(Config(), document, ()))
    lines = lines_of(text) if reader.found else {}
    mistakes = [Mistake(filename, lines[k], ".".join(k), why) for k, why in reader.found]
    return config, tuple(sorted(mistakes, key=lambda mistake: mistake.line))


def parsed(text: str | bytes, filename: str) -> tuple[str, dict[str, Any]]:
    """Return a document of TOML as text and as tables, whatever is in it. Raises ConfigError."""
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        mistake = Mistake(filename, line, "", "must be written in UTF-8")
        raise ConfigError((mistake,)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_syntax(str(error), str(text), filename),)) from None


def settings(config: Config) -> Iterator[tuple[str, object]]:
    """Yield every setting as its dotted key and value, in the order of the schema."""
    yield from _settings(config, "")


class _Reader:
    def __init__(self) -> None:
        self.found: list[tuple[Key, str]] = []
        self.given: set[Key] = set()

    def table(self, default: T, values: Mapping[str, Any], at: Key) -> T:
        """Return *default* with what *values* say."""
        known = get_type_hints(type(default), include_extras=True)
        changed: dict[str, object] = {}
        for name, value in values.items():
            key = (*at, name)
            try:
                if name not in known:
                    raise ValueError(_unknown(name, value, known))
                if not is_dataclass(before := getattr(default, name)):
                    changed[name] = known[name].__metadata__[0](value)
                    self.given.add(key)
                elif isinstance(value, dict):
                    changed[name] = self.table(before, value, key)
                else:
                    raise ValueError(f"is a table, not {shown(value)}")
            except ValueError as error:
                self.found.append((key, str(error)))
        return replace(default, **changed)  # type: ignore[type-var]

    def across(self, config: Config) -> Config:
        """Check what concerns several settings; when some clash, the group keeps its defaults."""
        if self._clash("pin", pins(config.panel)):
            config = replace(config, panel=_unclashed(config.panel))
        ports = {key: value for key, value in settings(config) if key in _TCP_PORTS}
        if self._clash("port", ports.items()):
            http, https = Network().http_port, Network().https_port
            network = replace(config.network, http_port=http, https_port=https)
            config = replace(config, network=network)
        return config

    def _clash(self, what: str, group: Iterable[tuple[str, object]]) -> bool:
        """Note each setting of the file that takes what another one of the group takes too."""
        group = [*group]
        count = Counter(value for _, value in group)
        clashing = [(key, value) for key, value in group if count[value] > 1]
        for key, value in clashing:
            others = " and ".join(k for k, v in clashing if v == value and k != key)
            if (path := tuple(key.split("."))) in self.given:
                self.found.append((path, f"{what} {value} is taken by {others}"))
        return bool(clashing)


def _unclashed(panel: Panel) -> Panel:
    """Put every pin back to its default; what else is set stays."""
    buttons, lights, screen = Buttons(), Lights(), Screen()
    return replace(
        panel,
        buttons=replace(buttons, pull=panel.buttons.pull),
        lights=replace(lights, active_high=panel.lights.active_high),
        screen=replace(panel.screen, dc=screen.dc, reset=screen.reset),
    )


def _settings(table: object, prefix: str) -> Iterator[tuple[str, object]]:
    for field in fields(table):  # type: ignore[arg-type]
        value = getattr(table, field.name)
        if is_dataclass(value):
            yield from _settings(value, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", value


def _unknown(name: str, value: object, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1)
    what = "table" if isinstance(value, dict) else "setting"
    return f"no such {what}; did you mean {near[0]}?" if near else f"no such {what}"


def _syntax(message: str, text: str, filename: str) -> Mistake:
    where = _WHERE.search(message)
    line = int(where[1]) if where and where[1] else len(text.splitlines())
    reason = _WHERE.sub("", message)
    return Mistake(filename, max(line, 1), "", f"not TOML: {reason[:1].lower()}{reason[1:]}")
