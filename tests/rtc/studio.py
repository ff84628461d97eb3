"""A transport that plays a tone to everybody, in the event loop and in real time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from spacebox.audio.opus import Encoder
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE
from spacebox.ports import Tick
from spacebox.rtc.downlink import Downlink
from spacebox.rtc.transport import Reach, Transport
from spacebox.rtc.uplink import Uplink

HERTZ = 500


@asynccontextmanager
async def studio(public_address: str = "", *stun: str) -> AsyncIterator[Transport]:
    """Open a transport and drive it, as a media thread and an event loop would."""
    transport = Transport(Reach(0, public_address, stun))
    clock = asyncio.create_task(_play(transport))
    try:
        yield transport
    finally:
        clock.cancel()
        transport.close()


async def _play(transport: Transport) -> None:
    encoder, loop = Encoder(), asyncio.get_running_loop()
    began = loop.time()
    for index in itertools.count():
        await asyncio.sleep(max(0.0, began + index * FRAME_S - loop.time()))
        transport.receive()
        transport.attend()
        times = (np.arange(FRAME_SAMPLES) + index * FRAME_SAMPLES) / SAMPLE_RATE
        tone = (0.1 * np.sin(2 * np.pi * HERTZ * times)).astype(np.float32)
        payload = encoder.encode(tone)
        transport.send(Tick(index, payload, payload if transport.lossy else None, {}, {}, 0.0))


@asynccontextmanager
async def guest() -> AsyncIterator[RTCPeerConnection]:
    """Return a client by aiortc."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        yield connection
    finally:
        await connection.close()


async def offer_of(client: RTCPeerConnection) -> str:
    await client.setLocalDescription(await client.createOffer())
    return client.localDescription.sdp


async def answered(client: RTCPeerConnection, link: Downlink | Uplink) -> None:
    """Give *client* the answer, and wait until sound can pass."""
    await client.setRemoteDescription(RTCSessionDescription(link.sdp, "answer"))
    await until(lambda: link.peer.connected)


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not check():
            await asyncio.sleep(0.02)
