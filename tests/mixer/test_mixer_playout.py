"""Packets that say which they are, through every kind of bad network, by a clock of our own."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import LATENCY_S, Sent, delayed, lossy, sent, ticks
from spacebox.mixer.frame import FRAME_S
from spacebox.mixer.playout import Conceal, Decode, Fec, Merge, Pause, PlayoutBuffer, Step

CELT, HYBRID = 0xF8, 0x78
TEN_MS, FORTY_MS, SIXTY_MS = 0xF0, 0x10, 0x18
PHASES = [0.0005, 0.004, 0.007, 0.0101, 0.013, 0.0165, 0.0199]
Happened = Sequence[tuple[float, Step | None]]


def numbered(count: int, toc: int = CELT) -> list[bytes]:
    """Return packets that hold their number; those in hybrid mode bring FEC along."""
    return [bytes((toc, 0x40)) + number.to_bytes(4, "big") for number in range(count)]


def number(payload: bytes) -> int:
    return int.from_bytes(payload[-4:], "big")


def played(packets: Sequence[Sent], seconds: float, phase: float = 0.007) -> Happened:
    buffer = PlayoutBuffer()
    return [(now, take(buffer, arrived, now)) for now, arrived in ticks(packets, seconds, phase)]


def take(buffer: PlayoutBuffer, arrived: Iterable[Sent], now: float) -> Step | None:
    take_in(buffer, arrived, now)
    return buffer.step(now)


def take_in(buffer: PlayoutBuffer, arrived: Iterable[Sent], now: float) -> None:
    """Bring what a tick found, which is all that the box knows of when it came."""
    for packet in arrived:
        buffer.push(packet.sequence, packet.timestamp, packet.payload, now, packet.redundant)


def numbers_in(steps: Iterable[Step | None]) -> list[int]:
    """Return which packets were played, merged ones too."""
    numbers = []
    for step in steps:
        if isinstance(step, Merge):
            numbers += [number(step.payload), number(step.following)]
        elif isinstance(step, Decode):
            numbers.append(number(step.payload))
    return numbers


def delays(happened: Happened, packet_s: float = FRAME_S) -> dict[int, float]:
    """Return how much later each packet was played than the fastest way would have allowed."""
    return {
        number(step.payload): now - LATENCY_S - number(step.payload) * packet_s
        for now, step in happened
        if isinstance(step, Decode | Merge)
    }


def count(happened: Happened, kind: type[Step] | type[None]) -> int:
    """Return how often something happened once the first packet had been played."""
    began = next(i for i, (_, step) in enumerate(happened) if isinstance(step, Decode))
    return sum(isinstance(step, kind) for _, step in happened[began:])


@pytest.mark.parametrize("phase", PHASES)
def test_a_clean_stream_is_played_whole_and_soon(phase: float) -> None:
    happened = played(sent(numbered(500)), 10, phase)
    numbers = list(delays(happened))
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 496
    assert max(delays(happened).values()) < 0.041
    assert len(set(map(type, (step for _, step in happened)))) == 2


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("toc", [CELT, HYBRID])
@pytest.mark.parametrize("lost", [1, 2, 3])
def test_what_is_lost_once_causes_no_stall_and_no_lasting_delay(
    phase: float, toc: int, lost: int
) -> None:
    packets = [p for i, p in enumerate(sent(numbered(500, toc))) if not 100 <= i < 100 + lost]
    happened = played(packets, 10, phase)
    filled = count(happened, Conceal) + count(happened, Fec)
    late = delays(happened)
    assert count(happened, type(None)) == 0
    assert lost <= filled <= lost + (lost > 1)
    assert late[100 + lost] - late[99] < (0.001 if lost == 1 else 0.021)
    assert late[400] == pytest.approx(late[99]) or lost > 1
    assert late[400] < 0.041


@pytest.mark.parametrize("phase", PHASES)
def test_one_late_packet_leaves_no_lasting_delay(phase: float) -> None:
    packets = delayed(sent(numbered(500)), lambda i: 0.07 * (i == 200))
    late = delays(played(packets, 10, phase))
    assert late[450] < 0.041
    assert len(late) >= 495


def test_one_late_packet_is_no_reason_to_wait() -> None:
    packets = delayed(sent(numbered(500)), lambda i: 0.1 * (i == 200))
    late = delays(played([*packets[:220], *packets[221:]], 9))
    assert max(late.values()) < 0.041


@pytest.mark.parametrize("stall", [0.08, 0.2, 0.5, 1.5, 3.0])
@pytest.mark.parametrize("phase", PHASES)
def test_back_to_normal_within_five_seconds_of_a_burst(stall: float, phase: float) -> None:
    """The network stops, and then brings at once what it held back."""
    packets = delayed(
        sent(numbered(1000)), lambda i: max(0.0, stall - (i - 200) * FRAME_S) * (i >= 200)
    )
    happened = played(packets, 20, phase)
    late, over = delays(happened), 200 + round(stall / FRAME_S)
    assert max(late.values()) < 0.25
    assert all(late[i] < 0.041 for i in range(over + 250, 990))
    played_in_time = sum(i in late for i in range(200, over + 250))
    assert played_in_time >= 250 + min(0, 10 - stall / FRAME_S)


def jitter(spread_s: float, until: int = 1 << 30) -> Callable[[int], float]:
    chance = random.Random(3)
    return lambda i: chance.uniform(0, spread_s) if i < until else 0.0


@pytest.mark.parametrize(
    ("spread_s", "most"), [(0.01, 0.045), (0.03, 0.07), (0.1, 0.14), (0.18, 0.22)]
)
def test_waits_as_long_as_the_network_is_unsteady(spread_s: float, most: float) -> None:
    packets = delayed(sent(numbered(3000)), jitter(spread_s, until=2000))
    happened = played(packets, 60)
    late = delays(happened)
    assert sum(i in late for i in range(100, 2000)) > 0.985 * 1900
    assert max(late[i] for i in late if i > 100) < most
    assert max(late[i] for i in late if i > 2250) < 0.041


def test_no_wait_is_longer_than_ten_frames() -> None:
    packets = delayed(sent(numbered(1000)), jitter(0.3))
    late = sorted(delays(played(packets, 20)).values())
    assert 0.18 < late[len(late) // 2] <= late[-len(late) // 50] < 0.28


@pytest.mark.parametrize("longer_s", [-0.2, 0.1, 0.5, 1.5])
@pytest.mark.parametrize("spread_s", [0.0, 0.02])
def test_the_way_may_become_longer_or_shorter(longer_s: float, spread_s: float) -> None:
    packets = delayed(sent(numbered(1000)), lambda i: max(0.0, -longer_s) + longer_s * (i >= 200))
    happened = played(delayed(packets, jitter(spread_s)), 20)
    late = delays(happened)
    gone = round(max(0.0, longer_s) / FRAME_S)
    assert count(happened, Conceal) + count(happened, type(None)) <= gone + 10
    assert count(happened, Merge) <= 10
    assert all(late[i] < max(0.0, longer_s) + spread_s + 0.041 for i in late if 450 < i < 900)


def test_where_all_was_even_for_long_nothing_waits_any_more() -> None:
    happened = played(sent(numbered(2000)), 40)
    late = delays(happened)
    assert 0.02 < late[1400] < 0.04
    assert late[1600] == pytest.approx(late[1400] - FRAME_S)
    assert (count(happened, Merge), count(happened, Conceal)) == (1, 0)


def test_whoever_is_late_once_waits_again() -> None:
    happened = played(delayed(sent(numbered(2500)), lambda i: 0.018 * (i == 1800)), 50)
    late = delays(happened)
    assert (count(happened, Merge), count(happened, Conceal)) == (1, 1)
    assert late[1799] < 0.02 < late[1801] == pytest.approx(late[2400])


def test_whoever_is_late_now_and_then_always_waits() -> None:
    happened = played(delayed(sent(numbered(4000)), lambda i: 0.018 * (i % 1400 == 9)), 80)
    assert {type(step) for _, step in happened[5:-10]} == {Decode}


def test_order_is_restored() -> None:
    chance = random.Random(1)
    late = delays(played(delayed(sent(numbered(500)), lambda _: chance.choice([0, 0, 0.03])), 10))
    assert list(late) == sorted(late)
    assert len(late) > 480


def test_second_copies_count_for_nothing() -> None:
    packets = sent(numbered(500))
    twice = [replace(packet, arrives=packet.arrives + 0.1) for packet in packets]
    once, both = played(packets, 9), played([*packets[:100], *packets[101:], *twice], 9)
    assert delays(both)[440] == pytest.approx(delays(once)[440])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), max_size=60), st.booleans())
def test_whatever_comes_each_packet_is_played_once_and_in_order(
    fates: list[tuple[float, int]], redundancy: bool
) -> None:
    packets = sent(numbered(len(fates), HYBRID), blocks=redundancy)
    arriving = [
        replace(packet, arrives=packet.arrives + late * copy)
        for packet, (late, copies) in zip(packets, fates, strict=True)
        for copy in range(copies)
    ]
    numbers = numbers_in(step for _, step in played(arriving, 5))
    assert numbers == sorted(set(numbers))


def test_the_packet_behind_restores_the_one_before() -> None:
    packets = [p for i, p in enumerate(sent(numbered(500, HYBRID))) if i % 10 != 5]
    happened = [step for _, step in played(packets, 9)][50:]
    restored = [number(step.payload) for step in happened if isinstance(step, Fec)]
    assert all(n % 10 == 6 for n in restored)
    assert len(restored) >= 38
    assert sum(isinstance(step, Conceal) for step in happened) <= 1


def test_red_and_fec_together_restore_two() -> None:
    packets = [
        p for i, p in enumerate(sent(numbered(500, HYBRID), blocks=1)) if i % 10 not in (5, 6)
    ]
    happened = [step for _, step in played(packets, 9)][50:]
    decoded = [number(step.payload) for step in happened if isinstance(step, Decode)]
    restored = [number(step.payload) for step in happened if isinstance(step, Fec)]
    assert sum(n % 10 == 6 for n in decoded) >= 37
    assert sum(n % 10 == 6 for n in restored) >= 37
    assert sum(isinstance(step, Conceal) for step in happened) <= 2


def silent_between(packets: Sequence[Sent], begin: int, end: int, every: int = 20) -> list[Sent]:
    """Leave timestamps out, as discontinuous transmission does, but no sequence numbers."""
    quiet = [i for i in range(begin, end) if (i - begin) % every]
    kept = [packet for i, packet in enumerate(packets) if i not in quiet]
    kept = [
        replace(p, payload=p.payload[:1])
        if begin * FRAME_S <= p.arrives - LATENCY_S < end * FRAME_S - 1e-9
        else p
        for p in kept
    ]
    return [replace(p, sequence=(i + 65_500) % (1 << 16)) for i, p in enumerate(kept)]


@pytest.mark.parametrize("phase", PHASES)
def test_a_silent_sender_is_no_loss(phase: float) -> None:
    packets = silent_between(sent(numbered(1000)), 200, 350)
    happened = played(packets, 20, phase)
    assert count(happened, Conceal) == count(happened, Merge) == count(happened, type(None)) == 0
    assert count(happened, Pause) == pytest.approx(142, abs=3)
    assert (
        max(
            now - LATENCY_S - number(step.payload) * FRAME_S
            for now, step in happened
            if isinstance(step, Decode) and len(step.payload) > 1
        )
        < 0.041
    )


def test_timestamps_left_out_are_no_loss_even_when_the_next_packet_is_there() -> None:
    packets = [p for i, p in enumerate(sent(numbered(500))) if not 420 <= i < 423]
    packets = [replace(p, sequence=(i + 65_500) % (1 << 16)) for i, p in enumerate(packets)]
    happened = played(delayed(packets, jitter(0.1, until=400)), 9)
    near = [step for now, step in happened if 8.1 < now < 8.9]
    assert sum(isinstance(step, Pause) for step in near) == 3
    assert not any(isinstance(step, Conceal) for step in near)


def test_a_sender_that_stops_without_a_word_is_bridged_for_a_moment() -> None:
    packets = [p for i, p in enumerate(sent(numbered(1000))) if not 200 <= i < 700]
    packets = [replace(p, sequence=(i + 65_500) % (1 << 16)) for i, p in enumerate(packets)]
    happened = played(packets, 20)
    assert count(happened, Conceal) == 10
    assert count(happened, type(None)) == pytest.approx(490, abs=2)
    assert delays(happened)[700] < 0.041


@pytest.mark.parametrize("sequence", [0, 1, 40_000])
@pytest.mark.parametrize("timestamp", [1 << 31, 1 << 20, -(1 << 20), 200_000])
def test_another_stream_goes_on_at_once(sequence: int, timestamp: int) -> None:
    """A new SSRC, a new clock, or a sender that was held."""
    packets = sent(numbered(600))
    after = [
        replace(
            p,
            sequence=(p.sequence + sequence) % (1 << 16),
            timestamp=(p.timestamp + timestamp) % (1 << 32),
        )
        for p in packets[300:]
    ]
    happened = played(packets[:300] + after, 12)
    late = delays(happened)
    assert count(happened, Pause) + count(happened, Conceal) <= 2
    assert all(late[i] < 0.041 for i in range(305, 590))


@pytest.mark.parametrize(("toc", "samples"), [(TEN_MS, 480), (FORTY_MS, 1920), (SIXTY_MS, 2880)])
def test_packets_may_be_of_any_length(toc: int, samples: int) -> None:
    buffer, packet_s = PlayoutBuffer(), samples / 48_000
    packets = [p for i, p in enumerate(sent(numbered(200, toc), samples=samples)) if i != 100]
    happened, owed, filled = [], 0.0, 0
    for now, arrived in ticks(packets, 190 * packet_s):
        take_in(buffer, arrived, now)
        owed += FRAME_S
        while owed > 1e-9:
            step = buffer.step(now + FRAME_S - owed)
            happened.append((now, step))
            if isinstance(step, Fec | Conceal):
                filled += step.samples
            owed -= (
                packet_s if isinstance(step, Decode) else step.samples / 48_000 if step else FRAME_S
            )
    late = delays(happened, packet_s)
    assert samples <= filled <= max(960, samples + 960)
    assert set(range(1, 183)) - {100} <= set(late)
    assert max(late.values()) < 0.061
    assert late[180] <= late[99] + 0.021


@pytest.mark.parametrize("ppm", [-300, 300])
def test_clocks_may_differ(ppm: int) -> None:
    packets = delayed(sent(numbered(30_000)), lambda i: i * FRAME_S * ppm * 1e-6)
    buffer = PlayoutBuffer()
    steps = [take(buffer, arrived, now) for now, arrived in ticks(packets, 600)]
    put_right = [step for step in steps if isinstance(step, Conceal | Merge)]
    assert 5 <= len(put_right) <= 20
    assert steps[10:].count(None) == 0


@pytest.mark.parametrize("ppm", [-100, 100])
@pytest.mark.parametrize("spread_s", [0.0, 0.004])
def test_a_clock_that_drifts_through_the_ticks_leaves_no_delay(ppm: int, spread_s: float) -> None:
    """Over five minutes a packet comes a tick earlier, or later, once or twice."""
    packets = delayed(sent(numbered(15_000)), lambda i: i * FRAME_S * ppm * 1e-6)
    packets = delayed(packets, jitter(spread_s))
    happened = played(packets, 300, phase=0.0101)
    put_right = count(happened, Conceal) + count(happened, Merge)
    assert 1 <= put_right <= 4
    assert count(happened, type(None)) == 0
    waits = [late - i * FRAME_S * ppm * 1e-6 for i, late in delays(happened).items()]
    assert max(waits) < 0.045


@pytest.mark.parametrize("spread_s", [0.0005, 0.002, 0.01])
@pytest.mark.parametrize("lost", [0, 1, 5])
def test_packets_that_come_now_before_a_tick_and_now_behind_it_wait_no_longer(
    spread_s: float, lost: int
) -> None:
    packets = delayed(sent(numbered(1500)), jitter(spread_s))
    packets = [p for i, p in enumerate(packets) if i % 200 or not 0 < i <= lost * 200]
    happened = played(packets, 29, phase=0.01 + spread_s / 2)
    assert count(happened, Conceal) == lost
    assert count(happened, Merge) == count(happened, type(None)) == 0
    assert max(delays(happened).values()) < 0.041


@pytest.mark.parametrize("later_s", [-0.003, 0.003])
@pytest.mark.parametrize("until", [301, 1000])
def test_one_tick_earlier_or_later_leaves_no_lasting_delay(later_s: float, until: int) -> None:
    packets = delayed(sent(numbered(1000)), lambda i: later_s * (300 <= i < until))
    happened = played(packets, 19, phase=0.0115 if later_s > 0 else 0.0085)
    assert count(happened, Conceal) == count(happened, type(None)) == 0
    late = delays(happened)
    assert all(late[i] < 0.041 for i in range(300 + 160, 940))


@pytest.mark.parametrize("standstill_s", [0.1, 0.5, 2.0])
def test_a_reader_that_was_held_up_catches_up(standstill_s: float) -> None:
    buffer, happened = PlayoutBuffer(), []
    for now, arrived in ticks(sent(numbered(800)), 16):
        if 4 < now < 4 + standstill_s:
            take_in(buffer, arrived, now)
        else:
            happened.append((now, take(buffer, arrived, now)))
    late = delays(happened)
    assert all(late[i] < 0.045 for i in range(400, 790) if i in late)


def test_a_flood_of_nonsense_ends_with_its_sender() -> None:
    chance, buffer = random.Random(2), PlayoutBuffer()
    for tick in range(500):
        now = tick * FRAME_S
        for _ in range(100):
            payload = chance.randbytes(chance.randrange(5))
            red = [(chance.getrandbits(14), chance.randbytes(3))]
            buffer.push(chance.getrandbits(16), chance.getrandbits(32), payload, now, red)
        buffer.step(now)
        assert 0 < buffer.delay_s <= 0.2
    happened = [
        (now, take(buffer, arrived, now + 10)) for now, arrived in ticks(sent(numbered(500)), 10)
    ]
    assert all(delays(happened)[i] < 0.041 for i in range(250, 490))


def test_memory_is_bounded() -> None:
    buffer = PlayoutBuffer()
    tracemalloc.start()
    for tick in range(100):
        for index in range(tick * 100, tick * 100 + 100):
            buffer.push(index, index, bytes((CELT, 0)) + bytes(1000), tick * FRAME_S)
        buffer.step(tick * FRAME_S)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 300_000


def test_at_heavy_loss_the_copies_are_waited_for() -> None:
    packets = lossy(sent(numbered(1500, HYBRID), blocks=1), 0.3)
    happened = played(packets, 29)
    assert count(happened, type(None)) == 0
    assert count(happened, Conceal) < 0.05 * len(happened)
    assert max(delays(happened).values()) < 0.12
