"""What is turned away at the gate: foreign names and pages, big bodies, slow clients."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from served import SITE, Box, until

from spacebox.web import connection, guard
from spacebox.web.connection import ALTOGETHER, PER_ADDRESS, Connection, Crowd


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8080",
        "space-box",
        "space-box.local:80",
        "space-box.local.",
        "radio.example",
        "192.168.1.7",
        "192.168.1.7:8080",
        "[::1]:8080",
        "[fd00::1]",
    ],
)
async def test_names_of_the_box(box: Box, host: str) -> None:
    status, _, _ = await box.ask("GET", "/healthz", headers={"Host": host})
    assert status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "1.2.3.4.evil.example", "a b", "", "[evil]"]
)
async def test_other_names_are_misdirected(box: Box, host: str) -> None:
    status, error, _ = await box.ask("GET", "/api/space", headers={"Host": host})
    assert (status, error["error"]) == (421, "wrong_host")


async def exchange(box: Box, request: bytes) -> bytes:
    """Send raw bytes and return all that comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
    writer.write(request)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /healthz HTTP/1.0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 500 + b"\r\n",
    ],
)
async def test_bad_http_is_answered_in_the_one_shape(box: Box, head: bytes) -> None:
    answer = await exchange(box, head)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert b'{"error": "malformed", "reason": "' in answer


@pytest.mark.parametrize("origin", ["https://radio.example", "own"])
async def test_our_own_pages_may_act(box: Box, origin: str) -> None:
    box.start()
    headers = {"Origin": box.url if origin == "own" else origin}
    status, _, _ = await box.ask("POST", "/api/join", {}, headers=headers)
    assert status == 201


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
async def test_other_sites_pages_may_not(box: Box, origin: str) -> None:
    box.start()
    room = box.hub.room
    status, error, _ = await box.ask("POST", "/api/join", {}, headers={"Origin": origin})
    assert (status, error["error"]) == (403, "forbidden")
    assert box.hub.room is room


@pytest.mark.parametrize(
    ("path", "limit", "kind"),
    [
        ("/api/join", guard.BODY_BYTES, "application/json"),
        ("/whep", guard.SDP_BYTES, "application/sdp"),
    ],
)
async def test_a_body_has_its_limit(box: Box, path: str, limit: int, kind: str) -> None:
    box.start()
    headers = {"Content-Type": kind}
    status, _, _ = await box.ask("POST", path, b" " * limit, headers=headers)
    assert status == 400
    status, error, _ = await box.ask("POST", path, b" " * (limit + 1), headers=headers)
    assert (status, error["error"]) == (413, "too_large")


async def test_an_offer_says_what_it_is(box: Box) -> None:
    box.start()
    status, error, headers = await box.ask("POST", "/whep", "v=0")
    assert (status, error["error"]) == (415, "malformed")
    assert headers["Accept-Post"] == "application/sdp"


async def test_an_offer_is_utf8(box: Box) -> None:
    box.start()
    sent = {"Content-Type": "application/sdp"}
    status, error, _ = await box.ask("POST", "/whep", b"v=0\xff", headers=sent)
    assert (status, error["error"]) == (400, "malformed")


async def test_a_slow_header_is_cut_off(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEADER_S", 0.05)
    assert await exchange(box, b"GET /healthz HTT") == b""
    # A second request on the same connection has no more time than the first.
    kept = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"
    assert (await exchange(box, kept)).count(b"HTTP/1.1") == 1


async def test_a_slow_body_is_told_so(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_S", 0.05)
    monkeypatch.setattr(connection, "LINGER_S", 0.05)
    box.start()
    head = b"POST /api/join HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    answer = await exchange(box, head)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"malformed"' in answer


async def test_a_body_that_breaks_off_changes_nothing(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    box.start()
    head = b"POST /api/join HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{}"
    _, writer = await asyncio.open_connection("127.0.0.1", box.port)
    writer.write(head)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await box.join("Ana"))["name"] == "Ana"
    assert not caplog.records
    assert len(box.hub.room.participants) == 2


async def test_who_does_not_take_the_answer_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def big(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=bytes(20_000_000))

    monkeypatch.setattr(connection, "STALLED_S", 0.05)
    crowd, server = Crowd(), web.Server(big)
    loop = asyncio.get_running_loop()
    door = await loop.create_server(lambda: Connection(server, crowd), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*door.sockets[0].getsockname()[:2], limit=1024)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    await until(lambda: len(crowd) == 1)
    await until(lambda: len(crowd) == 0)

    writer.close()
    door.close()
    await server.shutdown(1)
    assert not reader.at_eof()


async def test_too_many_sockets_are_turned_away_with_a_word() -> None:
    async def hello(_request: web.BaseRequest) -> web.Response:
        return web.Response(text="hello")

    crowd, server = Crowd(altogether=1), web.Server(hello)
    loop = asyncio.get_running_loop()
    door = await loop.create_server(lambda: Connection(server, crowd), "127.0.0.1", 0)
    address = door.sockets[0].getsockname()[:2]
    _, first = await asyncio.open_connection(*address)
    await until(lambda: len(crowd) == 1)

    second, writer = await asyncio.open_connection(*address)
    answer = await second.read()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"full"' in answer
    for each in (first, writer):
        each.close()
    await until(lambda: len(crowd) == 0)
    door.close()
    await server.shutdown(1)


def test_one_address_has_so_many_sockets_and_this_machine_more() -> None:
    crowd = Crowd()
    for _ in range(PER_ADDRESS):
        assert crowd.enter("192.0.2.1", near=False) is None
    refusal = crowd.enter("192.0.2.1", near=False)
    assert refusal is not None
    assert refusal.startswith(b"HTTP/1.1 429 ")
    crowd.leave("192.0.2.1")
    assert crowd.enter("192.0.2.1", near=False) is None
    for _ in range(ALTOGETHER - PER_ADDRESS):
        assert crowd.enter("127.0.0.1", near=True) is None
    assert (crowd.enter("192.0.2.2", near=False) or b"").startswith(b"HTTP/1.1 503 ")


class Distant(asyncio.Transport):
    """A socket from *remote* to *here*, as far as counting it goes."""

    def __init__(self, remote: str, here: str) -> None:
        super().__init__({"peername": (remote, 5), "sockname": (here, 80)})
        self.sent = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def close(self) -> None:
        self.sent += b"closed"


async def test_who_comes_from_afar_is_counted_and_a_tunnel_is_not() -> None:
    async def hello(_request: web.BaseRequest) -> web.Response:
        return web.Response(text="hello")

    crowd, server = Crowd(per_address=0), web.Server(hello)
    answers = []
    for remote, here in (("192.0.2.1", "192.0.2.9"), ("192.0.2.9", "192.0.2.9")):
        transport, client = Distant(remote, here), Connection(server, crowd)
        client.connection_made(transport)
        answers.append(transport.sent)
        client.connection_lost(None)
    assert answers[0].startswith(b"HTTP/1.1 429 ")
    assert answers[0].endswith(b"closed")
    assert answers[1] == b""
    assert len(crowd) == 0


def test_the_site_without_a_public_name() -> None:
    own = {"space-box", "space-box.local", "space-box-b0c5", "space-box-b0c5.local"}
    assert SITE.hosts == {"localhost", *own, "radio.example"}
