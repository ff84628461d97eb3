"""Speakers and listeners of one room, for so many seconds of media time.

Usage: crowd.py URL SECONDS LISTENERS HZ… (one speaker for each frequency; the box plays 440 Hz).
Prints what everybody heard as one JSON document.
"""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp

from peers.guest import RATE, SLOT, Guest

BOX_HZ = 440


async def crowd(url: str, seconds: float, listeners: int, tones: list[int]) -> dict[str, object]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        speakers = [Guest(url, session) for _ in tones]
        audience = [Guest(url, session) for _ in range(listeners)]
        for guest, hertz in zip(speakers, tones, strict=True):
            await guest.join(f"Speaker {hertz}")
            await guest.listen()
            await guest.command("RequestToSpeak", reason=f"{hertz} Hz")
        for guest in audience:
            await guest.listen()
        for count, (guest, hertz) in enumerate(zip(speakers, tones, strict=True), 1):
            await _until_on_stage(guest)
            await guest.speak(hertz)
            await _until_spoke(guest, count)
            await guest.command("SetMuted", muted=False)
        everybody = speakers + audience
        await _hear(everybody, 2.0)  # until the last unmute has come through
        since = [len(guest.ear.pts) for guest in everybody]
        await _hear(everybody, seconds + 2.0)
        frames = round(seconds * RATE / SLOT)
        for guest, start in zip(everybody, since, strict=True):
            del guest.ear.pts[start + frames :], guest.ear.sound[start + frames :]
        all_tones = [BOX_HZ, *tones]
        report = [
            {
                "speaks": hertz,
                "slots": len(guest.ear.pts) - start,
                "missing": guest.ear.missing_slots(start),
                "levels": guest.ear.levels(all_tones, start).round(5).tolist(),
            }
            for guest, start, hertz in zip(
                everybody, since, [*tones, *[None] * listeners], strict=True
            )
        ]
        await asyncio.gather(*(guest.close() for guest in everybody))
        return {"tones": all_tones, "ears": report}


async def _until_on_stage(guest: Guest) -> None:
    async with asyncio.timeout(30):
        while (await guest.space())["you"]["role"] != "speaker":  # type: ignore[index]
            await asyncio.sleep(0.1)


async def _until_spoke(guest: Guest, count: int) -> None:
    """Wait until the box has so many microphones: one always arrives muted, whatever came before.

    A peer is connected a moment before the box knows it.
    """
    async with asyncio.timeout(30):
        while (await guest.space())["stats"]["spoke"] < count:  # type: ignore[index]
            await asyncio.sleep(0.05)


async def _hear(everybody: list[Guest], seconds: float) -> None:
    """Wait until everybody received so much more media."""
    until = [guest.ear.seconds + seconds for guest in everybody]
    async with asyncio.timeout(seconds * 3 + 30):
        while any(g.ear.seconds < end for g, end in zip(everybody, until, strict=True)):
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    where, span, count, *hertz = sys.argv[1:]
    result = asyncio.run(crowd(where, float(span), int(count), [int(h) for h in hertz]))
    print(json.dumps(result))
