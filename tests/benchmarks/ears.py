"""Listeners that cost little: they connect, and throw away what they receive.

Usage: ears.py URL COUNT. Prints CONNECTED once all are, and on each line of input how many
packets have arrived in all; ends with its input.
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.stats import RTCTransportStats

CONNECT_S = 20.0
AT_ONCE_S = 0.12
"""Between two offers: a box takes ten a second from one address."""


async def connect(url: str, session: aiohttp.ClientSession) -> RTCPeerConnection:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = peer.addTransceiver("audio", direction="recvonly")
    connected = asyncio.Event()
    peer.on(
        "connectionstatechange",
        lambda: connected.set() if peer.connectionState == "connected" else None,
    )
    await peer.setLocalDescription(await peer.createOffer())
    headers = {"Content-Type": "application/sdp"}
    offer = peer.localDescription.sdp
    async with session.post(f"{url}/whep", data=offer, headers=headers) as answer:
        sdp = await answer.text()
        assert answer.status == 201, sdp
    await peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
    await asyncio.wait_for(connected.wait(), CONNECT_S)
    await transceiver.receiver.stop()  # no decoding, no thread: only decryption is left
    return peer


async def arrived(peers: list[RTCPeerConnection]) -> int:
    reports = [await peer.getStats() for peer in peers]
    return sum(
        stats.packetsReceived
        for report in reports
        for stats in report.values()
        if isinstance(stats, RTCTransportStats)
    )


async def main(url: str, count: int) -> None:
    async with aiohttp.ClientSession() as session:
        peers = []
        for _ in range(count):
            peers.append(await connect(url, session))
            await asyncio.sleep(AT_ONCE_S)
        print("CONNECTED", flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(await arrived(peers), flush=True)
        await asyncio.gather(*(peer.close() for peer in peers))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
