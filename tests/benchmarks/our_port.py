"""The box's own port without a box around it: sound that comes is pulled tick by tick.

Usage: our_port.py WHAT, which is `sound`, or `buffer` for packets that are put in order only.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Sequence

from benchmarks.serving import serve
from spacebox.audio.beat import Beat
from spacebox.audio.received import Received
from spacebox.mixer.frame import Frame
from spacebox.mixer.playout import PlayoutBuffer
from spacebox.ports import Playout, Tally
from spacebox.rtc.transport import Reach, Transport
from spacebox.rtc.uplink import Uplink


class Ordered:
    """Puts packets in order as `Received` does, and makes no sound of them (ports.Playout)."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._buffer = PlayoutBuffer()

    @property
    def delay_s(self) -> float:
        return self._buffer.delay_s

    def push(
        self,
        sequence: int,
        timestamp: int,
        payload: bytes,
        arrived: float,
        redundant: Sequence[tuple[int, bytes]] = (),
    ) -> None:
        self._buffer.push(sequence, timestamp, payload, arrived, redundant)

    def pull(self, now: float) -> Frame | None:
        self._buffer.step(now)
        return None

    def close(self) -> None:
        """Do nothing: there is no decoder."""


PLAYOUTS: dict[str, type[Playout]] = {"sound": Received, "buffer": Ordered}


class Port:
    """A transport, its media thread, and all who ever came."""

    def __init__(self, playout: type[Playout]) -> None:
        self._playout = playout
        self._loop = asyncio.get_running_loop()
        self._transport = Transport(Reach(0))
        self._uplinks: list[Uplink] = []
        threading.Thread(target=self._keep_time, daemon=True).start()

    async def listen(self, offer: str) -> str:
        return self._transport.downlink(None, offer, lambda: None).sdp

    async def speak(self, offer: str) -> str:
        uplink = self._transport.uplink(self._playout, offer, lambda: None)
        self._uplinks.append(uplink)
        return uplink.sdp

    def _keep_time(self) -> None:
        beat = Beat(time.monotonic())
        while True:
            time.sleep(beat.until_next(time.monotonic()))
            for _ in beat.due(time.monotonic()):
                self._transport.receive()
                for uplink in self._uplinks:
                    uplink.pull()
                self._loop.call_soon_threadsafe(self._transport.attend)


async def main(what: str) -> None:
    port = Port(PLAYOUTS[what])
    await serve({"/whep": port.listen, "/whip": port.speak})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
