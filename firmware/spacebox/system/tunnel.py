"""A program that brings guests from the internet to the page, kept running and listened to.

cloudflared, tailscale and ssh each say on their output where guests come in. They are given lists
of arguments and never a shell, and of what they say only an address of the expected form counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import shutil
import signal
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from spacebox.config import checks

FIRST_S, LONGEST_S = 2.0, 300.0
"""Pauses between two starts: they grow, so that nobody's server is pestered."""
STEADY_S = 60.0
"""A program that ran so long begins with short pauses again."""
ENDING_S = 3.0
LINE_BYTES = 2048
"""Of a longer line only the end is looked at."""
WORDS = 200
"""So many characters of its last line are told."""

_CLOUDFLARED = re.compile(r"\| +(https://[a-z0-9-]+\.trycloudflare\.com) +\|")
"""Framed; unframed it is Cloudflare's own server in a complaint."""
_TAILSCALE = re.compile(r"^(https://[a-z0-9.-]+\.ts\.net(?::\d+)?)(?=[/\s]|$)")
_SSH = re.compile(r"(?:tls termination, |Forwarding HTTP traffic from )(https://[a-z0-9.:-]+)")
"""As localhost.run and serveo.net say it."""
_DESTINATION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9][A-Za-z0-9.-]*")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Way:
    """How a program is started, and how it says where guests come in."""

    program: str
    arguments: tuple[str, ...]
    says: re.Pattern[str]


def way(kind: str, page: str, to: str = "", public_url: str = "", keys: str = "") -> Way:
    """Return how *kind* of tunnel is made to *page*, ``http://ADDRESS:PORT`` on this machine.

    ``ssh`` goes to *to* (``user@host``): to a service that gives the page an address, or, where its
    owner has one already, *public_url*, to a server of theirs that hands on what comes to it. Its
    keys are in the folder *keys*, and else where ssh itself looks for them.

    Raises ValueError for what cannot be.
    """
    match kind:
        case "cloudflared":
            return Way(kind, ("tunnel", "--no-autoupdate", "--url", page), _CLOUDFLARED)
        case "tailscale":
            return Way(kind, ("funnel", page), _TAILSCALE)
        case "ssh":
            return Way(kind, _ssh(page, to, keys, own_server=bool(public_url)), _SSH)
    raise ValueError(f"there is no tunnel of the kind {kind}")


def _ssh(page: str, to: str, keys: str, *, own_server: bool) -> tuple[str, ...]:
    if not _DESTINATION.fullmatch(to):
        raise ValueError('network.tunnel_to must say where ssh goes, such as "me@server.example"')
    here = urlsplit(page)
    remote = here.port if own_server else 80
    options = ("BatchMode=yes", "ExitOnForwardFailure=yes", "StrictHostKeyChecking=accept-new")
    alive = ("ControlPath=none", "ServerAliveInterval=15", "ServerAliveCountMax=3")
    own = (f"IdentityFile={keys}/id_ed25519", f"UserKnownHostsFile={keys}/known_hosts")
    chosen = (*options, *alive, *(own if keys else ()))
    words = [word for option in chosen for word in ("-o", option)]
    # A service says its address in a session; one's own server needs none.
    quiet = ("-N",) if own_server else ()
    return (*words, "-T", *quiet, "-R", f"{remote}:{here.netloc}", "--", to)


class Tunnel:
    """Keeps one program running; it ends with this process, however that ends."""

    def __init__(self, way: Way, told: Callable[[str], None], first_s: float = FIRST_S) -> None:
        """*told* is called with the address when guests can come in, and with "" when not."""
        self._way = way
        self._told = told
        self._first_s = first_s
        self._url = ""
        self._last = ""
        """What the program said last."""
        self.trouble = ""
        """Why there is no tunnel now, in one sentence; empty while its program runs."""

    async def run(self) -> None:
        """Start the program again and again; its end is the end of this task."""
        pause_s = self._first_s
        while True:
            began = time.monotonic()
            try:
                await self._once()
            except OSError as error:
                self.trouble = f"{self._way.program} cannot be started: {error.strerror}."
            finally:
                self._at("")
            if time.monotonic() - began > STEADY_S:
                pause_s = self._first_s
            log.warning("%s It is tried again in %.0f s.", self.trouble, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_S)

    async def _once(self) -> None:
        """Run the program to its end. Raises OSError where it cannot be started."""
        program = shutil.which(self._way.program)
        if program is None:
            self.trouble = f"{self._way.program} is not installed."
            return
        # The kernel ends it when this process dies without a word.
        leash = ("setpriv", "--pdeathsig", "TERM", "--")
        process = await asyncio.create_subprocess_exec(
            *leash,
            program,
            *self._way.arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        self.trouble = self._last = ""
        output = cast(asyncio.StreamReader, process.stdout)
        listening = asyncio.create_task(self._listen(output), name="a tunnel's words")
        try:
            status = await process.wait()
            _signal(process, signal.SIGKILL)
            await asyncio.wait({listening}, timeout=ENDING_S)
            last = self._last or "no word"
            self.trouble = f"{self._way.program} ended with status {status}: {last}."
        finally:
            await _end(process)
            listening.cancel()

    async def _listen(self, output: asyncio.StreamReader) -> None:
        """Follow what the program says, until it says no more."""
        rest = b""
        while chunk := await output.read(LINE_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-LINE_BYTES:]
            for line in lines:
                self._hear(line)
        self._hear(rest)

    def _hear(self, line: bytes) -> None:
        text = line.decode(errors="replace").strip()
        if found := self._way.says.search(text):
            with contextlib.suppress(ValueError):  # it looked like an address
                self._at(checks.origin(found[1]))
        self._last = "".join(c for c in text if c.isprintable())[:WORDS] or self._last

    def _at(self, url: str) -> None:
        if url != self._url:
            self._url = url
            log.info("guests come in at %s", url or "no tunnel now")
            self._told(url)


async def _end(process: Process) -> None:
    """End the program and whatever it has started, gently first."""
    if process.stdin is not None:
        process.stdin.close()
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(ENDING_S):
            await process.wait()
    except TimeoutError:
        log.info("it does not end by itself")
    _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
