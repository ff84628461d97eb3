"""The statistics of one stream, beside aiortc's where both should say the same."""

import random

import pytest

from spacebox.rtc.reception import LEAST_LOST, Reception

STEP = 960


def stream(*numbers: int) -> Reception:
    """Return what counted these sequence numbers, each on its own time."""
    reception = Reception(7)
    for number in numbers:
        reception.arrived(number % 65_536, number * STEP % 2**32, number * 0.02)
    return reception


def test_nothing_lost_is_still_reported_as_a_little() -> None:
    block = stream(*range(100)).report(2.0)
    assert (block.ssrc, block.fraction_lost, block.packets_lost) == (7, LEAST_LOST, 0)
    assert (block.highest_sequence, block.jitter, block.lsr, block.dlsr) == (99, 0, 0, 0)


def test_nothing_at_all_can_be_reported() -> None:
    block = Reception(7).report(1.0)
    assert (block.fraction_lost, block.packets_lost, block.highest_sequence) == (LEAST_LOST, 0, 0)


def test_loss_is_counted_since_the_last_report_and_altogether() -> None:
    reception = stream(*range(0, 100, 2))  # the last one is 98
    first = reception.report(2.0)
    assert (first.fraction_lost, first.packets_lost) == (256 * 49 // 99, 49)
    for number in range(99, 199):
        reception.arrived(number, number * STEP, number * 0.02)
    second = reception.report(4.0)
    assert (second.fraction_lost, second.packets_lost) == (LEAST_LOST, 49)
    reception.arrived(1199, 1199 * STEP, 24.0)
    assert reception.report(24.0).fraction_lost == 255


def test_numbers_wrap_and_disorder_is_no_loss() -> None:
    numbers = list(range(65_500, 65_700))
    chance = random.Random(1)
    mixed = sorted(numbers, key=lambda number: number + chance.uniform(0, 5))
    reception = stream(*mixed)
    assert reception.lost == numbers[-1] - mixed[0] + 1 - 200
    assert abs(reception.lost) <= 5  # those before the first that came
    assert reception.report(0.0).highest_sequence == 65_699


def test_a_number_twice_is_one_less_lost() -> None:
    assert stream(1, 2, 2, 4).lost == 0


def test_silence_that_is_not_sent_is_no_loss() -> None:
    reception = Reception(7)
    for number in range(50):  # 400 ms between packets, as with DTX
        reception.arrived(number, number * 20 * STEP, number * 0.4)
    assert reception.lost == 0
    assert reception.jitter_s == pytest.approx(0, abs=1e-6)


def test_jitter_grows_to_what_packets_differ_by() -> None:
    reception = Reception(7)
    for number in range(1000):
        reception.arrived(number, number * STEP, number * 0.02 + 0.010 * (number % 2))
    assert reception.jitter_s == pytest.approx(0.010, rel=0.01)
    assert reception.report(20.0).jitter == pytest.approx(480, abs=5)


def test_a_stray_packet_is_not_believed_but_two_are() -> None:
    reception = stream(*range(10))
    reception.arrived(40_000, 5, 0.2)
    reception.arrived(10, 10 * STEP, 0.2)
    assert (reception.expected, reception.lost) == (11, 0)
    reception.arrived(40_000, 5, 0.22)
    reception.arrived(40_001, 5 + STEP, 0.24)
    reception.arrived(40_002, 5 + 2 * STEP, 0.26)
    assert (reception.expected, reception.received) == (2, 2)
    assert reception.jitter_s < 0.001


def test_a_senders_report_is_answered_with_its_time_and_the_delay() -> None:
    reception = stream(1)
    reception.sender_reported(0x0123_4567_89AB_CDEF, 10.0)
    block = reception.report(10.5)
    assert (block.lsr, block.dlsr) == (0x4567_89AB, 32_768)
