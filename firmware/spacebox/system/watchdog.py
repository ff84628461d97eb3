"""The service manager's watchdog: it is fed while every part of the box lives."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from spacebox.system.service import fall, tell

MEALS = 4
"""So often it is fed before it bites: a late meal is not the end."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that shows signs of life, all the time."""

    name: str
    seen: Callable[[], float]
    """When it last did, in seconds on the monotonic clock."""
    patience_s: float
    """It may be silent for so long."""


def silent(parts: Iterable[Part], now: float) -> tuple[str, ...]:
    """Name the parts that gave no sign of life for too long."""
    return tuple(part.name for part in parts if now - part.seen() > part.patience_s)


def bites_after_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return how long the watchdog waits for its food, None where nobody keeps one for us.

    sd_watchdog_enabled(3) says how that is told.
    """
    usec, whom = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    for_us = not whom or whom == str(os.getpid())
    return int(usec) / 1e6 if for_us and usec.isdecimal() else None


@contextmanager
def fed(parts: tuple[Part, ...]) -> Iterator[None]:
    """Feed it meanwhile, where one is kept for us, as long as all *parts* live.

    The event loop does it, and so has to live itself.
    """
    bites_s = bites_after_s()
    if bites_s is None:
        yield
        return
    feeding = asyncio.create_task(_feed(parts, bites_s / MEALS), name="the watchdog's food")
    feeding.add_done_callback(fall)
    try:
        yield
    finally:
        feeding.cancel()


async def _feed(parts: tuple[Part, ...], pause_s: float) -> None:
    told: tuple[str, ...] = ()
    while True:
        dead = silent(parts, time.monotonic())
        if not dead:
            tell("WATCHDOG=1")
        elif dead != told:
            log.critical("no sign of life: %s", ", ".join(dead))
        told = dead
        await asyncio.sleep(pause_s)
