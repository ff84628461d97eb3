"""A guest by aiortc and aiohttp, who measures what it hears in media time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import aiohttp
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from relay import Relay, without_candidates

RATE = 48_000
SLOT = 960
WINDOW = 4_800
"""100 ms: tones at multiples of 10 Hz do not leak into each other."""


class Tone(MediaStreamTrack):
    """A sine at −20 dBFS, paced by the clock."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        self._hertz = hertz
        self._slot = 0
        self._start = time.monotonic()

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(max(0.0, self._start + self._slot * SLOT / RATE - time.monotonic()))
        times = (np.arange(SLOT) + self._slot * SLOT) / RATE
        wave = 3277 * np.sin(2 * np.pi * self._hertz * times)
        # Both channels alike: aiortc would turn mono into stereo 3 dB lower.
        interleaved = np.repeat(wave.astype(np.int16), 2)[np.newaxis]
        frame = AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._slot * SLOT, Fraction(1, RATE)
        self._slot += 1
        return frame


@dataclass
class Ear:
    """What arrived: the pts of each frame and the sound."""

    pts: list[int] = field(default_factory=list)
    sound: list[np.ndarray] = field(default_factory=list)

    async def listen(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                self.pts.append(frame.pts)
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
                self.sound.append(samples.mean(axis=1, dtype=np.float32) / 32768)
        except MediaStreamError:
            return

    @property
    def seconds(self) -> float:
        return len(self.pts) * SLOT / RATE

    def missing_slots(self, since: int = 0) -> int:
        """Count the 20 ms slots of the media clock that never came, from frame *since* on."""
        gaps = np.diff(self.pts[since:])
        return int((gaps // SLOT - 1).sum())

    def levels(self, tones: Sequence[int], since: int = 0) -> np.ndarray:
        """Return the amplitude of each tone in each window of 100 ms: (windows, tones)."""
        samples = np.concatenate(self.sound[since:])
        windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
        return amplitudes(windows, tones)


def amplitudes(windows: np.ndarray, tones: Sequence[int]) -> np.ndarray:
    """Return the amplitude of *tones* (Hz) in *windows* (n, samples) at 48 kHz: (n, tones)."""
    times = np.arange(windows.shape[1]) / RATE
    waves = np.exp(-2j * np.pi * np.outer(times, tones))
    return np.abs(windows @ waves) * 2 / windows.shape[1]


class Guest:
    """One participant: joins, listens, asks, speaks; with a *relay*, through that alone."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, relay: Relay | None = None
    ) -> None:
        self.url = url
        self.token: str | None = None
        self.participant = ""
        self.ear = Ear()
        self.answers: dict[str, str] = {}
        self.locations: dict[str, str] = {}
        self._session = session
        self._relay = relay
        self._peers: list[RTCPeerConnection] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, name: str | None = None) -> None:
        joined = await self.post("/api/join", {"name": name} if name else {})
        self.token, self.participant = joined["token"], joined["participant"]

    async def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        async with self._session.post(
            self.url + path, json=body, headers=self._headers()
        ) as answer:
            assert answer.status in (200, 201), await answer.text()
            return await answer.json()

    async def command(self, command: str, **fields: object) -> None:
        await self.post("/api/commands", {"command": command, **fields})

    async def space(self) -> dict[str, object]:
        async with self._session.get(self.url + "/api/space", headers=self._headers()) as answer:
            return await answer.json()

    async def delete(self, location: str) -> int:
        """Stop a connection by its location; return the status."""
        async with self._session.delete(self.url + location) as answer:
            return answer.status

    def states(self) -> list[str]:
        """Return the state of each connection, in the order of their making."""
        return [peer.connectionState for peer in self._peers]

    async def listen(self) -> None:
        """Open a WHEP connection and hear."""
        peer = self._peer()
        peer.addTransceiver("audio", direction="recvonly")
        self._hear(peer)
        await self._offer(peer, "/whep")

    async def intrude(self, hertz: int) -> RTCRtpSender:
        """Open a WHEP connection and send on it too, whatever the answer says."""
        peer = self._peer()
        transceiver = peer.addTransceiver(Tone(hertz), direction="sendrecv")
        self._hear(peer)
        await self._offer(peer, "/whep", lambda answer: answer.replace("a=sendonly", "a=sendrecv"))
        return transceiver.sender

    async def speak(self, hertz: int) -> None:
        """Open a WHIP connection that carries a tone."""
        peer = self._peer()
        peer.addTransceiver(Tone(hertz), direction="sendonly")
        await self._offer(peer, "/whip")

    async def close(self) -> None:
        await asyncio.gather(*(peer.close() for peer in self._peers))
        await asyncio.gather(*self._tasks)

    def _peer(self) -> RTCPeerConnection:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.append(peer)
        return peer

    def _hear(self, peer: RTCPeerConnection) -> None:
        peer.on(
            "track",
            lambda track: self._tasks.append(asyncio.create_task(self.ear.listen(track))),
        )

    def _headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    async def _offer(
        self, peer: RTCPeerConnection, path: str, bend: Callable[[str], str] = str
    ) -> None:
        connected = asyncio.Event()
        peer.on(
            "connectionstatechange",
            lambda: connected.set() if peer.connectionState == "connected" else None,
        )
        await peer.setLocalDescription(await peer.createOffer())
        offer = peer.localDescription.sdp
        async with self._session.post(
            self.url + path,
            data=without_candidates(offer) if self._relay else offer,
            headers={**self._headers(), "Content-Type": "application/sdp"},
        ) as answer:
            sdp = await answer.text()
            assert answer.status == 201, sdp
            self.locations[path] = answer.headers["Location"]
        if self._relay:
            sdp = self._relay.via(sdp)
        await peer.setRemoteDescription(RTCSessionDescription(bend(sdp), "answer"))
        await asyncio.wait_for(connected.wait(), 20)
