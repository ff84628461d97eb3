"""From where guests can come, as a test finds out: the box looks for itself from outside.

That can be done where something tells what it looks like from there: its public address, a tunnel,
or a STUN server. It is done from within, so a router that hands nothing back to its own network
(RFC 4787 §6) makes a box look less reachable than it is, and never more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from spacebox.ports.elsewhere import UNTESTED, Reach, Reached

SETTLE_S = 3.0
"""So long STUN servers get to answer after a change."""
LOOK_S = 1.0
PUBLIC_AGAIN_S = 300.0
AGAIN_S = 60.0
PATIENCE_S = 10.0
ANSWER_BYTES = 4096
PLACE = "/.well-known/spacebox"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vantage:
    """What there is to go by."""

    hosts: tuple[str, ...]
    """The machine's own addresses."""
    alone: bool
    """Whether the page is open to this machine only."""
    port: int
    """Of the page."""
    public_url: str = ""
    """Where guests reach the page from outside, as the owner says or by a tunnel."""
    asks: bool = False
    """Whether there are STUN servers to ask."""
    seen: tuple[str, ...] = ()
    """At which addresses they see us, and what the owner says of that."""
    tunnel: str = ""
    """The program that should bring guests from outside."""
    spoken: bool = False
    """Whether sound has a way from outside too: by STUN, TURN or a forwarded port."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where the page may be found from outside, without a slash at the end."""
        if self.public_url:
            return (self.public_url,)
        hosts = () if self.alone else dict.fromkeys(self.seen)
        return tuple(f"http://{f'[{host}]' if ':' in host else host}:{self.port}" for host in hosts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of looking for the box at one place."""

    place: str
    by: tuple[str, ...] = ()
    """The addresses that the place has for us."""
    trouble: str = ""
    """Why that does not lead here; empty where it does."""


def judge(vantage: Vantage, answers: tuple[Answer, ...]) -> Reached:
    """Say from where guests can come, after *answers* from all places of *vantage*."""
    if not vantage.hosts:
        return Reached(
            Reach.NO_NETWORK, "This box has no address.", "Plug in a cable, or join a Wi-Fi."
        )
    for answer in answers:
        if not answer.trouble:
            return _led_here(vantage, answer)
    if vantage.public_url:
        return _astray(vantage, answers[0])
    if vantage.tunnel:
        return Reached(
            Reach.LAN_ONLY,
            f"The tunnel is not up: {vantage.tunnel} has not said where guests come in.",
            "See what it says: journalctl -u spacebox-tunnel.",
        )
    if vantage.alone:
        return Reached(
            Reach.UNKNOWN,
            "The page is open to this machine only.",
            "Start the box with --listen 0.0.0.0 to let the network in, or use a tunnel.",
        )
    return _without_public_url(vantage, answers)


def _led_here(vantage: Vantage, answer: Answer) -> Reached:
    by = {ip_address(host) for host in answer.by}
    near = [str(host) for host in by if str(host) in vantage.hosts or not host.is_global]
    if not near:
        hint = (
            "To speak from outside, guests also need network.media_port (UDP) forwarded, or TURN."
        )
        return Reached(Reach.PUBLIC, f"{answer.place} leads here.", "" if vantage.spoken else hint)
    return Reached(
        Reach.UNKNOWN,
        f"From here {answer.place} leads to {near[0]}, which is in this network.",
        "Open that page on a phone with mobile data: if it comes up, the box is public.",
    )


def _astray(vantage: Vantage, answer: Answer) -> Reached:
    return Reached(
        Reach.LAN_ONLY,
        f"{answer.place} does not lead here: {answer.trouble}.",
        f"See that it leads to port {vantage.port} of this box; a new tunnel needs a minute.",
    )


def _without_public_url(vantage: Vantage, answers: tuple[Answer, ...]) -> Reached:
    tunnel = "or use a tunnel (network.tunnel)."
    if answers:
        seen = " or ".join(vantage.seen)
        return Reached(
            Reach.LAN_ONLY,
            f"From outside this network is {seen}; its port {vantage.port} does not lead here: "
            f"{answers[0].trouble}.",
            f"Forward TCP port {vantage.port} to this box in the router, {tunnel}",
        )
    if vantage.asks:
        return Reached(
            Reach.LAN_ONLY,
            "No answer from outside: the servers of network.stun are silent.",
            f"Look at the connection to the internet and at network.stun, {tunnel}",
        )
    return Reached(
        Reach.UNKNOWN,
        "There is nothing outside to test from.",
        "Name a STUN server in network.stun and the box finds out. Or forward TCP port "
        f"{vantage.port} in the router and open that address on a phone with mobile data.",
    )


class ReachTest:
    """Looks again whenever something changes, and every few minutes."""

    def __init__(self, code: str, look: Callable[[], Vantage]) -> None:
        """*code* is the one of the box's short link, by which it knows itself."""
        self._code = code
        self._look = look
        self.reached = UNTESTED

    async def run(self) -> None:
        """Test for ever; ends with its task."""
        vantage, due = self._look(), time.monotonic() + SETTLE_S
        while True:
            await asyncio.sleep(LOOK_S)
            if (now := self._look()) != vantage:
                vantage, due = now, time.monotonic() + SETTLE_S
            if time.monotonic() >= due:
                await self.test(vantage)
                public = self.reached.reach is Reach.PUBLIC
                due = time.monotonic() + (PUBLIC_AGAIN_S if public else AGAIN_S)

    async def test(self, vantage: Vantage) -> None:
        """Look for the box at all places of *vantage*, and remember what that says."""
        # Each time a new connection and a new look at the names: the ones before prove nothing.
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, use_dns_cache=False),
            timeout=aiohttp.ClientTimeout(PATIENCE_S),
        ) as session:
            answers = await asyncio.gather(*(self._ask(session, at) for at in vantage.places))
        before, self.reached = self.reached, judge(vantage, tuple(answers))
        if self.reached.detail != before.detail:
            log.info("%s: %s", self.reached.reach, self.reached.detail)

    async def _ask(self, session: aiohttp.ClientSession, place: str) -> Answer:
        by = await _addresses(place)
        if not by:
            return Answer(place, trouble="nothing goes by that name")
        try:
            # Nothing secret is sent, and whom browsers trust is another question.
            async with session.get(place + PLACE, ssl=False, allow_redirects=False) as response:
                told = await response.content.read(ANSWER_BYTES)
                status = response.status
        except TimeoutError:
            return Answer(place, by, f"no answer within {PATIENCE_S:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError):
            return Answer(place, by, "nothing answers there")
        if status == 200 and _code(told) == self._code:
            return Answer(place, by)
        return Answer(place, by, "something else answers there")


async def _addresses(place: str) -> tuple[str, ...]:
    """Return the addresses of *place*; none where its name has none."""
    host = urlsplit(place).hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):  # the latter for what cannot be a name at all
        return ()
    return tuple(dict.fromkeys(str(address[4][0]).partition("%")[0] for address in found))


def _code(told: bytes) -> object:
    try:
        answer = json.loads(told)
    except (ValueError, RecursionError):
        return None
    return answer.get("code") if isinstance(answer, dict) else None
