"""Somebody in a room of Janus's AudioBridge, by aiortc: a browser's part, to the letter."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from peers.guest import Ear, Tone

WINDOW = 24_000


class Bridged:
    """One participant with a tone."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.ear = Ear()
        self.id = 0
        self.told: list[dict[str, Any]] = []
        """What the plugin said that was no answer."""
        self._http, self._url = http, url
        self._transactions = itertools.count(1)
        self._ids: dict[str, int] = {}
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, room: int, name: str, hertz: int) -> None:
        self._socket = await self._http.ws_connect(self._url, protocols=("janus-protocol",))
        self._tasks.append(asyncio.create_task(self._read()))
        self._ids["session_id"] = (await self._ask("create"))["data"]["id"]
        attached = await self._ask("attach", plugin="janus.plugin.audiobridge")
        self._ids["handle_id"] = attached["data"]["id"]
        self._peer.addTransceiver(Tone(hertz), direction="sendrecv")
        self._peer.on("track", self._hear)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = {"type": "offer", "sdp": self._peer.localDescription.sdp}
        join = {"request": "join", "room": room, "display": name}
        joined = await self._ask("message", body=join, jsep=offer)
        self.id = joined["plugindata"]["data"]["id"]
        answer = RTCSessionDescription(joined["jsep"]["sdp"], "answer")
        await self._peer.setRemoteDescription(answer)

    async def ask(self, request: str, **fields: object) -> dict[str, Any]:
        """Ask the plugin for something; return its answer."""
        answer = await self._ask("message", body={"request": request, **fields})
        data: dict[str, Any] = answer["plugindata"]["data"]
        assert "error" not in data, data
        return data

    async def hears(self, *loud: int, quiet: tuple[int, ...] = ()) -> None:
        """Wait until half a second has all of *loud* (Hz) in it and nothing of *quiet*."""
        async with asyncio.timeout(30):
            while not self._has(loud, quiet):
                await asyncio.sleep(0.05)

    def _has(self, loud: tuple[int, ...], quiet: tuple[int, ...]) -> bool:
        if self.ear.seconds < 1:
            return False
        since = len(self.ear.sound) - WINDOW // 960
        heard = self.ear.levels((*loud, *quiet), since).mean(axis=0)
        return bool((heard[: len(loud)] > 0.03).all() and (heard[len(loud) :] < 0.003).all())

    async def close(self) -> None:
        await self._peer.close()
        await self._socket.close()
        await asyncio.gather(*self._tasks)

    def _hear(self, track: Any) -> None:
        self._tasks.append(asyncio.create_task(self.ear.listen(track)))

    async def _ask(self, kind: str, **fields: object) -> dict[str, Any]:
        transaction = str(next(self._transactions))
        answer = self._answers[transaction] = asyncio.get_running_loop().create_future()
        message = {"janus": kind, "transaction": transaction, **self._ids, **fields}
        await self._socket.send_json(message)
        return await asyncio.wait_for(answer, 20)

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            answer = self._answers.get(told.get("transaction", ""))
            if answer is not None and told["janus"] != "ack":
                answer.set_result(told)
            elif told["janus"] == "event":
                self.told.append(told["plugindata"]["data"])
