"""What the web needs to know of the box it stands for, and where that is reached."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from spacebox.ports.secure import Secure

_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Capitals and digits that nobody takes for one another."""
_CODE_LENGTH = 5
_NAME_KEPT = 58
"""A label of DNS has 63 characters at most."""
_HANDED_ON = ("Forwarded", "X-Forwarded-For", "Cf-Connecting-Ip")
"""Headers by which a tunnel tells for whom it asks (RFC 7239, and what went before)."""


@dataclass(frozen=True, slots=True)
class Site:
    """One box, as its configuration describes it."""

    box_id: str
    """Letters and digits, the same after each start."""
    name: str
    """Reached as NAME.local."""
    public_url: str = ""
    """Where guests reach the page from outside, without a slash at the end; or empty."""
    stun: tuple[str, ...] = ()
    """URIs of RFC 7064."""
    turn: tuple[str, ...] = ()
    """URIs of RFC 7065."""
    turn_username: str = ""
    turn_credential: str = ""
    turn_secret: str = ""
    """The TURN server's own, in the place of these two."""

    @property
    def cookie(self) -> str:
        """The cookie's name; cookies ignore ports, so it tells boxes apart."""
        return f"spacebox_{self.box_id}"

    @property
    def code(self) -> str:
        """The code of the short link; it stays the same, so that it may be printed."""
        digest = hashlib.sha256(b"spacebox short link " + self.box_id.encode()).digest()
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:_CODE_LENGTH])

    @property
    def hosts(self) -> frozenset[str]:
        """The names that this box goes by, in lower case."""
        public = urlsplit(self.public_url).hostname
        own = [f"{name}{end}" for name in (self.name, self.alias) for end in ("", ".local")]
        names = ("localhost", *own, *([public] if public else []))
        return frozenset(name.lower() for name in names)

    @property
    def alias(self) -> str:
        """Its other name, for networks where another machine goes by the first (RFC 6762 §9)."""
        return f"{self.name[:_NAME_KEPT]}-{self.box_id[:4]}"


class Addresses:
    """Where the page is found, by whoever asks."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._host = f"{site.name}.local"
        self._port = 80
        self._secure: Secure | None = None
        self._secure_port = 0
        self._everywhere = False
        self._tunnel = ""

    def bound(self, address: str, port: int) -> None:
        """Take note of where the server listens."""
        self._port = port
        self._everywhere = not address or _unspecified(address)
        if not self._everywhere:
            self._host = _in_url(address)

    def secured(self, port: int, secure: Secure) -> None:
        """Take note of where the server listens for https, and what it shows there."""
        self._secure_port = port
        self._secure = secure

    def moved(self, address: str) -> None:
        """Take note of the machine's own address as of now; empty while it has none.

        Who listens at one address only is found there, or nowhere.
        """
        if self._everywhere:
            self._host = _in_url(address or f"{self._site.name}.local")

    def tunnelled(self, url: str) -> None:
        """Take note of where a tunnel leads here from; empty where none does any more."""
        self._tunnel = url

    @property
    def public_url(self) -> str:
        """Where guests reach the page from outside, as the owner says or by a tunnel; or empty."""
        return self._site.public_url or self._tunnel

    @property
    def hosts(self) -> frozenset[str]:
        """The names that this box goes by now, in lower case."""
        tunnel = urlsplit(self._tunnel).hostname
        return self._site.hosts | ({tunnel} if tunnel else frozenset())

    @property
    def origins(self) -> frozenset[str]:
        """Where the page comes from, in lower case, when it does not come straight from here."""
        parts = (urlsplit(url) for url in (self._site.public_url, self._tunnel) if url)
        return frozenset(f"{part.scheme}://{part.netloc}".lower() for part in parts)

    def base(self, request: web.BaseRequest | None = None) -> str:
        """Return the page's address without a slash: the public one, else the one asked for.

        It is not the secure one where browsers warn of that: newcomers begin without.
        """
        if self.public_url:
            return self.public_url
        host = self._host
        if request is not None and not is_local(request):
            if request.scheme == "http" or self._secure is None or self._secure.root is None:
                return f"{request.scheme}://{request.headers['Host']}"
            host = _in_url(request.url.host or host)
        port = "" if self._port == 80 else f":{self._port}"
        return f"http://{host}{port}"

    def secure(self, request: web.BaseRequest | None = None) -> str:
        """Return the page's address on https, as `base` does; empty where there is none."""
        base = self.base(request)
        if base.startswith("https:"):
            return base
        if not self._secure_port:
            return ""
        host = _in_url(urlsplit(base).hostname or self._host)
        return f"https://{host}" + ("" if self._secure_port == 443 else f":{self._secure_port}")

    def join_link(self, request: web.BaseRequest | None = None) -> str:
        """Return the short link."""
        return f"{self.base(request)}/s/{self._site.code}"

    def invitation(self, token: str, request: web.BaseRequest) -> str:
        """Return the link that carries *token*, where no server and no log ever sees it."""
        return f"{self.join_link(request)}#invite={token}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_local(request: web.BaseRequest) -> bool:
    """Say whether *request* came by the unix socket, whose file permission is its password."""
    return isinstance(request.get_extra_info("sockname"), str)


def is_loopback(remote: str) -> bool:
    """Say whether a peer's address is this machine's loopback."""
    try:
        peer = ipaddress.ip_address(remote)
    except ValueError:
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return (mapped or peer).is_loopback


def asks_from_here(request: web.BaseRequest) -> bool:
    """Say whether *request* is this machine's own: by the unix socket, or loopback to loopback.

    A tunnel's visitors come from loopback. They are known by the Host, which some may choose, and
    by what the tunnel says of them.
    """
    if is_local(request):
        return True
    if any(name in request.headers for name in _HANDED_ON):
        return False
    host = request.url.host or ""
    return is_loopback(request.remote or "") and (host == "localhost" or is_loopback(host))


def _unspecified(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False
