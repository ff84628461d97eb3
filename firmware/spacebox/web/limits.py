"""How often one address or one seat may ask: token buckets in bounded memory."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from aiohttp import web

from spacebox.web.errors import too_many
from spacebox.web.site import is_local, is_loopback

_KEYS = 4096
"""So many addresses or seats are remembered; who came longest ago is forgotten first."""


class Bucket:
    """Lets each key ask *burst* times at once, then *per_s* times a second."""

    def __init__(self, burst: int, per_s: float, reason: str, clock: Callable[[], float]) -> None:
        self._burst = burst
        self._per_s = per_s
        self._reason = reason
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        """What was left when; the latest to ask last."""

    def require(self, key: str) -> float:
        """Return how often *key* may ask now. Raises Problem where it is less than once."""
        left, at = self._left.get(key, (float(self._burst), self._clock()))
        left = min(self._burst, left + (self._clock() - at) * self._per_s)
        if left < 1:
            raise too_many((1 - left) / self._per_s, self._reason)
        return left

    def take(self, key: str) -> None:
        """Count one. Raises Problem where there is none left."""
        left = self.require(key)
        self._left.pop(key, None)
        self._left[key] = (left - 1, self._clock())
        if len(self._left) > _KEYS:
            del self._left[next(iter(self._left))]


class Limits:
    """All limits of the box. The unix socket has none."""

    def __init__(self, clock: Callable[[], float]) -> None:
        slow = "one moment: too many requests from your address"
        self._joins = Bucket(30, 10, slow, clock)
        self._offers = Bucket(30, 10, slow, clock)
        self._guesses = Bucket(5, 0.1, "too many wrong guesses; wait a little", clock)
        self._commands = Bucket(100, 20, "one moment: too many commands", clock)
        self._reactions = Bucket(10, 1, "one moment: a reaction per second is enough", clock)

    def join(self, request: web.BaseRequest) -> None:
        if not is_local(request):
            self._joins.take(address_key(request))

    def offer(self, request: web.BaseRequest) -> None:
        if not is_local(request):
            self._offers.take(address_key(request))

    def may_guess(self, request: web.BaseRequest) -> None:
        """Raise Problem for an address that guessed wrong too often."""
        self._guesses.require(address_key(request))

    def guessed_wrong(self, request: web.BaseRequest) -> None:
        self._guesses.take(address_key(request))

    def command(self, request: web.BaseRequest, participant: str) -> None:
        if not is_local(request):
            self._commands.take(participant)

    def reaction(self, request: web.BaseRequest, participant: str) -> None:
        if not is_local(request):
            self._reactions.take(participant)


def address_key(request: web.BaseRequest) -> str:
    """Return what counts as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    return network_of(request.remote or "")


def origin(request: web.BaseRequest) -> str | None:
    """Return the network that *request* came from, None for one that stands for nobody.

    So it is with loopback, where a tunnel's visitors come from, and with the box's own network,
    which is its own address or, by IPv6, that of everybody around it.
    """
    if is_local(request) or is_loopback(request.remote or ""):
        return None
    here, _ = request.get_extra_info("sockname", ("", 0))[:2]
    network = address_key(request)
    return None if network == network_of(here) else network


def network_of(remote: str) -> str:
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
