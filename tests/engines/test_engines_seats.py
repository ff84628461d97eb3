"""Seats follow the connections, and a break of the line is none of the stage."""

from __future__ import annotations

import pytest

from exchange import Exchange, Peer
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.ports import Tick, Voice
from spacebox.room.commands import Join, MoveToAudience, SetMuted, StartSpace
from spacebox.room.model import HOST, Participant, Role


@pytest.fixture
def live(hub: Hub) -> Hub:
    hub.submit(StartSpace(HOST))
    hub.submit(Join("ana", "Ana", Role.SPEAKER))
    return hub


def ana(hub: Hub) -> Participant:
    return hub.room.participants["ana"]


def speak(host: Host, exchange: Exchange, *, tool: bool = False) -> Peer:
    host.lines.speak("ana", "offer", tool=tool)
    peer = exchange.links[-1].peer
    peer.become(connected=True)
    return peer


def tick(talk_s: float | None = None, *, speaking: bool = False) -> Tick:
    voices = {} if talk_s is None else {"ana": Voice(-20.0, speaking, talk_s)}
    return Tick(0, b"", None, {}, voices, 0.0)


async def test_each_tick_the_network_is_attended_to(host: Host, exchange: Exchange) -> None:
    host.on_tick(tick())
    host.on_tick(tick())
    assert exchange.attended == 2


@pytest.mark.parametrize("tool", [False, True])
async def test_who_was_away_comes_back_as_they_were(
    live: Hub, host: Host, exchange: Exchange, tool: bool
) -> None:
    peer = speak(host, exchange, tool=tool)
    assert ana(live).muted is not tool
    live.submit(SetMuted("ana", tool))
    before = live.number
    peer.become(connected=False)
    peer.become(connected=True)
    assert ana(live).muted is tool
    assert live.number == before


async def test_who_speaks_by_a_new_connection_is_muted_again(
    live: Hub, host: Host, exchange: Exchange
) -> None:
    first = speak(host, exchange)
    live.submit(SetMuted("ana", False))
    speak(host, exchange)
    assert first.over
    assert ana(live).muted


async def test_talking_is_counted_over_connections(
    live: Hub, host: Host, exchange: Exchange
) -> None:
    for connection in range(2):
        peer = speak(host, exchange)
        live.submit(SetMuted("ana", False))
        host.on_tick(tick(1.0, speaking=True))
        assert ana(live).speaking_since is not None
        host.on_tick(tick(3.0, speaking=True))
        peer.close()
        assert ana(live).speaking_since is None
        assert ana(live).talk_s == 3.0 * (connection + 1)


async def test_who_hangs_up_while_a_tick_tells_of_their_voice_is_silent(
    live: Hub, host: Host, exchange: Exchange
) -> None:
    peer = speak(host, exchange)
    live.submit(SetMuted("ana", False))
    host.on_tick(tick(1.0, speaking=True))
    peer.close()
    host.on_tick(tick(1.02, speaking=True))
    assert ana(live).speaking_since is None
    assert ana(live).talk_s == 1.0


async def test_stepping_down_ends_the_voice_and_not_the_ear(
    live: Hub, host: Host, exchange: Exchange
) -> None:
    host.lines.listen("ana", "offer", None)
    ear, voice = exchange.links[-1].peer, speak(host, exchange)
    ear.become(connected=True)
    assert host.listening()["webrtc"] == 0, "who is on stage is no listener"
    live.submit(MoveToAudience(HOST, "ana"))
    assert (voice.over, ear.over) == (True, False)
    assert host.listening()["webrtc"] == 1
    ear.become(connected=False)
    assert host.listening()["webrtc"] == 0
