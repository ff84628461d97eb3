"""Microphones: the sound card, or what stands in for one."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Generator

import numpy as np

from spacebox.audio.decode import decode
from spacebox.audio.edge import NOTHING, Edge
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Frame
from spacebox.ports import Loudness, Microphone

log = logging.getLogger(__name__)

_AHEAD_FRAMES = 50
_LOUDNESS = 0.1  # -20 dBFS


def open_microphone(spec: str) -> Microphone:
    """Open ``card``, ``card:NAME``, ``tone``, ``tone:HZ``, ``file:PATH`` or ``silence``.

    Raises ValueError for another spec or a file without sound, OSError for a missing file. A
    missing sound card is `lost` until it comes.
    """
    kind, _, argument = spec.partition(":")
    if kind == "card":
        from spacebox.audio.card import CardMicrophone  # needs PortAudio, which may be missing

        return CardMicrophone(argument or None)
    if kind == "tone":
        return Tone(_hertz(argument) if argument else 440.0)
    if kind == "file" and argument:
        return FileMicrophone(argument)
    if spec == "silence":
        return Silence()
    raise ValueError(
        f"no microphone {spec!r}: it must be card, card:NAME, tone, tone:HZ, file:PATH or silence"
    )


def _hertz(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 20 <= (hertz := float(text)) <= 20_000:
            return hertz
    raise ValueError(f"no tone of {text!r} Hz: it must be a number from 20 to 20000")


class Silence:
    """Nothing, for ever."""

    lost = False

    def pull(self) -> Frame | None:
        return None

    def mute(self, muted: bool) -> None:
        """Change nothing: what is silent is silent."""

    def loudness(self) -> Loudness:
        return NOTHING

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class Tone:
    """A sine of -20 dBFS (amplitude 0.1) that goes on where it was."""

    lost = False

    def __init__(self, hertz: float) -> None:
        self._step = 2 * np.pi * hertz / SAMPLE_RATE
        self._phase = 0.0
        self._ramp = np.arange(FRAME_SAMPLES) * self._step
        self._edge = Edge()

    def pull(self) -> Frame | None:
        frame = (_LOUDNESS * np.sin(self._ramp + self._phase)).astype(np.float32)
        self._phase = (self._phase + FRAME_SAMPLES * self._step) % (2 * np.pi)
        self._edge.hear(frame)
        return self._edge.let_out(frame)

    def mute(self, muted: bool) -> None:
        self._edge.mute(muted)

    def loudness(self) -> Loudness:
        return self._edge.loudness()

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class FileMicrophone:
    """The sound of a file, over and over, read a second ahead by a thread of its own."""

    def __init__(self, path: str) -> None:
        frames = _frames(path)
        self._waiting: queue.Queue[Frame] = queue.Queue(_AHEAD_FRAMES)
        self._waiting.put(next(frames))
        self._edge = Edge()
        self._closing = threading.Event()
        self._reader = threading.Thread(
            target=self._read, args=(frames,), name="file microphone", daemon=True
        )
        self._reader.start()

    @property
    def lost(self) -> bool:
        return not self._reader.is_alive()

    def pull(self) -> Frame | None:
        try:
            frame = self._waiting.get_nowait()
        except queue.Empty:
            return self._edge.let_out(None)
        self._edge.hear(frame)
        return self._edge.let_out(frame)

    def mute(self, muted: bool) -> None:
        self._edge.mute(muted)

    def loudness(self) -> Loudness:
        return self._edge.loudness()

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(queue.Empty):
            self._waiting.get_nowait()  # lets go a reader that waits for room
        self._reader.join()

    def _read(self, frames: Generator[Frame, None, None]) -> None:
        with contextlib.closing(frames):
            try:
                while not self._closing.is_set():
                    self._waiting.put(next(frames))
            except (OSError, ValueError) as error:
                log.warning("the microphone's file is lost: %s", error)


def _frames(path: str) -> Generator[Frame, None, None]:
    """Cut the file's sound into frames; its end and its beginning may share one."""
    rest = np.zeros(0, np.float32)
    while True:
        length = 0
        for samples in decode(path):
            length += len(samples)
            rest = np.concatenate((rest, samples))
            while len(rest) >= FRAME_SAMPLES:
                yield rest[:FRAME_SAMPLES]
                rest = rest[FRAME_SAMPLES:]
        if not length:
            raise ValueError(f"{path} holds no sound")
