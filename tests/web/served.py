"""A real server on a real port, around a real hub."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from away import Trips
from gpiozero.pins.mock import MockFactory, MockPin
from multidict import CIMultiDictProxy
from PIL import Image
from yarl import URL

from spacebox.config.schema import Buttons
from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.ports import Answer, Denied, Lamps, Restarted
from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.room.commands import StartSpace
from spacebox.room.model import HOST, Access
from spacebox.sim.fingers import SimFingers
from spacebox.web.pair import Pairing
from spacebox.web.server import Server
from spacebox.web.site import Site

SITE = Site(
    box_id="b0c5",
    name="space-box",
    public_url="https://radio.example",
    stun=("stun:stun.example:3478",),
    turn=("turn:turn.example:3478?transport=udp",),
    turn_username="guest",
    turn_credential='se"cret',
)
OFFER = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Lines:
    """The engine's side of signalling, as far as HTTP can tell."""

    open: dict[str, tuple[str | None, str, bool]] = field(default_factory=dict)
    """Peer → participant, direction, tool."""
    denies: Denied | None = None
    made: int = 0
    origins: list[str | None] = field(default_factory=list)
    session: str = "ice0"
    """The present ICE session, of all lines."""
    told: list[str] = field(default_factory=list)

    def listen(self, participant: str | None, offer: str, origin: str | None) -> Answer:
        self.origins.append(origin)
        return self._answer(participant, "down", offer, tool=False)

    def speak(self, participant: str, offer: str, *, tool: bool) -> Answer:
        return self._answer(participant, "up", offer, tool=tool)

    def patch(self, peer: str, session: str, fragment: str) -> Restarted | None:
        if peer not in self.open:
            raise Denied("not_found", "there is no such connection")
        if session not in ("*", self.session):
            raise Denied("not_now", "that was an earlier ICE session")
        if "a=ice-ufrag:" not in fragment:
            raise Denied("malformed", "that is no fragment")
        self.told.append(fragment)
        if "new" not in fragment:
            return None
        self.session = "ice1"
        return Restarted("a=ice-ufrag:boxu\r\n", self.session)

    def stop_listening(self, peer: str) -> bool:
        return self._stop(peer, "down") is not None

    def stop_speaking(self, peer: str) -> str | None:
        line = self._stop(peer, "up")
        return None if line is None else line[0]

    def _stop(self, peer: str, way: str) -> tuple[str | None, str, bool] | None:
        if peer not in self.open or self.open[peer][1] != way:
            return None
        return self.open.pop(peer)

    def _answer(self, participant: str | None, way: str, offer: str, *, tool: bool) -> Answer:
        if self.denies is not None:
            raise self.denies
        if not offer.startswith("v=0"):
            raise Denied("malformed", "that is no SDP")
        peer = f"peer{self.made}"
        self.made += 1
        replaced = {
            peer
            for peer, line in self.open.items()
            if participant and line[:2] == (participant, way)
        }
        self.open = {peer: line for peer, line in self.open.items() if peer not in replaced}
        self.open[peer] = (participant, way, tool)
        return Answer(peer, "v=0\r\n", self.session)


@dataclass
class Ether:
    """The machine's Wi-Fi, as far as HTTP can tell."""

    hotspot: Hotspot | None = None
    nearby: tuple[Nearby, ...] = (Nearby("Küche", 71, True),)
    joining: str = ""
    trouble: str = ""
    wishes: list[Credentials] = field(default_factory=list)

    def join(self, network: Credentials) -> None:
        self.wishes.append(network)


@dataclass
class Face:
    """A front that shows what a test wants, on pins as the simulator has them."""

    image: Image.Image = field(default_factory=lambda: Image.new("1", (128, 64)))
    lamps: Lamps = field(default_factory=lambda: Lamps(0.0, 0.0))
    factory: MockFactory = field(default_factory=MockFactory)
    fingers: SimFingers = field(init=False)

    def __post_init__(self) -> None:
        self.fingers = SimFingers(Buttons(), self.factory)
        for button in ("mute", "approve", "end"):
            self._pin(button).clear_states()

    @property
    def picture(self) -> bytes:
        return self.image.tobytes()

    def presses(self, button: str) -> list[tuple[bool, float]]:
        """Return each change of a button: whether it went down, and how long after the last."""
        return [(not level, after) for after, level in self._pin(button).states[1:]]

    def down(self) -> set[str]:
        return {name for name in ("mute", "approve", "end") if not self._pin(name).state}

    def _pin(self, button: str) -> MockPin:
        return self.factory.pin(getattr(Buttons(), button))


@dataclass
class Box:
    """A running server and everything a test may want to look at."""

    hub: Hub
    clock: Clock
    lines: Lines
    streams: Streams
    server: Server
    session: aiohttp.ClientSession
    port: int
    socket: Path
    presence: list[tuple[str, bool]]
    ills: list[str]
    face: Face
    trips: Trips
    pairing: Pairing
    ether: Ether

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, access: Access = Access.OPEN) -> None:
        self.hub.submit(StartSpace(HOST, title="Slow radio at night", access=access))

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, CIMultiDictProxy[str]]:
        """Return status, body (JSON where it is JSON) and headers."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes | str | None) else json.dumps(body)
        async with self.session.request(
            method,
            URL(self.url + path, encoded=True),
            data=data,
            headers=sent,
            allow_redirects=False,
        ) as response:
            content: Any = await response.read()
            if response.content_type == "application/json" and content:
                content = json.loads(content)
            return response.status, content, response.headers

    async def join(self, name: str | None = None, **fields: str) -> Any:
        body = {**({} if name is None else {"name": name}), **fields}
        status, seat, _ = await self.ask("POST", "/api/join", body)
        assert status == 201, seat
        return seat

    async def link(self, role: str, host: str) -> str:
        status, link, _ = await self.ask("POST", "/api/link", {"role": role}, token=host)
        assert status == 201, link
        return str(link["token"])

    async def offer(
        self, endpoint: str, token: str = "", sdp: str = OFFER
    ) -> tuple[int, Any, CIMultiDictProxy[str]]:
        headers = {"Content-Type": "application/sdp"}
        return await self.ask("POST", endpoint, sdp, token=token, headers=headers)


async def until(condition: Callable[[], bool], patience_s: float = 5.0) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(patience_s):
        while not condition():
            await asyncio.sleep(0.005)
