"""How guests outside this network meet the box: the test of its reach, and the tunnel."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from spacebox.config.schema import Config
from spacebox.daemon.place import Place
from spacebox.engines.reach import ReachTest, Vantage
from spacebox.ports import Fault
from spacebox.ports.elsewhere import Reached
from spacebox.system.health import no_tunnel
from spacebox.system.tunnel import Tunnel, way
from spacebox.web.server import Server
from spacebox.web.site import is_loopback


@dataclass(frozen=True, slots=True)
class Known:
    """What others know of the box, as it is now."""

    hosts: Callable[[], tuple[str, ...]]
    """The machine's own addresses."""
    seen: Callable[[], tuple[str, ...]]
    """The addresses at which STUN servers see it."""


class Outside:
    """Tests the box's reach from `open` on, and runs its tunnel where that is its own affair."""

    def __init__(self, config: Config, place: Place, code: str, known: Known) -> None:
        """*code* is that of the page's short link."""
        self._config = config
        self._place = place
        self._known = known
        self._port = 0
        self._public_url: Callable[[], str] = lambda: config.box.public_url
        self._tunnel: Tunnel | None = None
        self._mistake = ""
        self._test = ReachTest(code, self._look)

    @property
    def reached(self) -> Reached:
        """What the last test found."""
        return self._test.reached

    @property
    def faults(self) -> tuple[Fault, ...]:
        trouble = self._tunnel.trouble if self._tunnel else self._mistake
        return (no_tunnel(trouble),) if trouble else ()

    def open(self, server: Server, port: int) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """Yield what is to run as long as the box does, by name, for the page of *server*."""
        self._port = port
        self._public_url = lambda: server.public_url
        yield "reach", self._test.run()
        network, public_url = self._config.network, self._config.box.public_url
        if not network.tunnel:
            return
        try:
            made = way(network.tunnel, self._page, network.tunnel_to, public_url)
        except ValueError as wrong:
            self._mistake = f"{wrong}."
            return
        if self._place.tunnels:
            self._tunnel = Tunnel(made, server.tunnelled)
            yield "tunnel", self._tunnel.run()

    @property
    def _page(self) -> str:
        listen = self._place.listen
        host = "127.0.0.1" if listen in ("", "0.0.0.0", "::") else listen
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    def _look(self) -> Vantage:
        network, listen = self._config.network, self._place.listen
        own_way = (network.public_address,) if network.public_address else ()
        return Vantage(
            hosts=self._known.hosts(),
            alone=listen == "localhost" or is_loopback(listen),
            port=self._port,
            public_url=self._public_url(),
            asks=any(uri.startswith("stun:") for uri in network.stun),
            seen=(*self._known.seen(), *own_way),
            tunnel=network.tunnel,
            spoken=bool(network.stun or network.turn or own_way),
        )
