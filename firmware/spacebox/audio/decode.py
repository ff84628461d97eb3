"""Sound files of any kind as samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import av

from spacebox.mixer.frame import SAMPLE_RATE, Samples


def decode(file: str | BinaryIO) -> Iterator[Samples]:
    """Give the sound of a file, or of one at a path, piece by piece: 48 kHz, mono.

    Raises OSError where it cannot be read, ValueError where it holds no sound.
    """
    # The layout is kept: FFmpeg's own way to mono adds 3 dB to what all channels share.
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
    name = file if isinstance(file, str) else "this"
    try:
        with av.open(file, "r") as container:
            if not container.streams.audio:
                raise ValueError(f"{name} holds no sound")
            for decoded in container.decode(audio=0):
                for frame in resampler.resample(decoded):
                    yield frame.to_ndarray().mean(axis=0)
            for frame in resampler.resample(None):
                yield frame.to_ndarray().mean(axis=0)
    except av.FFmpegError as error:
        kind = OSError if isinstance(error, OSError) else ValueError
        raise kind(f"cannot read the sound of {name}: {error.strerror}") from error
