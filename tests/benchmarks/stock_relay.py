"""The peer we measure ourselves against: stock aiortc that relays frames of a tone.

Every listener has an encoder, as in aiortc's own examples. Prints READY and its address.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRelay

from peers.guest import Tone


async def flow(track: MediaStreamTrack) -> None:
    """Keep the tone up to the clock: after a pause it would make up for all of it at once."""
    while True:
        await track.recv()


async def main() -> None:
    relay, tone = MediaRelay(), Tone(440)
    peers: set[RTCPeerConnection] = set()
    flowing = asyncio.create_task(flow(relay.subscribe(tone)))

    async def whep(request: web.Request) -> web.Response:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peers.add(peer)
        peer.addTrack(relay.subscribe(tone))
        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return web.Response(
            status=201, text=peer.localDescription.sdp, content_type="application/sdp"
        )

    application = web.Application()
    application.router.add_post("/whep", whep)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"READY http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await flowing


if __name__ == "__main__":
    asyncio.run(main())
