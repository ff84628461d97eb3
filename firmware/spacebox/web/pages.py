"""The page and what belongs to it, served from the package's own folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from aiohttp import web

from spacebox.hub import Hub
from spacebox.ports.wifi import Wifi
from spacebox.web.errors import Problem
from spacebox.web.operation import Operation, Reply
from spacebox.web.site import Addresses, Site

PAGE = Path(__file__).parent / "page"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HTML = "text/html"
_TYPES = {
    ".css": "text/css",
    ".html": HTML,
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""The files that are served, by their ending; others are not there."""
_TEXTS = frozenset({".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest"})


_NAME_LENGTH = 200
_PLACE = re.compile(r"\{\{([a-z]+)\}\}")


@dataclass(frozen=True, slots=True)
class _File:
    stamp: tuple[int, int]
    """Time of change and size: the file is read again when one differs."""
    body: bytes
    etag: str


class Pages:
    """Serves the files of *folder* and nothing else."""

    def __init__(
        self,
        hub: Hub,
        site: Site,
        addresses: Addresses,
        wifi: Wifi | None = None,
        folder: Path = PAGE,
    ) -> None:
        self._hub = hub
        self._site = site
        self._addresses = addresses
        self._wifi = wifi
        self._folder = folder
        self._files: dict[Path, _File] = {}

    def operations(self) -> tuple[Operation, ...]:
        page = {200: Reply("The page", HTML, {"type": "string"})}
        file = {200: Reply("The file", "*/*"), 304: Reply("As you have it")}
        gone = {404: "No such file"}
        wrong = {404: "No Space has this code"}
        short = "The short link"
        return (
            Operation("GET", "/", self._index, "The page", page, head=True),
            Operation("GET", "/s/{code}", self._short, short, page, wrong, head=True),
            # As a QR code has it: capitals need fewer modules.
            Operation("GET", "/S/{code}", self._short, short, page, wrong, head=True),
            Operation(
                "GET",
                "/setup",
                self._setup,
                "To pair, to join a Wi-Fi network, to be a guest",
                page,
            ),
            Operation(
                "GET", "/page/{name:.+}", self._static, "A part of it", file, gone, head=True
            ),
            Operation("GET", "/favicon.ico", self._icon, "The icon", file, gone, head=True),
        )

    async def _index(self, request: web.Request) -> web.Response:
        announced = self._hub.room.announcement
        said = {
            "title": announced.title,
            "description": announced.description or f"A Space with {self._hub.room.host_name}",
            "url": self._addresses.base(request),
            "secure": self._addresses.secure(request),
        }
        return self.html("index.html", said)

    async def _setup(self, _request: web.Request) -> web.Response:
        hotspot = self._wifi.hotspot if self._wifi else None
        wifi = "none" if self._wifi is None else str(hotspot.interface.ip) if hotspot else "closed"
        return self.html("setup.html", {"title": self._site.name, "wifi": wifi})

    def html(self, name: str, said: Mapping[str, str]) -> web.Response:
        """Return a page of the folder with what is *said* in its places."""
        template = self._read(self._folder / name).body.decode()
        text = _PLACE.sub(lambda place: escape(said[place[1]]), template)
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-cache"}
        return web.Response(text=text, content_type=HTML, headers=headers)

    async def _short(self, request: web.Request) -> web.Response:
        if request.match_info["code"].upper() != self._site.code:
            raise Problem(404, "not_found", "there is no Space with this code")
        return await self._index(request)

    async def _static(self, request: web.Request) -> web.Response:
        return self._serve(request, request.match_info["name"])

    async def _icon(self, request: web.Request) -> web.Response:
        return self._serve(request, "icon.svg")

    def _serve(self, request: web.Request, name: str) -> web.Response:
        path = self._find(name)
        file = self._read(path)
        headers = {"ETag": f'"{file.etag}"', "Cache-Control": "no-cache"}
        if file.etag in (tag.value for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=file.body,
            content_type=_TYPES[path.suffix],
            charset="utf-8" if path.suffix in _TEXTS else None,
            headers=headers,
        )

    def _find(self, name: str) -> Path:
        """Return the file *name* of the folder. Raises Problem where there is none."""
        parts = name.split("/")
        inside = name.isascii() and name.isprintable() and len(name) < _NAME_LENGTH
        inside = inside and all(part and not part.startswith(".") for part in parts)
        path = self._folder.joinpath(*parts)
        if inside and path.suffix in _TYPES and path.is_file():
            return path
        raise Problem(404, "not_found", "the page has no such file")

    def _read(self, path: Path) -> _File:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._files.get(path)
        if known is None or known.stamp != stamp:
            body = path.read_bytes()
            known = _File(stamp, body, hashlib.sha256(body).hexdigest()[:24])
            self._files[path] = known
        return known
