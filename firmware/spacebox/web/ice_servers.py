"""The STUN and TURN servers that guests are told of, as Link headers (RFC 9725 §4.6).

TURN costs its owner bandwidth, so only seats get it. With the server's own secret, each seat gets
credentials of its own that end by themselves (draft-uberti-behave-turn-rest-00, which coturn calls
``use-auth-secret``): the user's name is when that is, and the password is its HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator

from spacebox.web.site import Site

GOOD_S = 6 * 3600
"""Longer than an evening; a new connection gets new ones anyway."""


class IceServers:
    """Knows what to tell whom. *wall* gives seconds since 1970, as the TURN server counts."""

    def __init__(self, site: Site, wall: Callable[[], float] = time.time) -> None:
        self._site = site
        self._wall = wall

    def links(self, seat: str | None) -> Iterator[str]:
        """Yield the values of Link for whoever has *seat*, or has none."""
        for uri in self._site.stun:
            yield f'<{uri}>; rel="ice-server"'
        if seat is None or not self._site.turn:
            return
        name, password = map(_quoted, self._credentials(seat))
        for uri in self._site.turn:
            yield (
                f'<{uri}>; rel="ice-server"; username={name}; credential={password}; '
                'credential-type="password"'
            )

    def _credentials(self, seat: str) -> tuple[str, str]:
        """Return a name and a password."""
        site = self._site
        if not site.turn_secret:
            return site.turn_username, site.turn_credential
        name = f"{int(self._wall()) + GOOD_S}:{seat}"
        digest = hmac.digest(site.turn_secret.encode(), name.encode(), hashlib.sha1)
        return name, base64.b64encode(digest).decode()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
