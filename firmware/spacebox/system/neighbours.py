"""Other boxes on this network, as they announce themselves (DNS-SD, RFC 6763).

Anybody on the network may announce anything. What is said is cleaned and bounded; where a box is
comes from its resolved address and port alone, and only an address on our own networks counts.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping

from zeroconf import DNSQuestionType, Error, ServiceInfo, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from spacebox.ports.elsewhere import Neighbour
from spacebox.room.model import State
from spacebox.room.names import clean, clean_name
from spacebox.system.network import Network

TYPE = "_spacebox._tcp.local."
MOST = 64
"""So many are kept; who comes then is not looked at until somebody goes."""
TITLE_LENGTH = 100
_ANSWERS_MS = 5000
_HIGHEST_PORT = 65535
_CODE = re.compile(r"[A-Z0-9]{5}")
_STATES = frozenset(state.value for state in State)

# What strangers send, and that an interface has just gone, is no news for the journal.
logging.getLogger("zeroconf").setLevel(logging.ERROR)


class Neighbours:
    """Keeps who is announced, for as long as they are. Made inside a running event loop."""

    def __init__(self, zeroconf: Zeroconf, network: Network, own_port: int | None = None) -> None:
        """*own_port* is where this machine's own box is, which is no neighbour of itself."""
        self._zeroconf = zeroconf
        self._network = network
        self._own_port = own_port
        self._found: dict[str, Neighbour] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._browser = AsyncServiceBrowser(zeroconf, TYPE, handlers=[self._on_change])

    @property
    def found(self) -> tuple[Neighbour, ...]:
        """Who is around, those on air first."""
        now = [neighbour for name in self._found if (neighbour := self._as_of_now(name))]
        by_name = sorted(now, key=lambda one: (one.name, one.url))
        return tuple(sorted(by_name, key=lambda one: one.state != State.LIVE))

    def _as_of_now(self, name: str) -> Neighbour | None:
        """Read again what has been heard: nobody tells when one of several addresses is gone."""
        info = AsyncServiceInfo(TYPE, name)
        if not info.load_from_cache(self._zeroconf):
            return self._found[name]  # it is being asked again, just in time
        return read(info, self._network, self._own_port)

    async def close(self) -> None:
        """Ask no more."""
        await self._browser.async_cancel()
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _on_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        del zeroconf, service_type
        if state_change is ServiceStateChange.Removed:
            self._found.pop(name, None)
            if asking := self._asking.pop(name, None):
                asking.cancel()
        elif name not in self._asking and self._has_room_for(name):
            task = asyncio.create_task(self._resolve(name), name="asking a neighbour")
            self._asking[name] = task
            task.add_done_callback(lambda done: self._asked(name, done))

    def _has_room_for(self, name: str) -> bool:
        return len(self._found.keys() | self._asking.keys() | {name}) <= MOST

    def _asked(self, name: str, task: asyncio.Task[None]) -> None:
        if self._asking.get(name) is task:
            del self._asking[name]

    async def _resolve(self, name: str) -> None:
        """Ask who *name* is; who does not say is forgotten until they say more."""
        try:
            info = AsyncServiceInfo(TYPE, name)
            # Answers for one machine alone go astray where several of its programs listen.
            told = await info.async_request(self._zeroconf, _ANSWERS_MS, DNSQuestionType.QM)
        except Error:  # a name that is none
            told = False
        neighbour = read(info, self._network, self._own_port) if told else None
        if neighbour is None:
            self._found.pop(name, None)
        else:
            self._found[name] = neighbour


def read(info: ServiceInfo, network: Network, own_port: int | None) -> Neighbour | None:
    """Return whom an announcement is of, None where it is of no box that can be reached from here.

    With *own_port*, this machine's own box is nobody either.
    """
    text = info.properties
    code, state = _text(text, b"code"), _text(text, b"state")
    if not _CODE.fullmatch(code) or not 0 < (info.port or 0) <= _HIGHEST_PORT:
        return None
    near = [address for address in info.parsed_addresses() if network.reaches(address)]
    others = [address for address in near if address not in network.addresses]
    if not near or (not others and info.port == own_port):
        return None
    # Ours is one that both have, such as that of a bridge for containers, or we are one machine.
    address = (others or near)[0]
    host = f"[{address}]" if ":" in address else address
    return Neighbour(
        name=clean_name(info.name.removesuffix(f".{TYPE}")) or address,
        url=f"http://{host}:{info.port}",
        code=code,
        title=clean(_text(text, b"title")[:TITLE_LENGTH]),
        state=state if state in _STATES else State.IDLE.value,
    )


def _text(properties: Mapping[bytes, bytes | None], key: bytes) -> str:
    return (properties.get(key) or b"").decode("utf-8", "replace")


async def look_around(network: Network, seconds: float) -> tuple[Neighbour, ...]:
    """Return who is announced on *network*, this machine's own box too, after so long.

    Raises OSError where nobody can be asked.
    """
    line = open_line(network)
    try:
        neighbours = Neighbours(line.zeroconf, network)
        try:
            await asyncio.sleep(seconds)
            return neighbours.found
        finally:
            await neighbours.close()
    finally:
        await line.async_close()


def open_line(network: Network) -> AsyncZeroconf:
    """Open multicast DNS on all interfaces of *network*. Raises OSError where it cannot be had."""
    four = [str(interface.ip) for interface in network.interfaces if interface.version == 4]
    # Where both are, everybody speaks the one, and asking twice would double all traffic.
    return AsyncZeroconf(interfaces=four or list(network.addresses))
