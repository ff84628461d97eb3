"""A Wi-Fi network as NetworkManager keeps it (nm-settings-keyfile(5)). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid5

from spacebox.system.preseed import Wlan

_SPACE: Final = UUID("8d0a5dbd-6f7c-5f0e-8d3c-6c6f0b2a7f11")
"""Of our own, for the ids of connections."""


def keyfile(wlan: Wlan) -> bytes:
    """Return the file, which holds the password."""
    return "\n".join([*_lines(wlan), ""]).encode()


def _lines(wlan: Wlan) -> Iterator[str]:
    name = wlan.ssid.decode(errors="replace")
    yield from ("[connection]", f"id={_text(name)}", f"uuid={uuid5(_SPACE, wlan.ssid.hex())}")
    yield from ("type=wifi", "")
    # As bytes it is told from any text, whatever is in it.
    yield from ("[wifi]", "mode=infrastructure", f"ssid={''.join(f'{b};' for b in wlan.ssid)}")
    if wlan.hidden:
        yield "hidden=true"
    if wlan.security != "none":
        yield from ("", "[wifi-security]", f"key-mgmt={wlan.security}")
    if wlan.password:
        yield f"psk={_text(wlan.password)}"
    yield from ("", "[ipv4]", "method=auto", "", "[ipv6]", "method=auto")


def _text(value: str) -> str:
    """Escape as GKeyFile does: a space at the ends, backslashes, what ends a line."""
    text = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    text = text.replace("\t", "\\t")
    inner = text.lstrip(" ")
    return "\\s" * (len(text) - len(inner)) + inner
