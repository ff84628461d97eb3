from __future__ import annotations

import asyncio
import threading

import numpy as np

from pulse import until
from spacebox.audio.edge import Edge
from spacebox.audio.opus import Decoder
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.mixer.frame import FRAME_SAMPLES
from spacebox.mixer.level import FLOOR_DB
from spacebox.ports import Tick
from wires import Loose

ONES = np.ones(FRAME_SAMPLES, np.float32)


def test_a_gap_while_muted_leaves_nothing_to_fade_out_later() -> None:
    edge = Edge()
    edge.let_out(ONES)
    edge.mute(True)
    assert edge.let_out(None) is None
    late = edge.let_out(ONES)
    assert late is not None
    assert not late.any()


def test_a_gap_while_open_does_not_hide_the_sound_after_it() -> None:
    edge = Edge()
    edge.let_out(ONES)
    assert edge.let_out(None) is None
    after = edge.let_out(ONES)
    assert after is not None
    assert (after == 1).all()


async def test_mute_is_in_the_next_packets_while_the_event_loop_stands_still() -> None:
    ticks: list[Tick] = []
    microphone = Tone(440)
    pump = Pump(ticks.append, Loose())
    pump.seat("host", microphone, muted=False)
    muted_at = 0

    def press() -> None:
        nonlocal muted_at
        until(lambda: len(ticks) > 10)
        microphone.mute(True)
        muted_at = len(ticks)
        until(lambda: len(ticks) > muted_at + 10)

    pump.start()
    finger = threading.Thread(target=press)
    finger.start()
    asyncio.get_running_loop().call_soon(finger.join)
    await asyncio.sleep(0)  # the loop stands still in here
    pump.stop()
    assert ticks[muted_at - 1].voices["host"].level_db > -30
    # One may have been under way when it was muted, and the next one fades.
    after = ticks[muted_at + 2 :]
    assert {tick.voices["host"].level_db for tick in after} == {FLOOR_DB}
    decoder = Decoder()
    sound = [np.abs(decoder.decode(tick.programme)).max() for tick in ticks]
    assert sound[muted_at - 1] > 0.05
    assert max(sound[muted_at + 3 :]) < 0.001
