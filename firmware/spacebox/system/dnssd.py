"""The box on its network: announced to others, by a name that nobody else there has, and in the
know of them (multicast DNS and DNS-SD, RFC 6762 and 6763).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from zeroconf import (  # type: ignore[attr-defined]
    AddressResolver,
    DNSAddress,
    DNSQuestionType,
    DNSRecord,
    DNSService,
    Error,
    ServiceInfo,
    current_time_millis,
)
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from spacebox.ports.elsewhere import Neighbour
from spacebox.system.neighbours import TYPE, Neighbours, open_line
from spacebox.system.network import Network

HTTP, HTTPS = "_http._tcp.local.", "_https._tcp.local."
TTL_S = 120
"""For all records: a box whose plug was pulled is forgotten by then."""
MOST_ADDRESSES = 8
TITLE_BYTES = 200
PROBE_MS = 750
"""So long somebody has to say that a name is theirs (RFC 6762 §8.1)."""
APART_S = 1.5
"""Between two announcements; what is older than a second is replaced (RFC 6762 §10.2)."""
LOOK_S = 5.0
"""How often it is looked whether somebody else uses our name."""
AGAIN_S = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """What a box says of itself."""

    name: str
    """The label that it wants; it is reached as NAME.local."""
    alias: str
    """What it takes where another machine has that."""
    code: str
    """Of its short link."""
    version: str
    title: str
    state: str
    """``idle``, ``live``, ``wrapping`` or ``ended``."""
    http_port: int
    https_port: int | None = None


class Discovery:
    """Announces a box and browses for others on each network that the machine comes to.

    Made inside a running event loop, and used from it only.
    """

    def __init__(self, card: Callable[[], Card], network: Network) -> None:
        """*card* is asked whenever something may have changed."""
        self._card = card
        self._network = network
        self._neighbours: Neighbours | None = None
        self._label = ""
        """Under which the box is announced at present."""
        self._moved = asyncio.Event()
        self._woken = asyncio.Event()
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name="DNS-SD")

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """Other boxes, those on air first."""
        return self._neighbours.found if self._neighbours else ()

    def moved(self, network: Network) -> None:
        """Go on at the machine's new addresses."""
        self._network = network
        self._moved.set()
        self._woken.set()

    def changed(self) -> None:
        """Announce what the card says by now."""
        self._woken.set()

    async def stop(self) -> None:
        """Say goodbye to the network."""
        self._stopping = True
        self.moved(self._network)
        await self._task

    async def _run(self) -> None:
        taken = False
        while not self._stopping:
            if self._moved.is_set():
                self._moved.clear()
                taken = False
            try:
                taken = await self._be_on(self._network, taken=taken)
            except (OSError, Error) as error:
                log.warning("the box cannot be found on this network: %s", error)
                await _within_time(self._moved, AGAIN_S)

    async def _be_on(self, network: Network, *, taken: bool) -> bool:
        """Be on a network until the machine moves or its name is *taken* there; say if it is."""
        if not network.interfaces:
            await self._moved.wait()
            return False
        line = open_line(network)
        card = self._card()
        self._neighbours = Neighbours(line.zeroconf, network, card.http_port)
        presence = Presence(line, network, card.http_port)
        try:
            if not taken:
                taken = await presence.probe(card.name)
            self._label = card.alias if taken else card.name
            await self._attend(presence)
            return taken or not self._moved.is_set()
        finally:
            self._label = ""
            await self._neighbours.close()
            self._neighbours = None
            if not self._stopping:
                presence.fall_silent()
            await line.async_close()

    async def _attend(self, presence: Presence) -> None:
        """Announce the card as it changes, until the machine moves or our name is in dispute."""
        while not self._moved.is_set():
            self._woken.clear()
            card = self._card()
            new = await presence.announce(self._label, card)
            if new and not await _within_time(self._moved, APART_S):
                await presence.repeat()
            if self._label == card.name and presence.yields(card.name):
                return
            await _within_time(self._woken, LOOK_S)


class Presence:
    """What the box has announced on one network."""

    def __init__(self, line: AsyncZeroconf, network: Network, port: int) -> None:
        self._line = line
        self._network = network
        self._port = port
        self._said: tuple[str, Card] | None = None
        self._told: dict[str, ServiceInfo] = {}

    async def probe(self, label: str) -> bool:
        """Say whether somebody on the network has this name already."""
        questions = (AddressResolver(f"{label}.local."), AsyncServiceInfo(TYPE, f"{label}.{TYPE}"))
        await asyncio.gather(
            *(
                question.async_request(self._line.zeroconf, PROBE_MS, DNSQuestionType.QM)
                for question in questions
            )
        )
        return bool(self._machines(label) or self._ports(label))

    def yields(self, label: str) -> bool:
        """Say whether our name is in dispute and not ours to keep (RFC 6762 §8.2 and §9).

        Two who took it at the same time agree on this: the later in order keeps it.
        """
        if machines := self._machines(label):
            return max(machines) > max(_packed(self._announced))
        return any(port > self._port for port in self._ports(label))

    async def announce(self, label: str, card: Card) -> bool:
        """Tell the network what is new on *card*; say whether anything was."""
        if (label, card) == self._said:
            return False
        self._said = label, card
        infos = {info.type: info for info in self._infos(label, card)}
        sent = []
        for kind, info in infos.items():
            if kind not in self._told:
                sent.append(
                    await self._line.async_register_service(info, cooperating_responders=True)
                )
            elif self._told[kind].text != info.text:
                sent.append(await self._line.async_update_service(info))
        self._told = infos
        await asyncio.gather(*sent)
        return bool(sent)

    async def repeat(self) -> None:
        """Tell it all once more, so that nobody keeps what was ours until just before."""
        sent = [await self._line.async_update_service(info) for info in self._told.values()]
        await asyncio.gather(*sent)

    def fall_silent(self) -> None:
        """Go without goodbye, since we come back at once: others go on showing us."""
        registry = self._line.zeroconf.registry
        registry.async_remove(registry.async_get_service_infos())

    def _infos(self, label: str, card: Card) -> Iterator[ServiceInfo]:
        said = {
            "txtvers": "1",
            "code": card.code,
            "title": _within(card.title, TITLE_BYTES),
            "state": card.state,
            "version": card.version,
        }
        yield self._info(TYPE, label, card.http_port, said)
        path = {"path": f"/s/{card.code}", "title": said["title"], "state": card.state}
        yield self._info(HTTP, label, card.http_port, path)
        if card.https_port is not None:
            yield self._info(HTTPS, label, card.https_port, path)

    def _info(self, kind: str, label: str, port: int, said: dict[str, str]) -> ServiceInfo:
        return ServiceInfo(
            kind,
            f"{label}.{kind}",
            port,
            properties=said,
            server=f"{label}.local.",
            host_ttl=TTL_S,
            other_ttl=TTL_S,
            parsed_addresses=list(self._announced),
        )

    @property
    def _announced(self) -> tuple[str, ...]:
        return self._network.addresses[:MOST_ADDRESSES]

    def _machines(self, label: str) -> set[bytes]:
        """Return the addresses of other machines that have this name."""
        ours = _packed(self._network.addresses)
        return {
            record.address
            for record in self._heard(f"{label}.local.")
            if isinstance(record, DNSAddress)
            and record.address not in ours
            and not ip_address(record.address).is_link_local
        }

    def _ports(self, label: str) -> set[int]:
        """Return the ports of other boxes that have this name, on this machine too."""
        records = self._heard(f"{label}.{TYPE}")
        return {r.port for r in records if isinstance(r, DNSService)} - {self._port}

    def _heard(self, name: str) -> list[DNSRecord]:
        now = current_time_millis()
        records = self._line.zeroconf.cache.entries_with_name(name)
        return [record for record in records if not record.is_expired(now)]


def _packed(addresses: Iterable[str]) -> set[bytes]:
    return {ip_address(address).packed for address in addresses}


def _within(text: str, most: int) -> str:
    """Return as much of *text* as *most* bytes of UTF-8 hold."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


async def _within_time(event: asyncio.Event, seconds: float) -> bool:
    """Wait for *event*, but no longer than so long; say whether it came."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
