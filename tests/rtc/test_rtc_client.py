"""WHIP and WHEP as a client: towards a box, and towards servers that have other ideas."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from studio import studio, until
from yarl import URL

from box import running_box
from spacebox.audio.received import Received
from spacebox.ports import Denied
from spacebox.rtc import client
from spacebox.rtc.client import FRAGMENT, SDP, Session, Unreachable, again_s
from spacebox.rtc.gate import OFFER_BYTES

ANSWER = "v=0\r\n"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Stranger:
    """A server that answers by a test's function, and remembers what it was asked."""

    answers: Handler
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and authority."""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, request.headers.get("Authorization", "")))
        return await self.answers(request)


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@asynccontextmanager
async def stranger(answers: Handler) -> AsyncIterator[Stranger]:
    it = Stranger(answers)
    server = web.Server(it.take)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        it.url = f"http://127.0.0.1:{runner.addresses[0][1]}/whep"
        yield it
    finally:
        await runner.cleanup()


def created(location: str | None = "/whep/1", body: str = ANSWER, kind: str = SDP) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        headers = {} if location is None else {"Location": location}
        return web.Response(status=201, body=body.encode(), content_type=kind, headers=headers)

    return answer


def says(status: int, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, headers=named)

    return answer


async def test_a_box_is_called_restarted_and_hung_up(tmp_path: Path, http: ClientSession) -> None:
    with running_box(tmp_path) as box:
        async with studio() as transport:
            call = transport.call(hears=Received, on_change=lambda: None)
            session = await client.post(http, f"{box.url}/whep", call.offer)
            call.accept(session.answer)
            await until(lambda: call.connected)
            call.restarted(await client.restart(http, session, call.restart()))
            await until(lambda: len(transport._demux._by_ufrag) == 1)
            assert call.connected
            await client.delete(http, session)
            await until(lambda: call.over)
            await client.delete(http, session)  # it is gone, and that is no matter
            with pytest.raises(Denied, match="nothing at this address") as denied:
                await client.restart(http, session, call.restart())
            assert denied.value.code == "not_found"


async def test_a_box_says_who_may_speak(tmp_path: Path, http: ClientSession) -> None:
    with running_box(tmp_path) as box:
        async with studio() as transport:
            call = transport.call(speaks="far", on_change=lambda: None)
            with pytest.raises(Denied) as denied:
                await client.post(http, f"{box.url}/whip", call.offer)
            assert denied.value.code == "forbidden"
            token = box.link("speaker")
            session = await client.post(http, f"{box.url}/whip", call.offer, token)
            call.accept(session.answer)
            await until(lambda: call.reported_at > 0)
            assert token not in repr(session)
            await client.delete(http, session)
            await until(lambda: call.over)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/whep/7?x=1#y", "/whep/7?x=1"),
        ("7", "/7"),
        ("http://me:secret@127.0.0.1:{port}/there", "/there"),
    ],
)
async def test_what_they_name_is_asked_to_hang_up(
    http: ClientSession, location: str, path: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = location.format(port=request.url.port)
        return await created(named)(request)

    async with stranger(answer) as it:
        session = await client.post(http, it.url, "offer", "secret")
        assert session.answer == ANSWER
        assert session.resource == URL(it.url).join(URL(path))
        await client.delete(http, session)
        whole = "Bearer secret"
        assert it.asked == [("POST", "/whep", whole), ("DELETE", URL(path).path, whole)]


@pytest.mark.parametrize(
    "location", [None, "", "http://192.0.2.1/api", "ftp://127.0.0.1/x", "http://[", "https://x"]
)
async def test_nobody_elses_is_asked_to_hang_up(http: ClientSession, location: str | None) -> None:
    async with stranger(created(location)) as it:
        session = await client.post(http, it.url, "offer", "secret")
        assert session.resource is None
        await client.delete(http, session)
        with pytest.raises(Denied, match="nobody to ask"):
            await client.restart(http, session, "")
        assert len(it.asked) == 1


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_is_followed_and_the_token_stays_behind(
    http: ClientSession, status: int
) -> None:
    async with stranger(created()) as there:
        async with stranger(says(status, Location=there.url)) as here:
            session = await client.post(http, here.url, "offer", "secret")
        assert here.asked == [("POST", "/whep", "Bearer secret")]
        assert there.asked == [("POST", "/whep", "")]
        assert session.token == ""
        assert session.resource == URL(there.url).join(URL("/whep/1"))


async def test_within_one_server_the_token_goes_along(http: ClientSession) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        moved = request.path == "/whep"
        return await (says(307, Location="/new") if moved else created())(request)

    async with stranger(answer) as it:
        session = await client.post(http, it.url, "offer", "secret")
        assert it.asked[-1] == ("POST", "/new", "Bearer secret")
        assert session.token == "secret"


async def test_a_circle_of_redirects_ends(http: ClientSession) -> None:
    async with stranger(says(307, Location="/whep")) as it:
        with pytest.raises(Denied, match="in circles"):
            await client.post(http, it.url, "offer")
        assert len(it.asked) == 1 + client.MOST_REDIRECTS


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "http://[", "javascript:x"])
async def test_a_redirect_to_nowhere_is_not_followed(http: ClientSession, location: str) -> None:
    async with stranger(says(308, Location=location)) as it:
        with pytest.raises((Denied, Unreachable)):
            await client.post(http, it.url, "offer")
        assert len(it.asked) <= 1 + client.MOST_REDIRECTS


def test_from_a_safe_address_to_an_open_one_nobody_is_sent() -> None:
    here = URL("https://radio.example/whep")
    with pytest.raises(Denied, match="should not go"):
        client._redirected(here, "http://radio.example/whep", "radio.example")
    assert client._redirected(here, "/other", "radio.example").scheme == "https"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (200, "not_found", "no WHIP or WHEP"),
        (301, "not_found", "no WHIP or WHEP"),
        (400, "malformed", "does not take"),
        (401, "forbidden", "token"),
        (403, "forbidden", "does not let us in"),
        (404, "not_found", "nothing at this address"),
        (405, "not_found", "no WHIP or WHEP"),
        (406, "not_found", "no WHIP or WHEP"),
        (409, "not_now", "not on the air"),
        (410, "not_found", "any more"),
        (418, "not_now", "said no"),
        (501, "not_found", "no WHIP or WHEP"),
    ],
)
async def test_a_refusal_is_a_sentence(
    http: ClientSession, status: int, code: str, words: str
) -> None:
    async with stranger(says(status)) as it:
        with pytest.raises(Denied, match=words) as denied:
            await client.post(http, it.url, "offer")
        assert denied.value.code == code
        assert denied.value.reason.endswith(".")
        assert str(status) not in denied.value.reason


@pytest.mark.parametrize(
    ("status", "words"), [(429, "no room"), (503, "no room"), (500, "trouble")]
)
async def test_who_is_busy_says_when_to_come_again(
    http: ClientSession, status: int, words: str
) -> None:
    async with stranger(says(status, Retry_After="7")) as it:
        with pytest.raises(Unreachable, match=words) as unreachable:
            await client.post(http, it.url, "offer")
        assert unreachable.value.again_s == 7.0


@pytest.mark.parametrize(
    ("told", "again"),
    [
        ("120", 120.0),
        ("99999999999999999999", 3600.0),
        ("Fri, 20 Nov 2026 18:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 17:00:00 GMT", 0.0),
        ("Fri, 20 Nov 2076 17:00:00 GMT", 3600.0),
        ("Fri, 20 Nov 2026 18:00:30 -0000", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_when_to_come_again(told: str, again: float | None) -> None:
    """A date counts from theirs, whatever our clock shows."""
    headers = {"Retry-After": told, "Date": "Fri, 20 Nov 2026 18:00:00 GMT"}
    assert again_s(headers) == again
    assert again_s({"Retry-After": told}) == (again if told.isdigit() else None)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (created(kind="text/html"), "no WHIP or WHEP"),
        (created(body="x" * (OFFER_BYTES + 1)), "more than anybody"),
    ],
)
async def test_an_answer_that_is_none_is_denied(
    http: ClientSession, answer: Handler, words: str
) -> None:
    async with stranger(answer) as it:
        with pytest.raises(Denied, match=words):
            await client.post(http, it.url, "offer")


async def test_an_endless_answer_is_not_read_to_its_end(http: ClientSession) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=201, headers={"Content-Type": SDP})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"a" * 10_000)
        return response

    async with stranger(pour) as it:
        with pytest.raises(Denied, match="more than anybody"):
            await client.post(http, it.url, "offer")


async def test_what_unfolds_is_bounded_too(http: ClientSession) -> None:
    async def folded(_: web.Request) -> web.Response:
        headers = {"Content-Type": SDP, "Content-Encoding": "gzip"}
        return web.Response(status=201, body=gzip.compress(bytes(50_000_000)), headers=headers)

    async with stranger(folded) as it:
        with pytest.raises(Denied, match="more than anybody"):
            await client.post(http, it.url, "offer")


async def test_bytes_that_are_no_text_are_denied(http: ClientSession) -> None:
    async def raw(_: web.Request) -> web.Response:
        return web.Response(status=201, body=b"\xff\xfe", content_type=SDP)

    async with stranger(raw) as it:
        with pytest.raises(Denied, match="cannot be read"):
            await client.post(http, it.url, "offer")


async def test_who_never_answers_is_waited_for_so_long(
    http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.1)
    monkeypatch.setattr(client, "GOODBYE_S", 0.1)

    async def never(_: web.Request) -> web.StreamResponse:
        return await asyncio.Future()

    async with stranger(never) as it:
        with pytest.raises(Unreachable, match="does not answer") as unreachable:
            await client.post(http, it.url, "offer")
        assert unreachable.value.again_s is None
        session = Session(ANSWER, URL(it.url))
        with pytest.raises(Unreachable, match="does not answer"):
            await client.restart(http, session, "fragment")
        await client.delete(http, session)


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9\r\n", b"", b"HTTP/1.1 201 " + b"x" * 99_999])
async def test_what_is_no_http_cannot_be_reached(http: ClientSession, said: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable, match="cannot be reached"):
            await client.post(http, f"http://127.0.0.1:{port}/whep", "offer")
    with pytest.raises(Unreachable, match="cannot be reached"):
        await client.post(http, f"http://127.0.0.1:{port}/whep", "offer")
    await client.delete(http, Session(ANSWER, URL(f"http://127.0.0.1:{port}/whep/1")))


@pytest.mark.parametrize("url", ["", "radio", "ftp://radio.example", "http://[", "http://", "\0"])
async def test_what_is_no_address_is_denied(http: ClientSession, url: str) -> None:
    with pytest.raises(Denied, match="no address") as denied:
        await client.post(http, url, "offer")
    assert denied.value.code == "malformed"


async def test_a_restart_is_asked_for_whatever_the_session_is(http: ClientSession) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert (request.method, request.headers["If-Match"]) == ("PATCH", "*")
        assert request.content_type == FRAGMENT
        return web.Response(body=await request.read(), content_type=FRAGMENT)

    async with stranger(answer) as it:
        session = Session(ANSWER, URL(it.url))
        assert await client.restart(http, session, "a=ice-ufrag:new") == "a=ice-ufrag:new"


@pytest.mark.parametrize("status", [204, 405, 412, 501])
async def test_who_knows_no_restarts_says_no(http: ClientSession, status: int) -> None:
    async with stranger(says(status)) as it:
        with pytest.raises(Denied):
            await client.restart(http, Session(ANSWER, URL(it.url)), "a=ice-ufrag:new")
