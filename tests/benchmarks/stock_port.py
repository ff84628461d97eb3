"""The peer we measure ourselves against: stock aiortc at the end of lines, and between them.

Usage: stock_port.py WHAT. By `sound` what comes is decoded and read; by `buffer` it is left where
the jitter buffer gives it out; by `relay` listeners are sent the frames of who came last.
"""

from __future__ import annotations

import asyncio
import queue
import sys
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    rtcrtpreceiver,
)
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from benchmarks.serving import serve


class Mute(MediaStreamTrack):
    """Says nothing, for ever."""

    kind = "audio"

    async def recv(self) -> AudioFrame:
        await asyncio.Event().wait()
        raise MediaStreamError


class Port:
    """All peers that ever came."""

    def __init__(self, take: Callable[[MediaStreamTrack], None]) -> None:
        """Hand each track that comes to *take*."""
        self.track: MediaStreamTrack = Mute()
        """What listeners are sent."""
        self._take = take
        self._relay = MediaRelay()
        self._peers: set[RTCPeerConnection] = set()

    async def listen(self, offer: str) -> str:
        peer = self._peer()
        peer.addTrack(self._relay.subscribe(self.track))
        return await _answered(peer, offer)

    async def speak(self, offer: str) -> str:
        peer = self._peer()
        peer.on("track", self._take)
        return await _answered(peer, offer)

    def _peer(self) -> RTCPeerConnection:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.add(peer)
        return peer


async def _answered(peer: RTCPeerConnection, offer: str) -> str:
    await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await peer.setLocalDescription(await peer.createAnswer())
    sdp: str = peer.localDescription.sdp
    return sdp


async def read(track: MediaStreamTrack) -> None:
    """Take each frame, and forget it."""
    try:
        while True:
            await track.recv()
    except MediaStreamError:
        return


def forget(_loop: object, given: queue.Queue[object], *_: object) -> None:
    """Stand in for aiortc's decoder: take what the jitter buffer gives."""
    while given.get() is not None:
        pass


async def main(what: str) -> None:
    reading: set[asyncio.Task[None]] = set()
    if what == "buffer":
        rtcrtpreceiver.decoder_worker = forget

    def take(track: MediaStreamTrack) -> None:
        if what == "relay":
            port.track = track
        else:
            reading.add(asyncio.create_task(read(track)))

    port = Port(take)
    await serve({"/whep": port.listen, "/whip": port.speak})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
