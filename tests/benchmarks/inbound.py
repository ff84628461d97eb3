"""What a packet costs on its way in, with 13 who speak, against stock aiortc.

Once as far as the jitter buffer gives it out, and once as far as sound. What a port needs while
nobody is there does not count: the clock of a box runs anyway.
"""

from __future__ import annotations

import time

from benchmarks import verdict
from benchmarks.cost import SETTLE_S, Server, cpu_s
from benchmarks.mouths import speaking
from benchmarks.serving import serving
from spacebox.mixer.frame import FRAME_S

SPEAKERS = 13
ROUNDS, SPAN_S = 4, 3.0
DEPTHS = {"buffer": 0.20, "sound": 0.20}


def cost_us(server: Server) -> float:
    """Return the CPU time of all the process for each packet, in µs."""
    time.sleep(SETTLE_S)
    idle = share(server)
    with speaking(server.url, [":"] * SPEAKERS):
        time.sleep(SETTLE_S)
        return (share(server) - idle) * FRAME_S / SPEAKERS * 1e6


def share(server: Server) -> float:
    """Return how much of a core a server needs now."""
    cpu, begun = cpu_s(server.pid), time.monotonic()
    time.sleep(SPAN_S)
    return (cpu_s(server.pid) - cpu) / (time.monotonic() - begun)


def main() -> None:
    costs: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for depth in DEPTHS:
            for whose in ("our", "stock"):
                # Stock aiortc never lets a peer go that was killed: each round has its own.
                with serving(f"benchmarks.{whose}_port", depth) as server:
                    costs.setdefault((whose, depth), []).append(cost_us(server))
    for (whose, depth), each in costs.items():
        print(verdict.told(f"inbound packet to {depth}, {whose} port", each, "µs"))
    for depth, goal in DEPTHS.items():
        ours, stock = costs["our", depth], costs["stock", depth]
        print(verdict.compared(f"inbound to {depth}, ours / stock aiortc", ours, stock, goal))


if __name__ == "__main__":
    main()
