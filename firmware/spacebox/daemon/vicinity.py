"""The networks that the box is on: what follows when they change, and who else is there."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from spacebox.hub import Hub
from spacebox.ports.elsewhere import Neighbour
from spacebox.system.dnssd import Card, Discovery
from spacebox.system.network import Network, NetworkWatch
from spacebox.web.site import Site


class Vicinity:
    """Follows the machine's networks from `start` to `stop`, and has the box found there."""

    def __init__(
        self,
        hub: Hub,
        site: Site,
        listen: str,
        on_move: Callable[[Network], None],
        *,
        announce: bool,
    ) -> None:
        """*listen* is the address of the page, empty for all.

        *on_move* is told of the first network too.
        """
        self._hub = hub
        self._site = site
        self._listen = listen
        self._on_move = on_move
        self._announce = announce
        self._version = version("spacebox")
        self._ports: tuple[int, int | None] = (0, None)
        self._watch: NetworkWatch | None = None
        self._discovery: Discovery | None = None
        hub.listen(lambda _: self.changed())

    def start(self, port: int, secure_port: int | None = None) -> None:
        """Begin, with the ports of the page. Raises OSError where networks cannot be followed."""
        self._ports = port, secure_port
        self._watch = NetworkWatch(self._moved)
        network = self._watch.network
        self._on_move(network)
        if self._announce:
            self._discovery = Discovery(self._card, network.heard_at(self._listen))

    async def stop(self) -> None:
        if self._watch is not None:
            self._watch.close()
        if self._discovery is not None:
            await self._discovery.stop()

    @property
    def network(self) -> Network:
        """Where the machine is now."""
        return self._watch.network if self._watch else Network()

    def neighbours(self) -> tuple[Neighbour, ...]:
        """Return the other boxes around, those on air first."""
        return self._discovery.neighbours if self._discovery else ()

    def changed(self) -> None:
        """Announce what is new of the box."""
        if self._discovery is not None:
            self._discovery.changed()

    def _moved(self, network: Network) -> None:
        self._on_move(network)
        if self._discovery is not None:
            self._discovery.moved(network.heard_at(self._listen))

    def _card(self) -> Card:
        room = self._hub.room
        return Card(
            self._site.name,
            self._site.alias,
            self._site.code,
            self._version,
            room.announcement.title,
            room.state.value,
            *self._ports,
        )
