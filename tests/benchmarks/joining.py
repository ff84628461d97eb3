"""What it costs to let a listener in, from the offer to the keys, against stock aiortc."""

from __future__ import annotations

import time
from contextlib import ExitStack

from benchmarks import verdict
from benchmarks.cost import SETTLE_S, Server, cpu_s
from benchmarks.serving import serving
from benchmarks.talker import Line, connect
from spacebox.rtc.identity import Identity

LISTENERS = 30
ROUNDS, IDLE_S = 5, 3.0
GOAL = 0.40


def cost_ms(server: Server) -> float:
    """Return the CPU time for each listener, less what the server needs once they are there."""
    identity = Identity.new()
    lines = list[Line]()
    cpu, begun = cpu_s(server.pid), time.monotonic()
    for _ in range(LISTENERS):
        lines.append(Line(identity))
        lines[-1].enter(server.url)
        connect(lines[-1:])
    settle(lines, time.monotonic() + SETTLE_S)
    joined, then = cpu_s(server.pid), time.monotonic()
    settle(lines, then + IDLE_S)
    idle = (cpu_s(server.pid) - joined) / (time.monotonic() - then)
    for line in lines:
        line.close()
    return (joined - cpu - idle * (then - begun)) * 1000 / LISTENERS


def settle(lines: list[Line], until: float) -> None:
    while (now := time.monotonic()) < until:
        for line in lines:
            line.poll(now)
        time.sleep(0.02)


def main() -> None:
    ours, stock = list[float](), list[float]()
    with ExitStack() as stack:
        our_port = stack.enter_context(serving("benchmarks.our_port", "sound"))
        stock_port = stack.enter_context(serving("benchmarks.stock_port", "sound"))
        for _ in range(ROUNDS):
            ours.append(cost_ms(our_port))
            stock.append(cost_ms(stock_port))
    print(verdict.told("letting in a listener, our port", ours, "ms"))
    print(verdict.told("letting in a listener, stock port", stock, "ms"))
    print(verdict.compared("letting in, ours / stock aiortc", ours, stock, GOAL))


if __name__ == "__main__":
    main()
