"""Opus (RFC 6716), mono at 48 kHz: frames of 20 ms out, packets of any length in.

opuslib's own classes copy each packet several times and cannot set all that is needed, so only
its handle on libopus is used: into arrays that are allocated once.
"""

from __future__ import annotations

import ctypes
import warnings
from typing import Any, Final

import numpy as np

from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE, Frame, Samples
from spacebox.mixer.toc import LONGEST_SAMPLES

with warnings.catch_warnings():
    # The first import compiles opuslib, of which Python 3.8 and later disapprove.
    warnings.simplefilter("ignore", SyntaxWarning)
    from opuslib.api import libopus

_APPLICATION_VOIP: Final = 2048
_APPLICATION_AUDIO: Final = 2049
_SET_BITRATE: Final = 4002
_SET_COMPLEXITY: Final = 4010
_SET_INBAND_FEC: Final = 4012
_SET_PACKET_LOSS_PERC: Final = 4014
_SET_SIGNAL: Final = 4024
_SIGNAL_VOICE: Final = 3001
_COMPLEXITY: Final = 5  # from 7 on libopus switches to hybrid mode at five times the cost
_MAX_PACKET: Final = 1275  # bytes, RFC 6716 section 3.4


class OpusError(ValueError):
    """What libopus refused: a packet that is broken, or a setting it does not have."""


def _function(name: str, result: Any, *arguments: Any) -> Any:
    # Indexing makes a new function object, so opuslib's own types stay as they are.
    function = libopus[name]
    function.restype = result
    function.argtypes = arguments
    return function


_int, _pointer = ctypes.c_int, ctypes.c_void_p
_strerror = _function("opus_strerror", ctypes.c_char_p, _int)
_encoder_create = _function("opus_encoder_create", _pointer, _int, _int, _int, _pointer)
_encoder_destroy = _function("opus_encoder_destroy", None, _pointer)
_encoder_ctl = _function("opus_encoder_ctl", _int, _pointer, _int, _int)
_encode = _function("opus_encode_float", _int, _pointer, _pointer, _int, _pointer, _int)
_decoder_create = _function("opus_decoder_create", _pointer, _int, _int, _pointer)
_decoder_destroy = _function("opus_decoder_destroy", None, _pointer)
_decode = _function(
    "opus_decode_float", _int, _pointer, ctypes.c_char_p, _int, _pointer, _int, _int
)


def _checked(result: int) -> int:
    if result < 0:
        raise OpusError(_strerror(result).decode())
    return result


class Encoder:
    """Encodes the frames of one stream, in order. For one thread at a time."""

    def __init__(self, bitrate: int = 48_000, *, expected_loss: int = 0) -> None:
        """Take *bitrate* in bit/s and what share of the packets may get lost, in percent.

        Where loss is expected each packet carries a coarse copy of the one before it, as long as
        that is a voice. Raises OpusError for settings that Opus does not have.
        """
        error = _int()
        application = _APPLICATION_VOIP if expected_loss else _APPLICATION_AUDIO
        self._state: int | None = _encoder_create(SAMPLE_RATE, 1, application, ctypes.byref(error))
        _checked(error.value)
        self._set(_SET_BITRATE, bitrate)
        self._set(_SET_COMPLEXITY, _COMPLEXITY)
        if expected_loss:
            # What libopus takes for music goes to CELT, which has no redundancy.
            self._set(_SET_SIGNAL, _SIGNAL_VOICE)
            self._set(_SET_INBAND_FEC, 1)
            self._set(_SET_PACKET_LOSS_PERC, expected_loss)
        self._samples = np.zeros(FRAME_SAMPLES, np.float32)
        self._packet = np.zeros(_MAX_PACKET, np.uint8)
        self._from, self._to = self._samples.ctypes.data, self._packet.ctypes.data

    def _set(self, what: int, value: int) -> None:
        _checked(_encoder_ctl(self._state, what, value))

    def encode(self, frame: Frame) -> bytes:
        """Return the packet of the next 20 ms."""
        self._samples[:] = frame
        size = _encode(self._state, self._from, FRAME_SAMPLES, self._to, _MAX_PACKET)
        return self._packet[: _checked(size)].tobytes()

    def close(self) -> None:
        """Give the native memory back; nothing can be encoded afterwards."""
        if self._state is not None:
            _encoder_destroy(self._state)
            self._state = None

    def __del__(self) -> None:
        if getattr(self, "_state", None) is not None:
            self.close()


class Decoder:
    """Decodes the packets of one stream, in order. For one thread at a time."""

    def __init__(self) -> None:
        error = _int()
        self._state: int | None = _decoder_create(SAMPLE_RATE, 1, ctypes.byref(error))
        _checked(error.value)
        self._samples = np.zeros(LONGEST_SAMPLES, np.float32)
        self._to = self._samples.ctypes.data

    def decode(self, packet: bytes) -> Samples:
        """Return the sound in *packet*, stereo folded to mono; raises OpusError."""
        if not packet:
            raise OpusError("an empty packet")
        return self._decoded(packet, LONGEST_SAMPLES, fec=False)

    def decode_fec(self, packet: bytes, samples: int) -> Samples:
        """Return the *samples* before those in *packet*, by its in-band FEC; raises OpusError.

        What the packet does not tell is concealed, all of it if it has no FEC.
        """
        return self._decoded(packet, samples, fec=True)

    def conceal(self, samples: int) -> Samples:
        """Return *samples* that continue what was heard; a multiple of 2.5 ms up to 120 ms."""
        return self._decoded(None, samples, fec=False)

    def _decoded(self, packet: bytes | None, samples: int, *, fec: bool) -> Samples:
        size = len(packet) if packet else 0
        return self._samples[
            : _checked(_decode(self._state, packet, size, self._to, samples, fec))
        ].copy()

    def close(self) -> None:
        """Give the native memory back; nothing can be decoded afterwards."""
        if self._state is not None:
            _decoder_destroy(self._state)
            self._state = None

    def __del__(self) -> None:
        if getattr(self, "_state", None) is not None:
            self.close()
