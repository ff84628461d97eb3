"""What a single setting may hold.

A check takes the value as TOML gave it and returns the value as the schema wants it, or raises
ValueError with the rest of the sentence that begins with the setting's name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

Check = Callable[[object], object]

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_ORIGIN = re.compile(r"https://([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62}(:(?P<port>\d{1,5}))?")
_BUS = re.compile(r"i2c-\d{1,2}|spi-0\.[01]")
_STUN = re.compile(r"stuns?:([^\s:?/]+|\[[0-9a-fA-F:]+\])(:(?P<port>\d{1,5}))?")
_TURN = re.compile(
    r"turns?:([^\s:?/]+|\[[0-9a-fA-F:]+\])(:(?P<port>\d{1,5}))?(\?transport=(udp|tcp))?"
)
_HIGHEST_PORT = 65535


def whole(low: int, high: int, what: str = "a whole number") -> Check:
    """Accept integers from *low* to *high*; booleans are no numbers."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be {what} from {low} to {high}, not {shown(value)}")
        return value

    return check


pin = whole(0, 27, "a BCM pin number")
port = whole(1, _HIGHEST_PORT, "a port number")


def lamp(value: object) -> object:
    """Accept a pin, or three different ones for red, green and blue."""
    if not isinstance(value, list):
        return pin(value)
    if len(value) != 3 or len(set(map(str, value))) != 3:
        raise ValueError("must be one pin, or three different ones for red, green and blue")
    return tuple(pin(entry) for entry in value)


def switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def one_of(*choices: object, later: tuple[str, ...] = ()) -> Check:
    """Accept one of *choices*; those of *later* are known, but not in this version."""
    listed = " or ".join(shown(choice) for choice in choices)

    def check(value: object) -> object:
        if value in later:
            raise ValueError(f"{shown(value)} is not in this version; use {listed}")
        for choice in choices:
            # True equals 1, but a switch is no number.
            if value == choice and type(value) is type(choice):
                return choice
        raise ValueError(f"must be {listed}, not {shown(value)}")

    return check


def text(longest: int, *, blank: bool = True, lines: bool = False) -> Check:
    """Accept text of at most *longest* characters, of one line unless *lines*."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be text in quotes, not {shown(value)}")
        if not blank and not value.strip():
            raise ValueError("must not be empty")
        if len(value) > longest:
            raise ValueError(f"must have at most {longest} characters, not {len(value)}")
        if any(not c.isprintable() and not (lines and c in "\n\t") for c in value):
            raise ValueError("must not hold control characters")
        return value

    return check


def many(check: Check, most: int) -> Check:
    """Accept a list of at most *most* values that all pass *check*, as a tuple."""

    def check_all(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list in square brackets, not {shown(value)}")
        if len(value) > most:
            raise ValueError(f"must have at most {most} entries, not {len(value)}")
        return tuple(check(entry) for entry in value)

    return check_all


def label(value: object) -> str:
    """Accept one label of a DNS name (RFC 1123 §2.1)."""
    if not isinstance(value, str) or not _LABEL.fullmatch(value):
        raise ValueError(
            f"must be a name of letters, digits and hyphens, at most 63, not {shown(value)}"
        )
    return value


def web_address(value: object) -> str:
    """Accept an absolute http or https URL without query, or nothing."""
    if value == "":
        return ""
    if isinstance(value, str) and value.isprintable() and " " not in value:
        parts = urlsplit(value)
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and not parts.query + parts.fragment
        ):
            return value.rstrip("/")
    raise ValueError(f'must be an address such as "https://radio.example", not {shown(value)}')


def origin(value: object) -> str:
    """Accept https, a name in lower case and maybe a port (RFC 6454 §6.2), or nothing."""
    if value == "":
        return ""
    return _server(_ORIGIN, value, '"https://radio.example"')


def ip_address(value: object) -> str:
    """Accept the address of one machine, IPv4 or IPv6, or nothing."""
    if value == "":
        return ""
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f'must be an address such as "192.0.2.7", not {shown(value)}') from None
    unreachable = ("is_multicast", "is_unspecified", "is_loopback", "is_link_local")
    if any(getattr(address, kind) for kind in unreachable):
        raise ValueError(f"must be an address that others can reach, not {shown(value)}")
    return str(address)


def moment(value: object) -> datetime:
    """Accept a date and time with its offset from UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(
            "must be a date and time with an offset, such as 2026-11-20T19:00:00+01:00, "
            f"not {shown(value)}"
        )
    return value


def bus(value: object) -> str:
    if not isinstance(value, str) or not _BUS.fullmatch(value):
        raise ValueError(f'must be a bus such as "i2c-1" or "spi-0.0", not {shown(value)}')
    return value


def folder(value: object) -> str:
    if not isinstance(value, str) or not value.startswith("/") or not value.isprintable():
        raise ValueError(f'must be a path that begins with "/", not {shown(value)}')
    return value


def file(value: object) -> str:
    """Accept the path of a file, or nothing."""
    return "" if value == "" else folder(value)


def stun(value: object) -> str:
    """Accept a STUN URI (RFC 7064)."""
    return _server(_STUN, value, '"stun:stun.example:3478"')


def turn(value: object) -> str:
    """Accept a TURN URI (RFC 7065)."""
    return _server(_TURN, value, '"turn:turn.example:3478?transport=udp"')


def microphone(value: object) -> str:
    """Accept ``card``, ``card:NAME``, ``tone``, ``tone:HZ``, ``file:PATH`` or ``silence``."""
    kind, colon, rest = _split(value)
    match kind:
        case "silence" | "card" | "tone" if not colon:
            return kind
        case "card" | "file" if rest:
            return f"{kind}:{rest}"
        case "tone" if rest.isascii() and rest.isdecimal() and 20 <= int(rest) <= 20_000:
            return f"tone:{int(rest)}"
        case "tone":
            raise ValueError(f"must be a tone from 20 to 20000 Hz, not {shown(rest)}")
    raise ValueError(
        f"must be card, card:NAME, tone, tone:HZ, file:PATH or silence, not {shown(value)}"
    )


def speaker(value: object) -> str:
    """Accept ``card``, ``card:NAME``, ``file:PATH`` or ``none``."""
    kind, colon, rest = _split(value)
    match kind:
        case "none" | "card" if not colon:
            return kind
        case "card" | "file" if rest:
            return f"{kind}:{rest}"
    raise ValueError(f"must be card, card:NAME, file:PATH or none, not {shown(value)}")


def shown(value: object) -> str:
    """Write a value as its owner wrote it, near enough."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:59]}…"'
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else str(value)


def _split(value: object) -> tuple[str, str, str]:
    return value.partition(":") if isinstance(value, str) else ("", "", "")


def _server(form: re.Pattern[str], value: object, example: str) -> str:
    found = form.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 1 <= int(found["port"] or 1) <= _HIGHEST_PORT:
        raise ValueError(f"must be an address such as {example}, not {shown(value)}")
    return found[0]
