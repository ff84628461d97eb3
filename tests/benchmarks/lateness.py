"""How late the media clock is: the box's own histogram, idle and with 60 listeners.

Where the system allows it, and so it does for the service, the media thread comes first.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import verdict
from benchmarks.cost import SETTLE_S, hearing
from benchmarks.space import lateness, served, space_box
from box import Box

LISTENERS = 60
ROUNDS, SPAN_S = 4, 5.0
SHARE = 0.99
GOAL_MS = 1.0


def bound_ms(box: Box) -> float:
    """Return under which of the histogram's bounds 99 % of the ticks of a while began."""
    before = lateness(box)
    time.sleep(SPAN_S)
    ticks = {bound: count - before[bound] for bound, count in lateness(box).items()}
    total = max(ticks.values())
    return min(bound for bound, count in ticks.items() if count >= SHARE * total) * 1000


def punctual(pid: int) -> bool:
    """Say whether a process has a thread that comes before all others."""
    threads = (int(each.name) for each in Path(f"/proc/{pid}/task").iterdir())
    policies = {os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK for thread in threads}
    return os.SCHED_FIFO in policies


def main() -> None:
    idle, busy = list[float](), list[float]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = stack.enter_context(space_box(folder, "--mic", "tone"))
        box.command("SetMuted", muted=False)
        for _ in range(ROUNDS):
            idle.append(bound_ms(box))
            with hearing(served(box)) as ears:
                ears.grow(LISTENERS)
                time.sleep(SETTLE_S)
                busy.append(bound_ms(box))
        how = "SCHED_FIFO" if punctual(box.process.pid) else "normal priority"
    for what, bounds in (("idle", idle), (f"{LISTENERS} listeners", busy)):
        print(verdict.within(f"lateness p99, {how}, {what}", bounds, "ms", GOAL_MS))


if __name__ == "__main__":
    main()
