"""What there is to update to: a signed list in the folder that `update.source` names. Pure.

``latest-arm64.json`` is there with its signature around it (CMS, RFC 5652) as
``latest-arm64.json.p7m``; inside is what `parse` takes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HASH = re.compile(r"[0-9a-f]{64}")
LARGEST = 2_000_000_000
"""Bytes; nothing of ours is larger."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file beside the list."""

    file: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    version: str
    bundle: Asset
    """For boards with two slots."""
    package: Asset
    """For the others."""


def parse(document: bytes) -> Release:
    """Return the release that a list tells of. Raises ValueError where it is none."""
    said = json.loads(document)
    if not isinstance(said, dict):
        raise ValueError("the list of versions is no table")
    version = said.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is no version")
    return Release(version, _asset(said.get("bundle")), _asset(said.get("package")))


def _asset(said: Any) -> Asset:
    match said:
        case {"file": str(file), "size": int(size), "sha256": str(sha256)} if (
            _FILE.fullmatch(file) and 0 < size <= LARGEST and _HASH.fullmatch(sha256)
        ):
            return Asset(file, size, sha256)
    raise ValueError(f"{said!r} is no file of a version")


def is_newer(found: str, here: str) -> bool:
    """Say whether version *found* comes after *here*: by numbers, so 0.10 after 0.9."""
    return _numbers(found) > _numbers(here)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, without zeros at their end."""
    leading = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in leading[0].split(".")] if leading else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
