"""The streams as HTTP: who may, what players are told, and who is too slow."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import Box, until

from spacebox.audio.opus import Encoder
from spacebox.engines.streams import CUSHION, PIECE_PACKETS
from spacebox.mixer.frame import silence
from spacebox.room.commands import EditSpace, EndSpace, Remove
from spacebox.room.model import HOST, Access
from spacebox.web import listen
from spacebox.web.listen import TITLE_EVERY, Titles

PATHS = ("/listen.ogg", "/listen.mp3")
MORE_BYTES = 200_000
"""What waits for a slow one, and fits into the kernel of a receiver."""
MEDIA = {"/listen.ogg": "audio/ogg", "/listen.mp3": "audio/mpeg"}


@pytest.fixture(scope="module")
def packet() -> bytes:
    encoder = Encoder()
    packet = encoder.encode(silence())
    encoder.close()
    return packet


def play(box: Box, packet: bytes, pieces: int = 1) -> None:
    for _ in range(PIECE_PACKETS * pieces):
        box.streams.on_tick(packet)


@contextlib.asynccontextmanager
async def opened(
    box: Box, path: str, token: str = "", **headers: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with box.session.get(box.url + path, headers=sent) as response:
        yield response


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_may_listen_to_an_open_space(box: Box, packet: bytes, path: str) -> None:
    box.start()
    play(box, packet, 2)
    async with opened(box, f"{path}?t=5", Range="bytes=0-1") as response:
        begin = await response.content.readexactly(100)
    assert begin[:4] == b"OggS" or begin[:2] == b"\xff\xfb"
    headers = response.headers
    assert (response.status, headers["Content-Type"]) == (200, MEDIA[path])
    assert (headers["Accept-Ranges"], headers["Cache-Control"]) == ("none", "no-store")
    assert headers["Connection"] == "close"
    assert not {"Content-Length", "Content-Range", "icy-metaint"} & headers.keys()


@pytest.mark.parametrize("path", PATHS)
async def test_the_head_alone_tunes_nobody_in(box: Box, path: str) -> None:
    status, error, _ = await box.ask("HEAD", path)
    assert (status, error) == (409, b"")
    box.start()
    status, body, headers = await box.ask("HEAD", path)
    assert (status, body, headers["Content-Type"]) == (200, b"", MEDIA[path])
    assert not list(box.streams.receiving(box.clock()))


@pytest.mark.parametrize("path", PATHS)
async def test_the_same_may_listen_as_by_whep(box: Box, packet: bytes, path: str) -> None:
    assert (await box.ask("GET", path))[1]["error"] == "not_now"
    box.start(Access.PIN)
    play(box, packet, 2)
    status, error, _ = await box.ask("GET", path)
    assert (status, error["error"]) == (403, "forbidden")
    ana = await box.join("Ana", pin=box.hub.room.pin)
    cookie = f"spacebox_b0c5={ana['token']}"
    for way in ({"token": ana["token"]}, {"Cookie": cookie}):
        async with opened(box, path, **way) as response:
            assert response.status == 200
    status, _, _ = await box.ask("GET", f"{path}?token={ana['token']}")
    assert status == 403
    box.hub.submit(Remove(HOST, ana["participant"], ban=True))
    status, error, _ = await box.ask("GET", path, token=ana["token"])
    assert (status, error["error"]) == (403, "banned")


async def test_too_many_at_once_are_told_to_wait(box: Box) -> None:
    statuses = [(await box.ask("GET", "/listen.ogg"))[0] for _ in range(31)]
    assert statuses == [409] * 30 + [429]


async def test_a_full_stream_says_so(
    box: Box, packet: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spacebox.engines.streams.HTTP_LISTENERS", 1)
    box.start()
    play(box, packet, 2)
    async with opened(box, "/listen.ogg"):
        status, error, _ = await box.ask("GET", "/listen.mp3")
    assert (status, error["error"]) == (503, "full")


async def test_it_goes_on_until_the_space_is_over(box: Box, packet: bytes) -> None:
    box.start()
    async with opened(box, "/listen.ogg") as response:
        for _ in range(3):
            play(box, packet)
            assert (await response.content.readany())[:4] == b"OggS"
        box.hub.submit(EndSpace(HOST, now=True))
        assert (await response.content.read())[5] == 4


async def test_who_is_removed_is_cut_off(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    async with opened(box, "/listen.mp3", ana["token"]) as response:
        box.hub.submit(Remove(HOST, ana["participant"]))
        assert await response.content.read() == b""


async def test_who_hangs_up_is_forgotten_at_once(box: Box, packet: bytes) -> None:
    box.start()
    play(box, packet, 2)
    async with opened(box, "/listen.ogg") as response:
        await response.content.readany()
        await until(lambda: bool(list(box.streams.receiving(box.clock()))))
    await until(lambda: not list(box.streams.receiving(box.clock())))


@contextlib.contextmanager
def idle(box: Box) -> Iterator[socket.socket]:
    """Ask for a stream and take nothing of it."""
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", box.port))
        slow.sendall(b"GET /listen.ogg HTTP/1.0\r\nHost: localhost\r\n\r\n")
        yield slow


async def test_who_is_slow_skips_and_nobody_waits_for_them(box: Box) -> None:
    box.start()
    played = 0
    with idle(box) as slow:
        async with opened(box, "/listen.ogg") as response:
            while not box.streams.skipped:
                play(box, b"\0%03d\0" % played)
                assert (await response.content.readany())[:4] == b"OggS"
                played += 1
            box.hub.submit(EndSpace(HOST, now=True))
            stream = await asyncio.to_thread(received, slow)
    heard = [number for number in range(played) if b"\0%03d\0" % number in stream]
    assert heard[0] == 0
    assert heard[-CUSHION:] == list(range(played - CUSHION, played))
    assert len(heard) == played - box.streams.skipped
    assert len(stream) < listen.BUFFER_BYTES * 2 + MORE_BYTES


async def test_who_takes_nothing_for_long_is_cut_off(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "PATIENCE_S", 0.05)
    box.start()
    with idle(box) as slow:
        async with asyncio.timeout(20):
            for there in (True, False):
                while bool(list(box.streams.receiving(box.clock()))) is not there:
                    play(box, bytes(100))
                    await asyncio.sleep(0.001)
        assert await asyncio.to_thread(received, slow)


def received(slow: socket.socket) -> bytes:
    stream = b""
    while more := slow.recv(65536):
        stream += more
    return stream


async def test_a_player_that_asks_is_told_the_title(box: Box, packet: bytes) -> None:
    box.start()
    async with opened(box, "/listen.mp3", Icy_MetaData="1") as response:
        assert response.headers["icy-metaint"] == str(TITLE_EVERY)
        titles = []
        for title in ("Slow radio at night", "It's late", "It's late"):
            box.hub.submit(EditSpace(HOST, title=title))
            play(box, packet, 5)
            sound = await response.content.readexactly(TITLE_EVERY)
            assert sound[:2] == b"\xff\xfb" or titles
            (units,) = await response.content.readexactly(1)
            titles.append((await response.content.readexactly(16 * units)).rstrip(b"\0").decode())
    assert titles == ["StreamTitle='Slow radio at night';", "StreamTitle='It’s late';", ""]


@given(st.lists(st.binary(max_size=3 * TITLE_EVERY), max_size=8), st.text(max_size=5000))
def test_titles_are_woven_in_wherever_the_pieces_end(pieces: list[bytes], title: str) -> None:
    titles = Titles(lambda: title)
    woven, sound = b"".join(map(titles.weave, pieces)), b""
    told = []
    while len(woven) > TITLE_EVERY:
        sound, woven = sound + woven[:TITLE_EVERY], woven[TITLE_EVERY:]
        size = 16 * woven[0]
        told.append(woven[1 : 1 + size].rstrip(b"\0"))
        woven = woven[1 + size :]
    assert sound + woven == b"".join(pieces)
    assert not any(told[1:])
    if told and title:
        text = told[0].decode()
        assert text[:13] + text[-2:] == "StreamTitle='';"
        assert title.replace("'", "’").startswith(text[13:-2])
