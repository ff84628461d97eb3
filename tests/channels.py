"""A speaker far away: what is said, how it is sent, and what a network does to it."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from av import AudioFrame
from av.audio.codeccontext import AudioCodecContext

import losses
from losses import Losses
from spacebox.audio.decode import decode
from spacebox.audio.opus import Encoder
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, Frame, Samples
from tones import frames

TEXT = (
    "Good evening, and welcome to the garden. Tonight we talk about rain, about roses, and about "
    "everything that grows between the stones of an old wall, whatever the weather may bring. "
)
LATENCY_S = 0.05


@dataclass(frozen=True)
class Sent:
    """One packet on its way; *redundant* as `PlayoutBuffer.push` takes it."""

    sequence: int
    timestamp: int
    payload: bytes
    arrives: float
    redundant: tuple[tuple[int, bytes], ...] = ()


@cache
def speech(seconds: int) -> Samples:
    """Return somebody talking without a longer pause, by espeak-ng."""
    command = ["espeak-ng", "--stdin", "--stdout", "-b", "1", "-z"]
    done = subprocess.run(command, input=TEXT.encode(), capture_output=True, check=True)
    said = np.concatenate(list(decode(io.BytesIO(done.stdout))))
    return np.resize(said[np.abs(said) > 1e-3], seconds * 48_000).astype(np.float32)


def sent(payloads: Iterable[bytes], *, samples: int = FRAME_SAMPLES, blocks: int = 0) -> list[Sent]:
    """Send *payloads* evenly, each with *blocks* of those before it; counters wrap early on."""
    before: list[bytes] = []
    packets = []
    for index, payload in enumerate(payloads):
        redundant = tuple(
            (samples * back, before[-back]) for back in range(min(blocks, index), 0, -1)
        )
        packets.append(
            Sent(
                (65_500 + index) % (1 << 16),
                ((1 << 32) - 40_000 + index * samples) % (1 << 32),
                payload,
                LATENCY_S + index * samples / 48_000,
                redundant,
            )
        )
        before = [*before[-blocks:], payload]
    return packets


def encoded(samples: Samples, *, expected_loss: int = 0) -> list[bytes]:
    bitrate = 32_000 if expected_loss else 48_000
    with closing(Encoder(bitrate, expected_loss=expected_loss)) as encoder:
        return [encoder.encode(frame) for frame in frames(samples)]


def encoded_by_ffmpeg(samples: Samples, frame_ms: int, channels: int) -> list[bytes]:
    """Return what another build of libopus makes of it at 32 kbit/s, with FEC."""
    codec = AudioCodecContext.create("libopus", "w")
    codec.sample_rate, codec.bit_rate, codec.format = 48_000, 32_000, "flt"
    codec.layout = layout = "mono" if channels == 1 else "stereo"
    codec.options = {"frame_duration": str(frame_ms), "fec": "1", "packet_loss": "10"}
    codec.open()
    packets = []
    for piece in samples[: len(samples) // 5760 * 5760].reshape(-1, codec.frame_size):
        sound = np.repeat(piece, channels).reshape(1, -1)
        frame = AudioFrame.from_ndarray(sound, format="flt", layout=layout)
        frame.sample_rate = 48_000
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


def lossy(packets: Sequence[Sent], share: float, seed: int = 1) -> list[Sent]:
    """Lose each packet by itself."""
    return _survivors(packets, losses.independent(share, seed))


def bursty(packets: Sequence[Sent], share: float, length: float, seed: int = 1) -> list[Sent]:
    """Lose packets in bursts of *length* on average."""
    return _survivors(packets, losses.bursts(share, length, seed))


def _survivors(packets: Sequence[Sent], lost: Losses) -> list[Sent]:
    return [packet for packet in packets if not next(lost)]


def delayed(packets: Sequence[Sent], by: Callable[[int], float]) -> list[Sent]:
    """Let the packets arrive later by what *by* says of each index, in seconds."""
    return [replace(packet, arrives=packet.arrives + by(i)) for i, packet in enumerate(packets)]


def ticks(
    packets: Sequence[Sent], seconds: float, phase: float = 0.007
) -> Iterator[tuple[float, list[Sent]]]:
    """Give each tick's time, and what arrived since the one before."""
    waiting = sorted(packets, key=lambda packet: packet.arrives)[::-1]
    for tick in range(round(seconds / FRAME_S)):
        now = tick * FRAME_S + phase
        arrived = []
        while waiting and waiting[-1].arrives <= now:
            arrived.append(waiting.pop())
        yield now, arrived


def heard(received: Received, packets: Sequence[Sent], seconds: float) -> list[Frame | None]:
    """Return what comes out, tick by tick; a packet is noticed by the next tick, as in the box."""
    out = []
    for now, arrived in ticks(packets, seconds):
        for packet in arrived:
            received.push(packet.sequence, packet.timestamp, packet.payload, now, packet.redundant)
        out.append(received.pull(now))
    return out
