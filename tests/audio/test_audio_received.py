"""Speech through bad networks, by real codecs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import (
    Sent,
    bursty,
    delayed,
    encoded,
    encoded_by_ffmpeg,
    heard,
    lossy,
    sent,
    speech,
    ticks,
)
from spacebox.audio.opus import Encoder, _encoder_ctl
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, Frame, Samples
from spacebox.mixer.level import level_db
from spacebox.mixer.toc import fec_samples
from spacebox.ports import Tally
from tones import frames, tone

SECONDS = 60
SOUNDING_DB = -60
SET_DTX = 4016


@cache
def spoken(expected_loss: int = 0) -> Sequence[bytes]:
    """Return the packets of a minute; the speaker repeats herself."""
    return encoded(speech(20), expected_loss=expected_loss) * (SECONDS // 20)


def listened(packets: Sequence[Sent], seconds: float = SECONDS) -> tuple[list[Frame | None], Tally]:
    with closing(Received()) as received:
        out = heard(received, packets, seconds)
        first = next(index for index, frame in enumerate(out) if frame is not None)
        return out[first:], received.tally


def filled(out: Sequence[Frame | None], tally: Tally) -> float:
    """Return the share that came from data, FEC or RED."""
    return (tally.sent + tally.repaired) / (len(out) * FRAME_SAMPLES)


def silent(out: Sequence[Frame | None]) -> list[bool]:
    return [frame is None or level_db(frame) < SOUNDING_DB for frame in out]


def longest(silences: Sequence[bool]) -> float:
    """Return the longest silence in seconds."""
    runs = "".join("x" if silence else " " for silence in silences).split()
    return max(map(len, runs), default=0) * FRAME_S


def joined(out: Sequence[Frame | None]) -> Samples:
    return np.concatenate([np.zeros(FRAME_SAMPLES) if f is None else f for f in out])


def lag_s(out: Samples, reference: Samples) -> float:
    """Return how much later *out* says the same."""
    size = 2 * len(out)
    product = np.fft.rfft(out, size) * np.conj(np.fft.rfft(reference, size))
    shift = int(np.argmax(np.fft.irfft(product)))
    return (shift if shift < len(out) else shift - size) / 48_000


@pytest.mark.parametrize("blocks", [0, 1])
@pytest.mark.parametrize(("loss", "goal"), [(0.1, 0.985), (0.3, 0.88)])
def test_speech_with_fec_is_whole_at_independent_loss(
    loss: float, goal: float, blocks: int
) -> None:
    packets = sent(spoken(10), blocks=blocks)
    results = [listened(lossy(packets, loss, seed)) for seed in (2, 3, 4)]
    shares = [filled(*result) for result in results]
    silences = [silent(out) for out, _ in results]
    quiet = float(np.mean(np.concatenate(silences)))
    print(f"\nloss {loss:.0%}, FEC, {blocks} blocks of RED: {np.mean(shares):.2%} filled,", end=" ")
    print(f"{quiet:.2%} silent, at most {max(map(longest, silences)) * 1000:.0f} ms")
    assert np.mean(shares) >= (goal if blocks == 0 else 1 - (1 - goal) / 2)
    assert quiet < 0.01
    assert max(map(longest, silences)) <= 0.12


@pytest.mark.parametrize("loss", [0.1, 0.3])
def test_loss_adds_little_delay(loss: float) -> None:
    packets = sent(spoken(10), blocks=1)
    clean, lost = joined(listened(packets)[0]), joined(listened(lossy(packets, loss))[0])
    lag = lag_s(lost[48_000 * 10 : 48_000 * 58], clean[48_000 * 10 : 48_000 * 58])
    print(f"\nloss {loss:.0%}, FEC and RED: {lag * 1000:.0f} ms later than without")
    assert 0 <= lag <= 0.12


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_bursts_of_loss_are_bridged_and_leave_no_delay(blocks: int) -> None:
    packets = sent(spoken(10), blocks=blocks)
    until = 40 * 50
    out, tally = listened([*bursty(packets[:until], 0.1, 3, seed=2), *packets[until:]])
    share = 1 - tally.concealed / FRAME_SAMPLES / until
    print(f"\nbursts of 3, 10 %, FEC, {blocks} blocks of RED: {share:.2%} filled")
    assert share > 0.91
    clean = joined(listened(packets)[0])
    begin, end = 48_000 * 45, 48_000 * 59
    assert abs(lag_s(joined(out)[begin:end], clean[begin:end])) <= FRAME_S


def test_without_fec_concealment_keeps_it_sounding() -> None:
    out, tally = listened(lossy(sent(spoken()), 0.3))
    print(f"\nloss 30 %, neither FEC nor RED: {np.mean(silent(out)):.2%} silent")
    assert tally.repaired == 0
    assert np.mean(silent(out)) < 0.01 + np.mean(silent(listened(sent(spoken()))[0]))


@pytest.mark.parametrize("frame_ms", [10, 20, 40, 60])
@pytest.mark.parametrize("channels", [1, 2])
def test_another_encoder_is_heard_at_any_frame_size(frame_ms: int, channels: int) -> None:
    payloads = encoded_by_ffmpeg(speech(20), frame_ms, channels)
    packets = sent(payloads, samples=frame_ms * 48)
    assert sum(fec_samples(payload) > 0 for payload in payloads) > 0.9 * len(payloads)
    clean, whole = listened(packets, 19)
    out, tally = listened(lossy(packets, 0.1), 19)
    print(f"\nFFmpeg, {frame_ms} ms, {channels} channels: {filled(out, tally):.2%} filled")
    assert filled(clean, whole) > 0.99
    assert whole.concealed == whole.repaired == 0
    assert filled(out, tally) > (0.965 if frame_ms <= 20 else 0.9)
    assert level_db(joined(clean)) == pytest.approx(level_db(speech(19)), abs=1)


def test_a_silent_sender_is_heard_as_quiet_and_misses_nothing() -> None:
    """Discontinuous transmission, as browsers do it: of empty packets only the first is sent."""
    hiss = np.random.default_rng(1).normal(0, 0.003, 48_000 * 12).astype(np.float32)
    hiss[: 48_000 * 3] += speech(3)
    hiss[48_000 * 9 :] += speech(3)
    with closing(Encoder(32_000, expected_loss=10)) as encoder:
        assert _encoder_ctl(encoder._state, SET_DTX, 1) == 0
        payloads = [encoder.encode(frame) for frame in frames(hiss)]
    empty = [len(payload) <= 2 for payload in payloads]
    packets = [p for i, p in enumerate(sent(payloads)) if not empty[i] or not empty[i - 1]]
    numbered = [
        Sent(index, packet.timestamp, packet.payload, packet.arrives)
        for index, packet in enumerate(packets)
    ]
    out, tally = listened(numbered, 12)
    assert sum(empty) > 100
    assert tally.concealed == 0
    assert all(frame is not None for frame in out)
    quiet = joined(out[50 * 5 : 50 * 8])
    assert level_db(quiet) == pytest.approx(level_db(hiss[48_000 * 5 : 48_000 * 8]), abs=6)


@pytest.mark.parametrize("held_s", [0.03, 0.07, 0.3])
def test_ticks_that_are_made_up_for_change_nothing(held_s: float) -> None:
    packets = sent(spoken()[:1000])
    late = dict.fromkeys(range(200, 800, 100), held_s)
    with closing(Received()) as received:
        pulled = 0
        for now, arrived in held_up(ticks(packets, 19, 0.0101), late):
            for packet in arrived:
                received.push(packet.sequence, packet.timestamp, packet.payload, now)
            pulled += received.pull(now) is not None
        assert pulled >= 944
        assert received.tally == Tally(sent=pulled * FRAME_SAMPLES)


def held_up(
    beats: Iterable[tuple[float, list[Sent]]], late: Mapping[int, float]
) -> Iterator[tuple[float, list[Sent]]]:
    """Let ticks be *late*: those behind wait, and the first finds what came for all of them."""
    waiting: list[list[Sent]] = []
    until = 0.0
    for tick, (now, arrived) in enumerate(beats):
        until = max(until, now + late.get(tick, 0.0))
        waiting.append(arrived)
        if until < now + FRAME_S:
            yield until, [packet for packets in waiting for packet in packets]
            yield from ((until, []) for _ in waiting[1:])
            waiting = []


def test_catching_up_makes_no_clicks() -> None:
    sound = tone(330, 20)
    packets = delayed(
        sent(encoded(sound)), lambda i: max(0, 0.2 - (i - 200) * FRAME_S) * (i >= 200)
    )
    out, _ = listened(packets, 19)
    steps = np.abs(np.diff(joined(out)[48_000:]))
    assert steps.max() < 2 * np.abs(np.diff(sound)).max()


@pytest.mark.parametrize("broken", [b"\xff\xff", b"\x7b\x83", b"\x7b\x03\x40", b"\x18", b""])
def test_a_broken_packet_costs_its_own_time_only(broken: bytes) -> None:
    packets = sent(spoken(10)[:500])
    some = [
        Sent(p.sequence, p.timestamp, broken if i % 20 == 7 else p.payload, p.arrives)
        for i, p in enumerate(packets)
    ]
    out, tally = listened(some, 9)
    assert all(frame is not None for frame in out)
    assert tally.sent + tally.repaired >= 0.8 * len(out) * FRAME_SAMPLES


def test_broken_packets_may_be_faded_into_whole_ones() -> None:
    payloads = encoded_by_ffmpeg(speech(20), 60, 1)
    mixed = [b"\x1b\x41" if i % 3 == 0 else payload for i, payload in enumerate(payloads)]
    packets = delayed(
        sent(mixed, samples=2880), lambda i: max(0, 0.2 - (i - 50) * 0.06) * (i >= 50)
    )
    out, tally = listened(packets, 19)
    assert all(frame is not None for frame in out)
    assert tally.concealed >= len(payloads) // 3 * 2880 * 0.9


@given(st.lists(st.tuples(st.binary(max_size=12), st.integers(0, 5), st.booleans()), max_size=30))
def test_whatever_comes_frames_are_frames(pushed: list[tuple[bytes, int, bool]]) -> None:
    with closing(Received()) as received:
        sequence = timestamp = 0
        for tick, (payload, ahead, jump) in enumerate(pushed):
            sequence, timestamp = sequence + ahead, timestamp + ahead * (37 if jump else 960)
            received.push(sequence, timestamp, payload, tick * FRAME_S, [(960, payload[::-1])])
            frame = received.pull(tick * FRAME_S + 0.005)
            assert frame is None or (frame.shape == (960,) and np.isfinite(frame).all())
