"""Streams of the sound card that come back by themselves.

PortAudio sees a card that was plugged in only after it is started anew, which ends all streams,
so one thread keeps every stream of the process. Devices are found by name, since their index
changes.

Importing this needs libportaudio2; it raises OSError without.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import sounddevice as sd
from numpy.typing import NDArray

from spacebox.mixer.frame import SAMPLE_RATE

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
RETRY_S = 3.0
_CHECK_S = 0.25
_CLOSE_S = 3.0
_BLOCK_SAMPLES = 240  # left to itself PortAudio calls every 2 ms, at twice the cost
_CARDS = Path("/proc/asound/cards")

Kind = Literal["input", "output"]
Block = NDArray[np.float32]
"""Shape (samples, channels)."""

_NAMES = {"input": "microphone", "output": "speaker"}


def usable(kind: Kind, name: str | None = None) -> bool:
    """Say whether such a device can be opened now. May take some tenths of a second."""
    check = sd.check_input_settings if kind == "input" else sd.check_output_settings
    try:
        check(device=find(kind, name), samplerate=SAMPLE_RATE)
    except (sd.PortAudioError, LookupError):
        return False
    return True


def find(kind: Kind, name: str | None) -> int:
    """Return the index that a device has just now; raises LookupError."""
    fitting = [device for device in sd.query_devices() if device[f"max_{kind}_channels"]]
    if not fitting:
        raise LookupError("there is no sound card")
    if name is None:
        return int(sd.query_devices(kind=kind)["index"])
    exact = [device for device in fitting if device["name"] == name]
    close = [device for device in fitting if name.lower() in device["name"].lower()]
    for device in exact + close:
        return int(device["index"])
    raise LookupError(f"there is no device called {name!r}")


class Line:
    """One stream that is wanted, whether or not it can be had. Opened and closed by a `Keeper`."""

    def __init__(self, kind: Kind, name: str | None, move: Callable[[Block], None]) -> None:
        """Let *move* fill or take each block, in PortAudio's thread."""
        self.wanted = True
        self.closed = threading.Event()
        self.cause: str | None = None
        """What was last logged as wrong; None while all is well."""
        self._kind: Kind = kind
        self._name = name
        self._move = move
        self._stream: sd.InputStream | sd.OutputStream | None = None
        self._opened_at = self._moved_at = time.monotonic()

    @property
    def open(self) -> bool:
        return self._stream is not None

    @property
    def lost(self) -> bool:
        """Whether the device is down, as far as is known."""
        return self.cause is not None or self._still

    @property
    def _still(self) -> bool:
        """Whether nothing moved for a while: often a dead device says nothing else."""
        return time.monotonic() - self._moved_at > PATIENCE_S

    @property
    def latency(self) -> int:
        """How long the device says that samples are on their way, in samples; 0 while closed."""
        stream = self._stream
        return 0 if stream is None else math.ceil(stream.latency * SAMPLE_RATE)

    def start(self) -> None:
        """Open the device; raises sd.PortAudioError or LookupError."""
        stream = self._make(find(self._kind, self._name))
        try:
            stream.start()
        except sd.PortAudioError:
            stream.close()
            raise
        self._stream = stream
        self._opened_at = self._moved_at = time.monotonic()

    def stop(self) -> None:
        """Close the device, whatever state it is in."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort()
            stream.close()

    def check(self) -> None:
        """Close a device that died, and say so; say when one lives again."""
        if self.open and self._still:
            self.stop()
            self.fail("it stopped delivering")
        elif self.open and self.cause and self._moved_at > self._opened_at:
            log.info("the %s is back", _NAMES[self._kind])
            self.cause = None

    def fail(self, cause: str) -> None:
        """Remember that the line is down, and log each cause once."""
        if cause != self.cause:
            log.warning("the %s is lost: %s", _NAMES[self._kind], cause)
        self.cause = cause

    def _make(self, device: int) -> sd.InputStream | sd.OutputStream:
        # Where a card has more channels than were asked for, PortAudio takes and gives the
        # first alone: right for a microphone, but not for a pair of ears.
        most = sd.query_devices(device)[f"max_{self._kind}_channels"]
        make = sd.InputStream if self._kind == "input" else sd.OutputStream
        return make(
            device=device,
            channels=1 if self._kind == "input" else min(2, most),
            samplerate=SAMPLE_RATE,
            dtype="float32",
            latency="low",
            blocksize=_BLOCK_SAMPLES,
            callback=self._called,
        )

    def _called(self, block: Block, _count: int, _time: Any, _status: sd.CallbackFlags) -> None:
        self._moved_at = time.monotonic()
        self._move(block)


class Keeper:
    """Opens lines, watches them and opens them again, in a thread that lives as they do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._lines: list[Line] = []
        self._thread: threading.Thread | None = None
        self._retry_at = -math.inf
        self._cards = _cards()

    def add(self, line: Line) -> None:
        """Open *line* soon, and again whenever it can be had."""
        with self._lock:
            self._lines.append(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sound card", daemon=True)
                self._thread.start()
        self._wake.set()

    def drop(self, line: Line) -> None:
        """Close *line*, and wait for it; not for ever, since a dead driver may hang."""
        thread = self._thread
        line.wanted = False
        self._wake.set()
        line.closed.wait(_CLOSE_S)
        if thread and not self._lines:
            thread.join(_CLOSE_S)

    def _run(self) -> None:
        while lines := self._take():
            for line in lines:
                line.check()
            missing = [line for line in lines if not line.open]
            fresh = any(line.cause is None for line in missing)
            if fresh or (missing and time.monotonic() >= self._retry_at):
                self._open(lines)
            self._wake.wait(_CHECK_S)
            self._wake.clear()

    def _take(self) -> Sequence[Line]:
        """Return the lines that are wanted and close the others; without any the thread ends."""
        for line in [line for line in self._lines if not line.wanted]:
            line.stop()
            with self._lock:
                self._lines.remove(line)
            line.closed.set()
        with self._lock:
            if not self._lines:
                self._thread = None
            return tuple(self._lines)

    def _open(self, lines: Sequence[Line]) -> None:
        self._retry_at = time.monotonic() + RETRY_S
        if any(line.cause for line in lines if not line.open):
            self._look_again(lines)
        for line in lines:
            if not line.open:
                try:
                    line.start()
                except (sd.PortAudioError, LookupError) as error:
                    line.fail(str(error.args[0]))

    def _look_again(self, lines: Sequence[Line]) -> None:
        """Start PortAudio anew, unless that would only interrupt a stream that is well."""
        cards = _cards()
        if cards == self._cards and any(line.open for line in lines):
            return
        self._cards = cards
        for line in lines:
            line.stop()
        # sounddevice has no public way to it.
        for step in (sd._terminate, sd._initialize):
            with contextlib.suppress(sd.PortAudioError):  # then every start() says so
                step()


def _cards() -> str:
    try:
        return _CARDS.read_text()
    except FileNotFoundError:  # a machine without ALSA in its kernel
        return ""


KEEPER = Keeper()
"""The process has one PortAudio, so it has one keeper."""
