"""What Raspberry Pi Imager leaves on the card for the first boot (rpi-preseed(5)). Pure.

Settings that the box has no use for are passed over, as the format wants it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from spacebox.config import checks
from spacebox.config.lines import Key, lines_of
from spacebox.config.load import ConfigError, Mistake, parsed

NAME: Final = "rpi-preseed.toml"
CUT: Final = "taken by the box, and cut out here"
"""Stands on the card in the place of a secret that the box has by now."""
SECRETS: Final[tuple[Key, ...]] = (("user", "password"), ("wlan", "password"), ("connect", "token"))

Security = Literal["none", "owe", "wpa-psk", "sae"]

_VERSION = re.compile(r"1(\.\d+)?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_TAKEN = ("root", "spacebox")
_KEY = re.compile(
    r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)"
    r"@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}( .*)?"
)
_ZONE = re.compile(r"[A-Z][\w+-]*(/[A-Z][\w+-]*){0,2}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_SSID_BYTES = 32
_PASSWORD = range(8, 64)
"""Octets of a passphrase (IEEE 802.11, annex J.4)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wlan:
    ssid: bytes
    security: Security = "none"
    password: str = ""
    """Passphrase, or 64 hex digits of what it and the name come to; empty where none is needed."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Preseed:
    """What is wished of the system; what is empty is left as it is."""

    hostname: str = ""
    user: str = ""
    """Who logs in by ssh."""
    authorized_keys: tuple[str, ...] = ()
    wlan: Wlan | None = None
    country: str = ""
    """ISO 3166-1: which channels of Wi-Fi are allowed."""
    timezone: str = ""


def read(
    text: str | bytes, filename: str, is_zone: Callable[[str], bool]
) -> tuple[Preseed, tuple[Mistake, ...]]:
    """Return what is right in a file, and what is wrong. *is_zone* knows which time zones are."""
    try:
        text, document = parsed(text, filename)
    except ConfigError as error:
        return Preseed(), error.mistakes
    reader = _Reader(document)
    preseed = _preseed(reader, is_zone)
    lines = lines_of(text) if reader.found else {}
    mistakes = [Mistake(filename, lines.get(k, 1), ".".join(k), why) for k, why in reader.found]
    return preseed, tuple(sorted(mistakes, key=lambda mistake: mistake.line))


class _Reader:
    """Takes what passes its check out of a document, and notes what does not."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.found: list[tuple[Key, str]] = []

    def table(self, name: str) -> Mapping[str, Any]:
        table = self.document.get(name)
        return table if isinstance(table, dict) else {}

    def take(self, table: str, name: str, check: checks.Check, default: T) -> T:
        """Return a setting as its *check* returns it; *default* where it is missing or wrong."""
        values = self.table(table)
        if name not in values:
            return default
        try:
            return check(values[name])  # type: ignore[return-value]
        except ValueError as error:
            self.note((table, name), str(error))
            return default

    def note(self, key: Key, reason: str) -> None:
        self.found.append((key, reason))


def _preseed(reader: _Reader, is_zone: Callable[[str], bool]) -> Preseed:
    version = reader.document.get("config_version", "1")
    if not _VERSION.fullmatch(str(version)):
        reader.note(("config_version",), f'must be "1", not {checks.shown(version)}')
        return Preseed()
    for name in ("system", "user", "ssh", "wlan", "locale"):
        if not isinstance(values := reader.document.get(name, {}), dict):
            reader.note((name,), f"is a table, not {checks.shown(values)}")
    return Preseed(
        hostname=reader.take("system", "hostname", checks.label, ""),
        user=reader.take("user", "name", _user, ""),
        authorized_keys=_keys(reader),
        wlan=_wlan(reader),
        country=reader.take("wlan", "country", _country, ""),
        timezone=reader.take("locale", "timezone", _zone(is_zone), ""),
    )


def _keys(reader: _Reader) -> tuple[str, ...]:
    if not reader.take("ssh", "enabled", checks.switch, True):
        return ()
    keys = reader.take("ssh", "authorized_keys", checks.many(_key, 100), ())
    if not keys and "authorized_keys" not in (ssh := reader.table("ssh")) and ssh.get("enabled"):
        reader.note(("ssh", "enabled"), "needs authorized_keys: nobody comes in by a password")
    return keys


def _wlan(reader: _Reader) -> Wlan | None:
    """Return the network to join; None where there is none, or the box has it already."""
    wlan, before = reader.table("wlan"), len(reader.found)
    ssid = reader.take("wlan", "ssid_hex", _ssid_hex, b"") or reader.take(
        "wlan", "ssid", _ssid, b""
    )
    password = wlan.get("password", "")
    given: Security = "wpa-psk" if password else "none"
    security = reader.take("wlan", "key_mgmt", _security, given)
    hidden = reader.take("wlan", "hidden", checks.switch, False)
    if security in ("none", "owe"):
        if password:
            reader.note(("wlan", "key_mgmt"), "an open network has no password: leave one out")
    elif password != CUT and (wrong := _unfit(security, password)):
        reader.note(("wlan", "password") if "password" in wlan else ("wlan",), wrong)
    if not ssid or password == CUT or len(reader.found) > before:
        return None
    return Wlan(ssid, security, password, hidden)


def _unfit(security: Security, password: object) -> str:
    """Say what is wrong with a password, without saying it."""
    if password == "":
        return f"{security} needs a password"
    if not isinstance(password, str) or not password.isprintable():
        return "must be text in quotes"
    if security == "sae" or _HASH.fullmatch(password):
        return ""
    return "" if len(password.encode()) in _PASSWORD else "must have 8 to 63 characters"


# Checks, as in the configuration


def _user(value: object) -> str:
    if not isinstance(value, str) or not _USER.fullmatch(value) or value in _TAKEN:
        raise ValueError(f"must be a name of small letters, digits and hyphens, not {value!r}")
    return value


def _key(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text.isprintable() or not _KEY.fullmatch(text):
        raise ValueError('must be public keys such as "ssh-ed25519 AAAA…", as in a .pub file')
    return text


def _ssid(value: object) -> bytes:
    name = value.encode() if isinstance(value, str) else b""
    if not 0 < len(name) <= _SSID_BYTES:
        raise ValueError("must be the name of a Wi-Fi network, at most 32 bytes")
    return name


def _ssid_hex(value: object) -> bytes:
    try:
        name = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        name = b""
    if not 0 < len(name) <= _SSID_BYTES:
        raise ValueError("must be the name of a Wi-Fi network in hex digits, at most 32 bytes")
    return name


def _country(value: object) -> str:
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise ValueError(f'must be a country such as "DE", not {checks.shown(value)}')
    return value


def _security(value: object) -> Security:
    match value:
        case "none" | "owe" | "wpa-psk" | "sae":
            return value
    raise ValueError(f"must be none, owe, wpa-psk or sae, not {checks.shown(value)}")


def _zone(is_zone: Callable[[str], bool]) -> checks.Check:
    def check(value: object) -> object:
        if not isinstance(value, str) or not _ZONE.fullmatch(value) or not is_zone(value):
            raise ValueError(f'must be a zone such as "Europe/Berlin", not {checks.shown(value)}')
        return value

    return check
