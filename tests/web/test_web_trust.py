"""The page that leads through trusting the box, and what it gives to download."""

from __future__ import annotations

import plistlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from served import Clock, Lines

from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.ports.secure import Root
from spacebox.room.model import new_room
from spacebox.system.authority import Authority
from spacebox.system.certificate import Certificate
from spacebox.web.server import Server
from spacebox.web.services import Services
from spacebox.web.site import Site
from spacebox.web.trust import profile


class Shown:
    """What a box shows on https, where it can be said that its owner brought that along."""

    def __init__(self, context: ssl.SSLContext, root: Root) -> None:
        self.context = context
        self.root: Root | None = root


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.at(tmp_path / "authority.pem", "space-box", ["space-box"])


@pytest.fixture
def root(authority: Authority) -> Root:
    return authority.root


@pytest.fixture
def shown(authority: Authority, tmp_path: Path) -> Shown:
    certificate = Certificate(authority, tmp_path / "box.pem", None)
    certificate.look(["127.0.0.1"], datetime.now(UTC))
    return Shown(certificate.context, authority.root)


@pytest.fixture
async def server(shown: Shown) -> AsyncIterator[Server]:
    hub = Hub(new_room("Mira"), Clock())
    streams = Streams(hub)
    server = Server(
        hub,
        Site("b0c5", "space-box"),
        Services(
            signalling=Lines(),
            broadcast=streams,
            health=tuple,
            faults=tuple,
            metrics=bytes,
            presence=lambda _who, _present: None,
            secure=shown,
        ),
    )
    yield server
    await server.stop()
    streams.close()


@pytest.fixture
async def port(server: Server) -> int:
    return await server.listen("127.0.0.1", 0)


@pytest.fixture
async def page(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def _get(page: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    async with page.get(path, headers={"Accept": "text/html"}) as response:
        assert response.status == status
        return response.content_type, await response.read()


async def test_it_shows_the_fingerprint_in_the_rows_of_the_glass(
    page: aiohttp.ClientSession, server: Server, shown: Shown, root: Root
) -> None:
    await server.listen_secure("127.0.0.1", 0, shown)
    text = (await _get(page, "/trust"))[1].decode()
    rows = text.partition('SHA-256">')[2].partition("</pre>")[0].split("\n")
    assert [len(row.split()) for row in rows] == [4, 4, 4, 4]
    assert "".join("".join(rows).split()) == root.fingerprint
    assert "https://127.0.0.1:" in text
    assert "{{" not in text


async def test_the_certificate_is_the_one_of_the_fingerprint(
    page: aiohttp.ClientSession, root: Root
) -> None:
    media, body = await _get(page, "/trust/ca.crt")
    assert media == "application/x-x509-ca-cert"
    assert Root("", body).fingerprint == root.fingerprint
    assert x509.load_der_x509_certificate(body).public_bytes(Encoding.DER) == body


async def test_the_profile_holds_the_certificate(page: aiohttp.ClientSession, root: Root) -> None:
    media, body = await _get(page, "/trust/ca.mobileconfig")
    assert media == "application/x-apple-aspen-config"
    said = plistlib.loads(body)
    (certificate,) = said["PayloadContent"]
    assert certificate["PayloadType"] == "com.apple.security.root"
    assert certificate["PayloadContent"] == root.certificate
    assert said["PayloadDisplayName"] == certificate["PayloadDisplayName"] == root.name
    assert said["PayloadUUID"] != certificate["PayloadUUID"]


def test_the_profile_stays_the_same_and_no_two_boxes_share_one(tmp_path: Path, root: Root) -> None:
    other = Authority.at(tmp_path / "other.pem", "space-box", ["space-box"]).root
    assert profile(root) == profile(root)
    assert (
        plistlib.loads(profile(root))["PayloadUUID"]
        != (plistlib.loads(profile(other))["PayloadUUID"])
    )


async def test_an_owners_certificate_needs_no_trust(
    page: aiohttp.ClientSession, server: Server, shown: Shown
) -> None:
    await server.listen_secure("127.0.0.1", 0, shown)
    shown.root = None
    assert b"Nothing to do" in (await _get(page, "/trust"))[1]
    await _get(page, "/trust/ca.crt", 404)
    await _get(page, "/trust/ca.mobileconfig", 404)


async def test_without_a_secure_page_there_is_nothing_to_trust(page: aiohttp.ClientSession) -> None:
    assert b"the box&#x27;s screen says why" in (await _get(page, "/trust", 404))[1]


async def test_a_link_to_share_begins_where_no_browser_warns(
    page: aiohttp.ClientSession, port: int, server: Server, shown: Shown, root: Root
) -> None:
    secure = f"https://127.0.0.1:{await server.listen_secure('127.0.0.1', 0, shown)}"
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cadata=root.certificate)

    async def shared() -> str:
        async with page.get(f"{secure}/", ssl=trusting) as response:
            return (await response.text()).partition('rel="canonical" href="')[2].partition('"')[0]

    assert await shared() == f"http://127.0.0.1:{port}"
    shown.root = None
    assert await shared() == secure


async def test_the_snapshot_tells_the_secure_page_by_the_name_asked_for(
    page: aiohttp.ClientSession, server: Server, shown: Shown
) -> None:
    async def told(host: str) -> str:
        async with page.get("/api/space", headers={"Host": host}) as response:
            return str((await response.json())["secure_url"])

    assert await told("space-box.local:80") == ""
    port = await server.listen_secure("127.0.0.1", 0, shown)
    assert await told("space-box.local:80") == f"https://space-box.local:{port}"
    assert await told("[::1]:80") == f"https://[::1]:{port}"
