"""Values in a stranger's JSON: each becomes what it should be, or what stands for left out.

Nothing here raises, whatever is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from spacebox.room.model import GUEST, Role
from spacebox.room.names import NAME_CODE_POINTS, clean, clean_name

MOST_S: Final = 1e7
"""No Space is longer than so many seconds, and nobody talks for longer."""
MOST: Final = 10**6
"""Nobody counts further."""
_MOMENT_LENGTH: Final = 40
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

T = TypeVar("T", bound=StrEnum)


def table(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object, most: int) -> list[Any]:
    """Return the first *most* entries of a list."""
    return value[:most] if isinstance(value, list) else []


def text(value: object, length: int) -> str:
    """Return a line of text, cleaned, of at most *length* code points."""
    # Cut before it is looked at: cleaning takes the square of what is too long.
    return clean(value[:length])[:length].strip() if isinstance(value, str) else ""


def name(value: object, otherwise: str = GUEST) -> str:
    """Return a name as guests have it here, *otherwise* where there is nothing to read."""
    return (clean_name(value[:NAME_CODE_POINTS]) if isinstance(value, str) else "") or otherwise


def identity(value: object) -> str:
    """Return the id of a seat or a Space, empty for what is none."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def role(value: object) -> Role:
    """Return somebody's role; the one host is known by the id instead."""
    return Role(value) if value in ("cohost", "speaker") else Role.LISTENER


def choice(kind: type[T], value: object, otherwise: T) -> T:
    """Return the member of *kind* that *value* names."""
    return next((each for each in kind if each == value), otherwise)


def number(value: object, most: float = MOST_S) -> float:
    """Return a number from 0 to *most*."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        return 0.0
    return float(min(value, most))


def count(value: object, most: int = MOST) -> int:
    """Return a whole number from 0 to *most*."""
    return int(number(value, most))


def moment(value: object) -> str:
    """Return a date and time with its offset, as it was written; empty for what is none."""
    if not isinstance(value, str) or len(value) > _MOMENT_LENGTH:
        return ""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return "" if read.tzinfo is None else value
