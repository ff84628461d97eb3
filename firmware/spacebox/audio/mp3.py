"""MP3 (ISO 11172-3) from the programme's Opus packets, for players that know no other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from spacebox.audio.opus import Decoder
from spacebox.mixer.frame import SAMPLE_RATE, Samples

BITRATE = 64_000
WAITING = 20
"""So many pieces wait; while the machine is too slow the oldest is forgotten."""


class Mp3Encoder:
    """Encodes one stream of mono sound, in order. For one thread at a time."""

    def __init__(self, bitrate: int = BITRATE) -> None:
        self._codec = codec = AudioCodecContext.create("libmp3lame", "w")
        codec.sample_rate = SAMPLE_RATE
        codec.layout = "mono"
        codec.format = "fltp"
        codec.bit_rate = bitrate
        # Without a reservoir every frame stands by itself: one can join or skip at any of them.
        codec.options = {"reservoir": "0"}

    def encode(self, samples: Samples) -> tuple[bytes, ...]:
        """Return the frames that are complete with these samples; each stands by itself."""
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        return tuple(bytes(packet) for packet in self._codec.encode(frame))


class Mp3:
    """Turns pieces of Opus packets into pieces of MP3 frames, in a thread of its own."""

    def __init__(self, deliver: Callable[[tuple[bytes, ...]], None]) -> None:
        """Hand the frames of each piece to *deliver*, in that thread; it must not block."""
        self._deliver = deliver
        self._waiting: deque[Sequence[bytes]] = deque(maxlen=WAITING)
        self._news = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="mp3", daemon=True)
        self._thread.start()

    def push(self, packets: Sequence[bytes]) -> None:
        """Take the next packets, each of 20 ms. Never blocks."""
        self._waiting.append(packets)
        self._news.set()

    def close(self) -> None:
        """Stop and wait for the thread; what was not encoded yet is forgotten."""
        self._closing = True
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        decoder, encoder = Decoder(), Mp3Encoder()
        while not self._closing:
            if self._waiting:
                sound = [decoder.decode(packet) for packet in self._waiting.popleft()]
                self._deliver(encoder.encode(np.concatenate(sound)))
            else:
                self._news.wait()
                self._news.clear()
        decoder.close()
