"""The thread that keeps time: every 20 ms it receives, pulls, mixes, encodes and sends.

Its lateness is every listener's delay, so it runs before all others where the system allows.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from spacebox.audio.beat import Beat
from spacebox.audio.desk import Desk, Seat
from spacebox.ports import Sink, Source, Tick, Wire

log = logging.getLogger(__name__)

_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class _Plan:
    """Who is in the mix. Replaced whole, so that the media thread always sees one that fits."""

    seats: dict[str, Seat] = field(default_factory=dict)
    ear: str | None = None
    speaker: Sink | None = None


class Pump:
    """The media clock. All methods belong to one thread; what it drives is called from another."""

    def __init__(
        self,
        deliver: Callable[[Tick], None],
        wire: Wire,
        *,
        clock: Callable[[], float] = time.monotonic,
        bitrate: int = 48_000,
    ) -> None:
        """Send every tick by *wire*, then hand it to *deliver*, which must not block nor raise."""
        self._deliver = deliver
        self._wire = wire
        self._clock = clock
        self._desk = Desk(bitrate)
        self._plan = _Plan()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media", daemon=True)

    def seat(self, who: str, source: Source, *, muted: bool) -> None:
        """Put *source* into the mix, in the place of an earlier one."""
        self._plan = replace(self._plan, seats={**self._plan.seats, who: Seat(source, muted)})

    def mute(self, who: str, muted: bool) -> None:
        """Silence a seat or open it, within 20 ms; nothing where nobody of that name sits."""
        if seat := self._plan.seats.get(who):
            self.seat(who, seat.source, muted=muted)

    def unseat(self, who: str) -> None:
        """Take a seat out of the mix, within 20 ms; nothing where nobody of that name sits."""
        seats = {name: seat for name, seat in self._plan.seats.items() if name != who}
        self._plan = replace(self._plan, seats=seats)

    def hear(self, who: str, sink: Sink) -> None:
        """Play to *sink* what *who*, seated or not, should hear."""
        self._plan = replace(self._plan, ear=who, speaker=sink)

    def start(self) -> None:
        """Start the clock; slot 0 is due at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the clock and wait for the thread. There is no second start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._desk.close()

    def _run(self) -> None:
        try:
            self._keep_time()
        except BaseException:
            # The box would go on without a sound: better to fall, and be started again.
            log.critical("the media thread failed", exc_info=True)
            os._exit(os.EX_SOFTWARE)

    def _keep_time(self) -> None:
        _hurry()
        beat = Beat(self._clock())
        while not self._stopping.wait(beat.until_next(self._clock())):
            for index in beat.due(self._clock()):
                self._tick(index, self._clock() - beat.deadline(index))

    def _tick(self, index: int, lateness_s: float) -> None:
        self._wire.receive()
        plan = self._plan
        heard = self._desk.tick(
            plan.seats,
            index=index,
            lateness_s=lateness_s,
            ear=plan.ear,
            robust=self._wire.lossy,
            listeners=self._wire.listeners,
        )
        if plan.speaker is not None:
            plan.speaker.push(heard.ear)
        self._wire.send(heard.tick)
        self._deliver(heard.tick)


def _hurry() -> None:
    # Of this thread alone; a process started from it would be of normal priority again.
    policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
    try:
        os.sched_setscheduler(0, policy, os.sched_param(_PRIORITY))
    except PermissionError:
        log.info("real-time priority is not allowed here: sound may be late under load")
