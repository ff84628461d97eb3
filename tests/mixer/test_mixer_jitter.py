from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spacebox.mixer.frame import FRAME_SAMPLES, Frame
from spacebox.mixer.jitter import JitterBuffer


def numbered(number: int) -> Frame:
    return np.full(FRAME_SAMPLES, number, np.float32)


def pulled(buffer: JitterBuffer) -> int | None:
    frame = buffer.pull()
    return None if frame is None else int(frame[0])


def filled(count: int) -> JitterBuffer:
    buffer = JitterBuffer(prefill=3, capacity=8)
    for number in range(count):
        buffer.push(numbered(number))
    return buffer


def test_waits_for_three_frames_before_the_first() -> None:
    buffer = filled(2)
    assert pulled(buffer) is None
    buffer.push(numbered(2))
    assert [pulled(buffer) for _ in range(3)] == [0, 1, 2]


def test_waits_again_after_it_ran_dry() -> None:
    buffer = filled(3)
    assert [pulled(buffer) for _ in range(4)] == [0, 1, 2, None]
    buffer.push(numbered(3))
    assert pulled(buffer) is None
    buffer.push(numbered(4))
    buffer.push(numbered(5))
    assert pulled(buffer) == 3


def test_forgets_the_oldest() -> None:
    buffer = filled(20)
    assert [pulled(buffer) for _ in range(9)] == [*range(12, 20), None]


@given(st.lists(st.booleans(), max_size=200))
def test_frames_come_in_order_and_at_most_once(pushes: list[bool]) -> None:
    buffer = JitterBuffer()
    came: list[int] = []
    for number, push in enumerate(pushes):
        if push:
            buffer.push(numbered(number))
        elif (frame := pulled(buffer)) is not None:
            came.append(frame)
    assert came == sorted(set(came))


def test_one_thread_may_push_while_another_pulls() -> None:
    buffer, count = JitterBuffer(), 20_000
    pusher = threading.Thread(
        target=lambda: [buffer.push(numbered(number)) for number in range(count)]
    )
    pusher.start()
    came: list[int] = []
    more = True
    while more:
        more = pusher.is_alive()
        while (frame := pulled(buffer)) is not None:
            came.append(frame)
    assert len(came) > 0
    assert came == sorted(set(came))
