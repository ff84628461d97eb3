"""What each line is sent, tick by tick."""

from __future__ import annotations

import numpy as np
import pytest

from spacebox.audio.opus import Decoder, Encoder
from spacebox.mixer.frame import FRAME_SAMPLES
from spacebox.mixer.toc import duration
from spacebox.ports import Tick
from spacebox.rtc.programme import Programme
from spacebox.rtc.protection import Protection
from spacebox.rtc.red import parse

OPUS = 111
NONE, FEC, RED = Protection


def tick(index: int, **minus: bytes) -> Tick:
    return Tick(index, b"p%d" % index, b"r%d" % index, minus, {}, 0.0)


def test_each_listener_gets_the_form_their_line_needs() -> None:
    programme = Programme(weak_uplink=False)
    programme.next(tick(7, ana=b"m7"))
    media = 7 * FRAME_SAMPLES
    assert programme.packets(None, NONE, OPUS) == ((media, b"p7", False),)
    assert programme.packets("ben", FEC, OPUS) == ((media, b"r7", False),)
    assert programme.packets("ana", NONE, OPUS) == ((media, b"m7", False),)
    assert programme.packets("ana", FEC, OPUS) == ((media, b"m7", False),)


def test_listeners_alike_share_one_packet() -> None:
    programme = Programme(weak_uplink=False)
    for index in range(2):
        programme.next(tick(index))
    first = programme.packets(None, RED, OPUS)
    assert programme.packets("ben", RED, OPUS) is first
    assert programme.packets(None, RED, 96) != first


def test_red_brings_along_the_packet_before() -> None:
    programme = Programme(weak_uplink=False)
    programme.next(tick(4))
    assert programme.packets(None, RED, OPUS) == ((4 * FRAME_SAMPLES, b"r4", False),)
    programme.next(tick(5))
    [(media, payload, red)] = programme.packets(None, RED, OPUS)
    assert (media, red) == (5 * FRAME_SAMPLES, True)
    before, primary = parse(payload)
    assert (before.payload, before.offset, before.payload_type) == (b"r4", FRAME_SAMPLES, OPUS)
    assert (primary.payload, primary.offset) == (b"r5", 0)


def test_what_red_has_no_room_for_goes_without_it() -> None:
    programme = Programme(weak_uplink=False)
    programme.next(tick(0))
    programme.next(tick(18))
    assert programme.packets(None, RED, OPUS) == ((18 * FRAME_SAMPLES, b"r18", False),)


def test_without_a_robust_encoding_the_clean_one_goes() -> None:
    programme = Programme(weak_uplink=False)
    programme.next(Tick(0, b"p", None, {}, {}, 0.0))
    assert programme.packets(None, FEC, OPUS) == ((0, b"p", False),)


@pytest.fixture
def payloads() -> list[bytes]:
    encoder = Encoder()
    chance = np.random.default_rng(1)
    sound = chance.normal(0, 0.1, (9, FRAME_SAMPLES)).astype(np.float32)
    packets = [encoder.encode(frame) for frame in sound]
    encoder.close()
    return packets


def test_a_weak_uplink_gets_a_third_of_the_packets_and_all_of_the_sound(
    payloads: list[bytes],
) -> None:
    programme, packets = Programme(weak_uplink=True), []
    for index, payload in enumerate(payloads):
        programme.next(Tick(index, payload, None, {}, {}, 0.0))
        packets += programme.packets(None, NONE, OPUS)
    assert [media for media, _, _ in packets] == [0, 3 * FRAME_SAMPLES, 6 * FRAME_SAMPLES]
    assert {duration(payload) for _, payload, _ in packets} == {3 * FRAME_SAMPLES}
    whole, parts = Decoder(), Decoder()
    np.testing.assert_array_equal(
        np.concatenate([whole.decode(payload) for _, payload, _ in packets]),
        np.concatenate([parts.decode(payload) for payload in payloads]),
    )
    whole.close()
    parts.close()


def test_what_cannot_be_joined_goes_piece_by_piece(payloads: list[bytes]) -> None:
    programme = Programme(weak_uplink=True)
    for index in (0, 1, 8):  # the clock stood still in between
        programme.next(Tick(index, payloads[index], None, {}, {}, 0.0))
    assert programme.packets(None, NONE, OPUS) == tuple(
        (index * FRAME_SAMPLES, payloads[index], False) for index in (0, 1, 8)
    )
