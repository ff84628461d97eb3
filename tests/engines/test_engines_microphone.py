"""The box's own microphone, muted at its edge before the room knows."""

from __future__ import annotations

import pytest

from spacebox.audio.sources import Tone
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.room.commands import EndSpace, SetMuted, StartSpace
from spacebox.room.model import HOST


def loud(microphone: Tone) -> bool:
    """Say whether it is, once a fade is over."""
    microphone.pull()
    frame = microphone.pull()
    assert frame is not None
    return bool(frame.any())


async def test_a_cut_is_over_once_the_room_knows_of_it(
    hub: Hub, host: Host, microphone: Tone
) -> None:
    hub.submit(StartSpace(HOST))
    hub.submit(SetMuted(HOST, muted=False))
    assert loud(microphone)
    host.cut.cut()
    hub.submit(SetMuted(HOST, muted=True))
    hub.submit(SetMuted(HOST, muted=False))
    assert not loud(microphone), "what the room says was said before it knew"
    host.cut.know()
    assert loud(microphone)


@pytest.mark.parametrize("end", [False, True])
async def test_knowing_of_a_cut_opens_no_microphone_that_the_room_holds_shut(
    hub: Hub, host: Host, microphone: Tone, end: bool
) -> None:
    hub.submit(StartSpace(HOST))
    if end:
        hub.submit(SetMuted(HOST, muted=False))
        hub.submit(EndSpace(HOST, now=True))
    host.cut.cut()
    host.cut.know()
    assert not loud(microphone)
