"""A Space in the virtual Pi: by its pins, screen and sound card, and a guest from outside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import numpy as np
from guest import APPROVE, MUTE, ON_AIR
from reading import shows
from virtual_pi import VirtualPi

from peers.guest import RATE, Guest, amplitudes

NAME = "Tomás Vega"
GUEST_HZ, BOX_HZ = 700, 500
OTHER_END = "hw:Loopback,1,0"
"""Of the sound card: what the box plays comes out there, what is played there is its microphone."""
FORMAT = ("-q", "-D", OTHER_END, "-f", "S16_LE", "-r", str(RATE), "-c", "2", "-t", "raw")
AUDIBLE = 0.01
TAP_S, GO_LIVE_S = 0.15, 2.5
PATIENCE_S = 180.0


def test_a_guest_comes_up_by_the_pins_and_is_heard_both_ways(pi: VirtualPi) -> None:
    pi.wake()
    pi.guest.press(MUTE, hold_s=GO_LIVE_S)
    pi.wait_for(lambda: space(pi)["state"] == "live", "held MUTE goes live", PATIENCE_S)
    assert not pi.guest.lit(ON_AIR)
    asyncio.run(visit(pi))
    pi.guest.check("spacebox", "end", "--now")


async def visit(pi: VirtualPi) -> None:
    async with visitor(pi) as guest:
        await guest.join(NAME)
        await guest.listen()
        await guest.command("RequestToSpeak", reason="bees on roofs")
        await until(lambda: shows(pi.screen.picture(), NAME), pi, "the name is on the glass")
        # What has just come up takes no press.
        await asyncio.sleep(1.0)
        await asyncio.to_thread(pi.guest.press, APPROVE, hold_s=TAP_S)
        await until(lambda: role(pi, guest) == "speaker", pi, "APPROVE lets the guest up")
        await guest.speak(GUEST_HZ)
        await guest.command("SetMuted", muted=False)
        await until(lambda: recorded(pi, GUEST_HZ) > AUDIBLE, pi, "the guest is heard at the box")
        assert not steady(pi)
        with played(pi, BOX_HZ):
            await asyncio.to_thread(pi.guest.press, MUTE, hold_s=TAP_S)
            await until(lambda: arrives(guest, BOX_HZ), pi, "the box is heard by the guest")
            await until(lambda: steady(pi), pi, "the lamp is lit")
            await asyncio.to_thread(pi.guest.press, MUTE, hold_s=TAP_S)
            await until(lambda: not arrives(guest, BOX_HZ), pi, "the box is silent")
            assert not steady(pi)


def space(pi: VirtualPi) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(pi.guest.check("spacebox", "status", "--json"))
    return told


def role(pi: VirtualPi, guest: Guest) -> str:
    people = space(pi)["participants"]
    return next((each["role"] for each in people if each["id"] == guest.participant), "")


def steady(pi: VirtualPi) -> bool:
    """Tell whether the lamp is on all the time: a pattern has pauses."""
    return all(pi.guest.lit(ON_AIR) for _ in range(40))


def recorded(pi: VirtualPi, hertz: int) -> float:
    """Record two seconds at the card's other end; return how loud a tone is in the last one."""
    wave = pi.guest.run_for_bytes("arecord", *FORMAT, "-d", "2")
    samples = np.frombuffer(wave, "<i2")[::2][-RATE:] / 32768
    return float(np.median(amplitudes(samples.reshape(-1, RATE // 10), [hertz])))


def arrives(guest: Guest, hertz: int) -> bool:
    """Tell whether the last second that the guest heard has the tone in most of it."""
    return bool(np.median(guest.ear.levels([hertz], -50)) > AUDIBLE)


@contextmanager
def played(pi: VirtualPi, hertz: int) -> Iterator[None]:
    """Play a tone at the card's other end for as long as it takes."""
    times = np.arange(RATE) / RATE
    tone = (3277 * np.sin(2 * np.pi * hertz * times)).astype("<i2")
    pi.guest.write("/run/tone", np.repeat(tone, 2).tobytes())
    line = f"while :; do cat /run/tone; done | aplay {' '.join(FORMAT)}"
    pi.guest.check("systemd-run", "-q", "--unit=tone", "sh", "-c", line)
    try:
        yield
    finally:
        pi.guest.check("systemctl", "stop", "tone")


@asynccontextmanager
async def visitor(pi: VirtualPi) -> AsyncIterator[Guest]:
    async with aiohttp.ClientSession() as http:
        guest = Guest(pi.url, http, relay=pi)
        try:
            yield guest
        finally:
            await guest.close()


async def until(check: Callable[[], bool], pi: VirtualPi, what: str) -> None:
    await asyncio.to_thread(pi.wait_for, check, what, PATIENCE_S)
