from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from spacebox.audio.opus import Decoder, Encoder, OpusError
from spacebox.mixer.frame import FRAME_SAMPLES, silence
from tones import amplitude, frames, tone


def round_trip(samples: np.ndarray, bitrate: int = 48_000) -> tuple[list[bytes], np.ndarray]:
    encoder, decoder = Encoder(bitrate), Decoder()
    packets = [encoder.encode(frame) for frame in frames(samples)]
    decoded = np.concatenate([decoder.decode(packet) for packet in packets])
    encoder.close()
    decoder.close()
    return packets, decoded


@pytest.mark.parametrize("hertz", [200, 440, 997, 5000])
def test_a_tone_survives_in_level_and_frequency(hertz: int) -> None:
    _, decoded = round_trip(tone(hertz, 1))
    settled = decoded[-24_000:]
    assert amplitude(settled, hertz) == pytest.approx(0.1, rel=0.05)
    assert amplitude(settled, hertz * 1.5) < 0.001


@pytest.mark.parametrize("bitrate", [24_000, 48_000, 64_000])
def test_packets_have_the_size_that_was_asked_for(bitrate: int) -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, 48_000).astype(np.float32)
    packets, _ = round_trip(noise, bitrate)
    assert sum(map(len, packets)) * 8 == pytest.approx(bitrate, rel=0.1)


def test_packets_are_20_ms_of_mono() -> None:
    for packet in round_trip(tone(440, 0.1))[0]:
        stereo, frame_count = packet[0] & 4, packet[0] & 3  # RFC 6716 section 3.1
        assert (stereo, frame_count) == (0, 0)


def test_silence_stays_silence() -> None:
    _, decoded = round_trip(np.zeros(48_000, np.float32))
    assert np.abs(decoded).max() < 1e-4


def test_a_decoded_frame_is_the_callers_to_keep() -> None:
    encoder, decoder = Encoder(), Decoder()
    first, second = (decoder.decode(encoder.encode(frame)) for frame in frames(tone(440, 0.04)))
    assert first.shape == second.shape == (FRAME_SAMPLES,)
    assert not np.shares_memory(first, second)


@pytest.mark.parametrize("packet", [b"", b"\xff", b"\xff\xff\xff\xff", b"\xf8"[:1] * 2000])
def test_junk_is_refused_and_harms_nothing(packet: bytes) -> None:
    decoder = Decoder()
    with pytest.raises(OpusError):
        decoder.decode(packet)
    assert len(decoder.decode(Encoder().encode(silence()))) == FRAME_SAMPLES


def test_a_bitrate_that_opus_does_not_have_is_refused() -> None:
    with pytest.raises(OpusError, match="invalid argument"):
        Encoder(-5)


def test_closing_twice_is_no_harm() -> None:
    for coder in (Encoder(), Decoder()):
        coder.close()
        coder.close()


def test_memory_is_given_back() -> None:
    # An encoder holds about 30 kB: 20,000 of them would be 600 MB.
    script = """if True:
        from pathlib import Path
        from spacebox.audio.opus import Decoder, Encoder
        for _ in range(20_000):
            Encoder()
            Decoder().close()
        status = Path("/proc/self/status").read_text().splitlines()
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert int(done.stdout) < 200_000


def test_opuslib_may_be_compiled_with_warnings_as_errors(tmp_path: object) -> None:
    command = [sys.executable, "-W", "error", "-X", f"pycache_prefix={tmp_path}"]
    done = subprocess.run([*command, "-c", "import spacebox.audio.opus"], capture_output=True)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_new_encoder_that_was_warmed_up_can_take_over() -> None:
    """What the desk relies on: the decoder hears no seam."""
    spoken = frames((tone(220, 2) + tone(1300, 2, 0.05)).astype(np.float32))
    shared, own, decoder = Encoder(), Encoder(), Decoder()
    for frame in spoken[:50]:
        decoder.decode(shared.encode(frame))
    for frame in spoken[47:50]:
        own.encode(frame)
    after = np.concatenate([decoder.decode(own.encode(frame)) for frame in spoken[50:55]])
    steps = np.abs(np.diff(after))
    usual = np.abs(np.diff(np.concatenate(spoken[50:55]))).max()
    assert steps.max() < 1.3 * usual
    for frame, following in pairwise(frames(after)):
        level, next_level = np.square(frame).mean(), np.square(following).mean()
        assert next_level == pytest.approx(level, rel=0.2)
