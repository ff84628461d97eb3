"""What one may ask the box to join, and what each of it is joined by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from spacebox.engines.guest.box import BoxRoom
from spacebox.engines.guest.endpoint import SCHEMES, Endpoint, Ends
from spacebox.engines.guest.engine import Engine
from spacebox.engines.guest.janus import AudioBridge, Bridge
from spacebox.engines.guest.link import BoxLink
from spacebox.engines.guest.sound import Sound
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Neighbour

TARGET_LENGTH: Final = 2048
_CODE = re.compile(r"[A-Z0-9]{5}")
_BARE = re.compile(
    r"[\w-]+(\.[\w-]+)*(\.[\w-]+|:[0-9]{1,5})(/s/[a-z0-9]{5})?/?(#.*)?", re.IGNORECASE | re.ASCII
)
"""The link of a box as one types it off a glass."""
_X = re.compile(r"(https?://)?([a-z]+\.)?(x|twitter)\.com(/.*)?", re.IGNORECASE)
_WAYS: Final = "a Space's link, or the five letters of a box on this network"


@dataclass(frozen=True, slots=True)
class Wish:
    """Where to go, and how to be there."""

    target: str
    pin: str
    guest: str
    """What we are called there."""
    sound: Sound
    changed: Callable[[], None]
    clock: Callable[[], float]


Make: TypeAlias = Callable[[Wish], Engine]
"""Returns what enters the room of a wish. Raises Denied (``malformed``)."""


def _box(wish: Wish) -> Engine:
    link = BoxLink.read(wish.target)
    return BoxRoom(link, wish.guest, wish.pin, wish.sound, wish.changed, wish.clock)


def _janus(wish: Wish) -> Engine:
    bridge = Bridge.read(wish.target, wish.pin)
    return AudioBridge(bridge, wish.guest, wish.sound, wish.changed, wish.clock)


def _endpoint(wish: Wish) -> Engine:
    ends = Ends.read(wish.target)
    return Endpoint(ends, wish.guest, wish.sound, wish.changed, wish.clock)


KINDS: Final[Mapping[str, Make]] = {
    "http": _box,
    "https": _box,
    "janus+ws": _janus,
    "janus+wss": _janus,
    **dict.fromkeys(SCHEMES, _endpoint),
}
"""By the scheme of a target."""


class Targets:
    """Says how to be in the room that somebody named (guest.Find)."""

    def __init__(
        self,
        guest: str,
        sound: Sound,
        clock: Callable[[], float],
        neighbours: Callable[[], tuple[Neighbour, ...]],
    ) -> None:
        """Be called *guest* elsewhere; find codes among the *neighbours*."""
        self._guest = guest
        self._sound = sound
        self._clock = clock
        self._neighbours = neighbours

    def __call__(self, target: str, pin: str, changed: Callable[[], None]) -> Engine:
        """Return what enters *target*. Raises Denied: ``malformed`` or ``not_found``."""
        if len(target) > TARGET_LENGTH:
            raise Denied("malformed", f"That is too long to be {_WAYS}.")
        where = target.strip()
        if _CODE.fullmatch(where.upper()):
            where = self._by_code(where.upper())
        elif _X.fullmatch(where):
            raise Denied("malformed", "Spaces on X cannot be joined: X lets no other program in.")
        elif _BARE.fullmatch(where):
            where = f"http://{where}"
        wish = Wish(where, pin, self._guest, self._sound, changed, self._clock)
        return self._kind(where)(wish)

    def _by_code(self, code: str) -> str:
        """Return the link of the box on this network that goes by *code*."""
        for neighbour in self._neighbours():
            if neighbour.code.upper() == code:
                return neighbour.url
        raise Denied("not_found", f"No box on this network goes by {code}. Try its link.")

    def _kind(self, target: str) -> Make:
        try:
            scheme = urlsplit(target).scheme
        except ValueError:
            scheme = ""
        if scheme not in KINDS:
            raise Denied("malformed", f"That cannot be joined. Take {_WAYS}.")
        return KINDS[scheme]
