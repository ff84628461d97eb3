"""Speakers: the sound card, or what stands in for one."""

from __future__ import annotations

import logging
import struct
import threading
from collections import deque
from pathlib import Path

import numpy as np

from spacebox.mixer.frame import SAMPLE_RATE, Frame
from spacebox.ports import Speaker

log = logging.getLogger(__name__)

_WAITING_FRAMES = 250
_HEADER_BYTES = 44
_MOST_BYTES = 0xFFFFFFFF - _HEADER_BYTES  # RIFF counts in 32 bits: 12 hours


def open_speaker(spec: str) -> Speaker:
    """Open ``card``, ``card:NAME``, ``file:PATH`` (WAV) or ``none``.

    Raises ValueError for another spec, OSError where the file cannot be written. A missing sound
    card is `lost` until it comes.
    """
    kind, _, argument = spec.partition(":")
    if kind == "card":
        from spacebox.audio.card import CardSpeaker  # needs PortAudio, which may be missing

        return CardSpeaker(argument or None)
    if kind == "file" and argument:
        return FileSpeaker(argument)
    if spec == "none":
        return NoSpeaker()
    raise ValueError(f"no speaker {spec!r}: it must be card, card:NAME, file:PATH or none")


class NoSpeaker:
    """Where nobody listens."""

    lost = False

    def push(self, frame: Frame) -> None:
        """Forget the frame."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class FileSpeaker:
    """A WAV file (16 bit, mono, 48 kHz) that can be read while it grows.

    The header counts only what is there, after every write. A thread of its own writes, since a
    disk may take its time.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = Path(path).open("wb", buffering=0)  # noqa: SIM115 closed in close()
        self._bytes = 0
        self._lost = False
        self._closing = False
        self._waiting: deque[Frame] = deque(maxlen=_WAITING_FRAMES)
        self._news = threading.Event()
        try:
            self._append(b"")
        except OSError:
            self._file.close()
            raise
        self._writer = threading.Thread(target=self._write, name="file speaker", daemon=True)
        self._writer.start()

    @property
    def lost(self) -> bool:
        return self._lost

    def push(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self._news.set()

    def close(self) -> None:
        self._closing = True
        self._news.set()
        self._writer.join()
        self._file.close()

    def _write(self) -> None:
        try:
            closing = False
            while not closing:
                self._news.wait()
                self._news.clear()
                closing = self._closing
                while self._waiting:
                    self._append(_pcm(self._waiting.popleft()))
        except OSError as error:
            self._lost = True
            log.warning("the speaker's file is lost: %s: %s", self._path, error.strerror)

    def _append(self, pcm: bytes) -> None:
        if self._bytes + len(pcm) > _MOST_BYTES:
            return
        self._file.seek(_HEADER_BYTES + self._bytes)
        self._bytes += self._file.write(pcm)
        self._file.seek(0)
        self._file.write(_header(self._bytes))


def _pcm(frame: Frame) -> bytes:
    return np.rint(np.clip(frame, -1, 1) * 32767).astype("<i2").tobytes()


def _header(size: int) -> bytes:
    rate, width = SAMPLE_RATE, 2
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * width, width, 8 * width)
    total = 4 + len(form) + 8 + size
    return (
        struct.pack("<4sI4s", b"RIFF", total, b"WAVE") + form + struct.pack("<4sI", b"data", size)
    )
