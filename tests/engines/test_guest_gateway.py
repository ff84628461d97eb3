"""A session with Janus: with Debian's, and with servers that are something else."""

from __future__ import annotations

import asyncio
import json
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from impostor import Handler, server, speaking
from janus import ROOM, running_janus
from spacebox.engines.guest import gateway as g
from spacebox.engines.guest.engine import Lost
from spacebox.engines.guest.gateway import Gateway, Refused
from spacebox.ports import Denied
from system.certificates import NOW, bring

BRIDGE = "janus.plugin.audiobridge"


class Told:
    """What a gateway told us."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.lost: asyncio.Queue[Lost] = asyncio.Queue()

    async def open(self, url: str, plugin: str = BRIDGE) -> Gateway:
        return await Gateway.open(url, plugin, self.messages.append, self.lost.put_nowait)


def answering(status: int, **headers: str) -> Handler:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    return serve


async def test_a_plugin_of_janus_answers_and_refuses(tmp_path: Path) -> None:
    with running_janus(tmp_path) as janus:
        told = Told()
        gateway = await told.open(janus.url)
        there, sdp = await gateway.tell({"request": "exists", "room": ROOM})
        assert (there["exists"], sdp) == (True, "")
        with pytest.raises(Refused) as refused:
            await gateway.tell({"request": "join", "room": 99})
        assert (refused.value.code, refused.value.words) == (485, "No such room (99)")
        await gateway.close()
        await gateway.close()
        assert told.lost.empty()
        with pytest.raises(Refused) as refused:
            await told.open(janus.url, "janus.plugin.none")
        assert refused.value.code == 460


async def test_the_session_is_kept_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(g, "ALIVE_S", 0.4)
    with running_janus(tmp_path, session_timeout_s=2) as janus:
        told = Told()
        gateway = await told.open(janus.url)
        await asyncio.sleep(4)  # twice what Janus waits for
        there, _ = await gateway.tell({"request": "exists", "room": ROOM})
        assert there["exists"]
        await gateway.close()


async def test_a_server_that_goes_is_lost(tmp_path: Path) -> None:
    told = Told()
    with running_janus(tmp_path) as janus:
        gateway = await told.open(janus.url)
    lost = await asyncio.wait_for(told.lost.get(), 20)
    assert lost.reason.startswith("The connection to ")
    with pytest.raises(Lost):
        await gateway.tell({"request": "exists", "room": ROOM})
    await gateway.close()
    with pytest.raises(Lost, match="cannot be reached"):
        await told.open(janus.url)


@pytest.mark.parametrize(
    ("handler", "error", "sentence"),
    [
        (answering(404), Denied, "There is no Janus server at 127.0.0.1."),
        (answering(200), Denied, "There is no Janus server at 127.0.0.1."),
        (answering(503), Lost, "127.0.0.1 has trouble of its own."),
        (answering(302, Location="ws://127.0.0.2/"), Denied, "127.0.0.1 sends us elsewhere"),
    ],
)
async def test_what_is_no_janus(handler: Handler, error: type[Exception], sentence: str) -> None:
    async with server(handler) as url:
        with pytest.raises(error, match=sentence):
            await Told().open(url)


async def test_a_server_of_another_protocol_is_no_janus() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("chat",))
        await socket.prepare(request)
        await socket.receive()
        return socket

    async with server(serve) as url:
        with pytest.raises(Denied, match="There is no Janus server"):
            await Told().open(url)


async def test_a_certificate_of_a_stranger_is_no_good(tmp_path: Path) -> None:
    bring(tmp_path, ends=NOW + timedelta(days=9))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    async with server(speaking(), tls) as url:
        with pytest.raises(Lost, match=r"The certificate of 127\.0\.0\.1 is not known here"):
            await Told().open(url)


async def test_who_never_answers_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(g, "ANSWER_S", 0.3)

    async def mute(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(g.PROTOCOL,))
        await socket.prepare(request)
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        return socket

    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    for handler in (mute, slow):
        async with server(handler) as url:
            with pytest.raises(Lost, match=r"127\.0\.0\.1 does not answer"):
                await Told().open(url)


async def test_garbage_is_passed_over() -> None:
    garbage = ("", "{", "[" * 100_000, "7", "null", '{"janus": {}, "transaction": []}', "9" * 9999)
    async with server(speaking(*garbage)) as url:
        told = Told()
        gateway = await told.open(url)
        assert await gateway.tell({"request": "exists"}) == ({}, "")
        await gateway.close()
        assert told.messages == [{"janus": {}, "transaction": []}]


async def test_too_large_a_message_ends_it() -> None:
    async with server(speaking("x" * (g.MESSAGE_BYTES + 1))) as url:
        told = Told()
        gateway = await told.open(url)
        with pytest.raises(Lost):
            await gateway.tell({"request": "exists"})
        assert "broke" in (await told.lost.get()).reason
        await gateway.close()


async def test_a_flood_waits_in_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(g, "MESSAGE_S", 0.1)
    event = json.dumps({"janus": "event", "sender": 7})
    async with server(speaking(*[event] * 200)) as url:
        told = Told()
        gateway = await told.open(url)
        began = asyncio.get_running_loop().time()
        asked = asyncio.create_task(gateway.tell({"request": "exists"}))
        await asyncio.sleep(1)
        passed = asyncio.get_running_loop().time() - began
        assert 0 < len(told.messages) <= (passed + g.BURST_S) / g.MESSAGE_S
        asked.cancel()
        await gateway.close()
