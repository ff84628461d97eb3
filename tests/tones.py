"""Sines to put in, and how loud one is in what came out."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Frame, Samples


def tone(hertz: float, seconds: float, amplitude: float = 0.1) -> Samples:
    """Return a sine."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def frames(samples: Samples) -> Sequence[Frame]:
    """Cut samples into whole frames."""
    whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
    return list(samples[:whole].reshape(-1, FRAME_SAMPLES))


def amplitude(samples: Samples, hertz: float) -> float:
    """Return the amplitude of the sine of *hertz* in *samples*, seen through a Hann window."""
    window = np.hanning(len(samples))
    times = np.arange(len(samples)) / SAMPLE_RATE
    wave_ = np.exp(-2j * np.pi * hertz * times)
    return float(2 * abs(np.dot(samples * window, wave_)) / window.sum())


def read_wav(path: Path) -> Samples:
    """Read a WAV file of 16 bit mono at 48 kHz, as far as its header says."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getframerate() == SAMPLE_RATE
        pcm = file.readframes(file.getnframes())
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def write_wav(path: Path, samples: Samples, *, rate: int = SAMPLE_RATE, channels: int = 1) -> None:
    """Write 16 bit PCM; *samples* of shape (n,), the same in all channels."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(np.rint(samples * 32767).astype("<i2"), channels).tobytes())
