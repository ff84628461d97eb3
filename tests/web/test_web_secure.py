"""The secure door: the same server behind TLS, and who does not get through it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from served import SITE, Box, until

from spacebox.engines.streams import PIECE_PACKETS
from spacebox.system.authority import Authority
from spacebox.system.certificate import Certificate
from spacebox.web.handshake import ALTOGETHER
from spacebox.web.site import Addresses, Site

HERE = "127.0.0.1"


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    authority = Authority.at(tmp_path / "authority.pem", SITE.name, [SITE.name])
    certificate = Certificate(authority, tmp_path / "box.pem", None)
    certificate.look([HERE], datetime.now(UTC))
    return certificate


@pytest.fixture
async def port(box: Box, certificate: Certificate) -> int:
    return await box.server.listen_secure(HERE, 0, certificate)


@pytest.fixture
def trusting(certificate: Certificate) -> ssl.SSLContext:
    assert certificate.root is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate.root.certificate)
    return context


@pytest.fixture
async def browser(trusting: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(ssl=trusting)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        yield session


async def _get(browser: aiohttp.ClientSession, url: str) -> Any:
    async with browser.get(url) as response:
        assert response.status == 200
        return await response.json()


async def test_who_trusts_the_box_is_served(browser: aiohttp.ClientSession, port: int) -> None:
    assert (await _get(browser, f"https://{HERE}:{port}/healthz"))["ok"]


async def test_a_seat_is_kept_from_http_to_https(
    box: Box, browser: aiohttp.ClientSession, port: int
) -> None:
    box.start()
    async with browser.post(f"{box.url}/api/join", json={"name": "Ana"}) as joined:
        seat = await joined.json()
    space = await _get(browser, f"https://{HERE}:{port}/api/space")
    assert space["you"]["participant"] == seat["participant"]


async def test_a_page_of_the_secure_address_may_act(
    box: Box, browser: aiohttp.ClientSession, port: int
) -> None:
    box.start()
    url = f"https://{HERE}:{port}"
    async with browser.post(f"{url}/api/join", json={}, headers={"Origin": url}) as joined:
        assert joined.status == 201
        assert joined.cookies[SITE.cookie]["secure"]


async def test_a_request_that_comes_with_the_handshakes_end_is_read(
    port: int, trusting: ssl.SSLContext
) -> None:
    """A client of TLS 1.3 sends its first request in the same packet as its last word."""

    def ask() -> bytes:
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting.wrap_bio(into, out, server_hostname=HERE)
        with socket.create_connection((HERE, port)) as wire:
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            wire.sendall(out.read())
            while tls.version() != "TLSv1.3" or out.pending == 0:
                into.write(wire.recv(65536))
                with contextlib.suppress(ssl.SSLWantReadError):
                    tls.do_handshake()
            tls.write(
                f"GET /healthz HTTP/1.1\r\nHost: {HERE}\r\nConnection: close\r\n\r\n".encode()
            )
            wire.sendall(out.read())
            while chunk := wire.recv(65536):
                into.write(chunk)
            return tls.read()

    head, _, body = (await asyncio.to_thread(ask)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body)["ok"]


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\x16\x03\x01\xff\xff", b"\0" * 40000]
)
async def test_who_speaks_no_tls_is_sent_away(
    browser: aiohttp.ClientSession, port: int, said: bytes
) -> None:
    reader, writer = await asyncio.open_connection(HERE, port)
    with contextlib.suppress(ConnectionError):
        writer.write(said)
        if said.startswith(b"\x16"):
            writer.write_eof()
        await reader.read()
    writer.close()
    assert await _get(browser, f"https://{HERE}:{port}/healthz")


async def test_those_who_say_nothing_are_bounded(
    box: Box, browser: aiohttp.ClientSession, port: int
) -> None:
    silent = [await asyncio.open_connection(HERE, port) for _ in range(ALTOGETHER)]
    reader, writer = await asyncio.open_connection(HERE, port)
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    for _, one in silent:
        one.close()
    (handshakes,) = box.server._handshakes
    await until(lambda: len(handshakes) == 0)
    assert await _get(browser, f"https://{HERE}:{port}/healthz")


async def test_stopping_lets_go_of_a_handshake_under_way(box: Box, port: int) -> None:
    reader, writer = await asyncio.open_connection(HERE, port)
    (handshakes,) = box.server._handshakes
    await until(lambda: len(handshakes) == 1)
    await box.server.stop()
    async with asyncio.timeout(3):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()


async def test_the_programme_goes_on_and_on(
    box: Box, browser: aiohttp.ClientSession, port: int
) -> None:
    box.start()
    async with browser.get(f"https://{HERE}:{port}/listen.ogg") as response:
        for number in range(50):
            for _ in range(PIECE_PACKETS):
                box.streams.on_tick(b"\0%03d\0" % number)
            heard = b""
            async with asyncio.timeout(5):
                while b"\0%03d\0" % number not in heard:
                    heard += await response.content.readany()
    assert box.streams.skipped == 0


def _idle(port: int, trusting: ssl.SSLContext | None) -> socket.socket:
    """Ask for a stream and take nothing of it."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect((HERE, port))
    if trusting is not None:
        slow = trusting.wrap_socket(slow, server_hostname=HERE)
    slow.sendall(b"GET /listen.ogg HTTP/1.0\r\nHost: localhost\r\n\r\n")
    return slow


def _listening(box: Box) -> bool:
    for _ in range(PIECE_PACKETS):
        box.streams.on_tick(bytes(80))
    return any(box.streams.receiving(box.clock()))


async def _pieces_until_one_is_skipped(box: Box) -> int:
    before, pieces = box.streams.skipped, 0
    while box.streams.skipped == before:
        for _ in range(PIECE_PACKETS):
            box.streams.on_tick(bytes(80))
        pieces += 1
        await asyncio.sleep(0.002)
    return pieces


async def test_who_is_slow_skips_as_soon_as_without_tls(
    box: Box, port: int, trusting: ssl.SSLContext
) -> None:
    """What waits for a listener is old: encryption must not keep more of it."""
    taken = {}
    for way, (at, browser) in {"http": (box.port, None), "https": (port, trusting)}.items():
        box.start()
        with await asyncio.to_thread(_idle, at, browser):
            await until(lambda: _listening(box))
            taken[way] = await _pieces_until_one_is_skipped(box)
        await until(lambda: not _listening(box))
    assert taken["https"] <= taken["http"] + 4, taken


@pytest.mark.parametrize(
    ("public_url", "secure_port", "secure"),
    [
        ("", 0, ""),
        ("", 8443, "https://192.0.2.7:8443"),
        ("", 443, "https://192.0.2.7"),
        ("https://radio.example", 0, "https://radio.example"),
        ("https://radio.example", 8443, "https://radio.example"),
        ("http://radio.example:8080", 8443, "https://radio.example:8443"),
    ],
)
def test_where_the_secure_page_is(
    certificate: Certificate, public_url: str, secure_port: int, secure: str
) -> None:
    addresses = Addresses(Site("b", "radio", public_url))
    addresses.bound("192.0.2.7", 8080)
    addresses.secured(secure_port, certificate)
    assert addresses.secure() == secure
