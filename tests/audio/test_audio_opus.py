from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest

from channels import encoded, speech
from spacebox.audio.opus import Decoder, Encoder, OpusError
from spacebox.mixer.frame import FRAME_SAMPLES, silence
from spacebox.mixer.toc import fec_samples
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


def test_what_is_no_setting_of_opus_is_refused() -> None:
    with pytest.raises(OpusError, match="invalid argument"):
        Encoder(32_000, expected_loss=101)


def test_packets_with_fec_are_no_larger_than_clean_ones() -> None:
    clean, tough = encoded(speech(5)), encoded(speech(5), expected_loss=10)
    assert sum(fec_samples(packet) == FRAME_SAMPLES for packet in tough) > 0.95 * len(tough)
    assert sum(map(len, tough)) < sum(map(len, clean))


def test_what_is_lost_is_nearer_by_fec_than_by_concealment() -> None:
    packets = encoded(speech(10), expected_loss=10)
    likeness: list[tuple[float, float]] = []
    with closing(Decoder()) as whole, closing(Decoder()) as repaired, closing(Decoder()) as poor:
        for index, packet in enumerate(packets[:-1]):
            wanted = whole.decode(packet)
            if index % 10 == 9:
                fec = repaired.decode_fec(packets[index + 1], FRAME_SAMPLES)
                concealed = poor.conceal(FRAME_SAMPLES)
                likeness.append(tuple(np.corrcoef(wanted, x)[0, 1] for x in (fec, concealed)))
            else:
                repaired.decode(packet)
                poor.decode(packet)
    by_fec, by_concealment = np.median(likeness, axis=0)
    assert by_fec > 0.7
    assert by_fec > by_concealment + 0.1


def test_a_listener_may_change_between_clean_and_tough_at_any_packet() -> None:
    said = speech(5)
    kinds = encoded(said), encoded(said, expected_loss=10)
    usual = np.abs(np.diff(said)).max()
    for at in range(50, 240, 19):
        for before, after in (kinds, kinds[::-1]):
            with closing(Decoder()) as decoder:
                packets = before[at - 20 : at] + after[at : at + 5]
                heard = np.concatenate([decoder.decode(packet) for packet in packets])
            assert np.abs(np.diff(heard[18 * FRAME_SAMPLES :])).max() < 1.3 * usual


def test_clean_and_tough_are_in_step() -> None:
    said, delays = speech(5)[:96_000], []
    for expected_loss in (0, 10):
        with closing(Decoder()) as decoder:
            packets = encoded(said, expected_loss=expected_loss)
            heard = np.concatenate([decoder.decode(packet) for packet in packets])
        size = 2 * len(said)
        match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)))
        delays.append(int(np.argmax(match)))
    assert abs(delays[1] - delays[0]) < 48  # 1 ms
    assert max(delays) < 480


@pytest.mark.parametrize("samples", [120, 480, 960, 2880])
def test_concealment_is_as_long_as_it_should_be_and_goes_on(samples: int) -> None:
    with closing(Decoder()) as decoder:
        for packet in encoded(tone(440, 1)):
            heard = decoder.decode(packet)
        concealed = decoder.conceal(samples)
    assert concealed.shape == (samples,)
    assert abs(concealed[0] - heard[-1]) < 0.02
    assert np.abs(concealed).max() == pytest.approx(0.1, rel=0.2)


def test_concealment_of_no_whole_length_is_refused() -> None:
    with closing(Decoder()) as decoder, pytest.raises(OpusError):
        decoder.conceal(37)


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
