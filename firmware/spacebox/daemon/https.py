"""The box's secure door, and the certificate that it shows there."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

from spacebox.ports import Fault
from spacebox.ports.secure import Secure
from spacebox.system.authority import Authority, address_of
from spacebox.system.certificate import Certificate
from spacebox.system.network import survey
from spacebox.system.owned import Owned
from spacebox.web.server import Server
from spacebox.web.site import Site

LOOK_S = 30.0
"""How often files, names and the time are looked at, unless something is known to be new."""
AUTHORITY = "authority.pem"
LEAF = "box.pem"


class Https:
    """Opens the door, and keeps its certificate fit for the names that the box goes by."""

    def __init__(self, site: Site, listen: str, folder: Path, owned: Owned | None) -> None:
        """*folder* is where the box keeps what it signed. May block."""
        self._names = frozenset(filter(None, map(_in_certificate, site.hosts - {"localhost"})))
        self._listen = listen
        self._files = (folder / AUTHORITY, folder / LEAF)
        self._news = asyncio.Event()
        self._faults: dict[str, Fault] = {}
        """By what it is about: the certificate or the door."""
        self._certificate: Certificate | None = None
        try:
            authority = Authority.at(self._files[0], site.name, self._names)
        except OSError as error:
            self._faults["certificate"] = _not_kept(error)
        else:
            self._certificate = Certificate(authority, self._files[1], owned)

    @property
    def secure(self) -> Secure | None:
        """What is shown; None where none could be made."""
        return self._certificate

    @property
    def fingerprint(self) -> str:
        """Of whom people may trust: 64 hex digits; empty where nobody has to."""
        root = self._certificate.root if self._certificate else None
        return root.fingerprint if root else ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (*self._faults.values(), *(self._certificate.faults if self._certificate else ()))

    async def open(
        self, server: Server, port: int, *, spare: bool, handed: tuple[socket, ...] = ()
    ) -> int | None:
        """Open the door; return its port, None where there is none, which is a fault then.

        With *spare*, any free port will do where this one is taken; *handed* sockets take its
        place.
        """
        if self._certificate is None:
            return None
        await self._look(self._certificate)
        for choice in (port, 0) if spare else (port,):
            try:
                bound = await server.listen_secure(self._listen, choice, self._certificate, handed)
            except OSError as error:
                self._faults["door"] = _not_opened(error)
            else:
                self._faults.pop("door", None)
                return bound
        return None

    async def look_after(self) -> None:
        """Keep the certificate as it must be, without end."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            self._news.clear()
            if self._certificate is not None:
                await self._look(self._certificate)

    def moved(self) -> None:
        """Look at once: the machine's addresses are others."""
        self._news.set()

    def forget(self) -> None:
        """Erase what the box signed: the next start makes another authority. Raises OSError."""
        for file in self._files:
            file.unlink(missing_ok=True)

    async def _look(self, certificate: Certificate) -> None:
        def look() -> None:
            certificate.look(self._hosts(), datetime.now(UTC))

        try:
            await asyncio.to_thread(look)  # a card that is dying blocks for long
        except OSError as error:
            self._faults["certificate"] = _not_kept(error)
        else:
            self._faults.pop("certificate", None)

    def _hosts(self) -> frozenset[str]:
        own = survey().heard_at(self._listen).addresses
        listen = (self._listen,) if address_of(self._listen) else ()
        return self._names | {*own, *listen}


def _in_certificate(host: str) -> str:
    """Return *host* in the letters of the DNS; empty where it has none."""
    with contextlib.suppress(UnicodeError):
        return host.encode("idna").decode()
    return ""


def _not_kept(error: OSError) -> Fault:
    reason = (error.strerror or str(error)).lower()
    detail = f"https: the box's certificate cannot be kept: {reason}; look at the card"
    return Fault("No secure page", "Look at the card.", detail)


def _not_opened(error: OSError) -> Fault:
    detail = f"https: {error.strerror}, as https_port in [network]; guests cannot speak until then"
    return Fault("No secure page", "Choose another port.", detail)
