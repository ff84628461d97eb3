"""Sound from one guest to the box."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from spacebox.mixer.frame import FRAME_SAMPLES, Frame
from spacebox.mixer.jitter import JitterBuffer
from spacebox.rtc.gate import Way
from spacebox.rtc.peer import Peer


class Uplink:
    """A WHIP connection, and the source of what it brings.

    `on_change` is called when it connects and when it is over. That it brings sound gives nobody
    the right to be heard: who seats it in the mix decides that.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.peer = Peer(Way.UP, self._changed)
        self._on_change = on_change
        self._buffer = JitterBuffer()
        self._cut = _Cutter()
        self._reader: asyncio.Task[None] | None = None

    async def answer(self, offer: str) -> str:
        """Return the SDP answer. Raises Denied."""
        answer = await self.peer.answer(offer)
        self._reader = asyncio.create_task(self._read(self.peer.transceiver.receiver.track))
        return answer

    def pull(self) -> Frame | None:
        """Return the next 20 ms, or None while nothing arrives."""
        return self._buffer.pull()

    def _changed(self) -> None:
        if self.peer.over and self._reader is not None:
            self._reader.cancel()
        self._on_change()

    async def _read(self, track: MediaStreamTrack) -> None:
        # Read always, also what nobody hears: unread frames pile up inside aiortc.
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, AudioFrame):
                    for cut in self._cut(frame):
                        self._buffer.push(cut)
        except MediaStreamError:
            pass  # the other side ended it
        finally:
            self.peer.close()


class _Cutter:
    """Turns decoded frames of any length (RFC 6716: 2.5 to 120 ms) into frames of ours."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def __call__(self, frame: AudioFrame) -> Iterator[Frame]:
        samples = np.concatenate((self._rest, _mono(frame)))
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = samples[whole:]
        return iter(samples[:whole].reshape(-1, FRAME_SAMPLES))


def _mono(frame: AudioFrame) -> Frame:
    """Return interleaved 16-bit samples as one channel within ±1."""
    interleaved = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
    mono: Frame = interleaved.mean(axis=1, dtype=np.float32) / np.float32(32768)
    return mono
