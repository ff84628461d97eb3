"""The programme over HTTP: everybody is sent the same pieces, and who is slow skips.

While nobody listens only the last five seconds are kept. A new listener gets them at once: that
starts players quickly, and is their cushion against a line that stutters. Browsers look at what
came only 32 kB at a time, so the stream has a steady rate, in silence too.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from spacebox.audio.mp3 import Mp3
from spacebox.hub import Entry, Hub
from spacebox.ogg.pages import OpusPages, padded
from spacebox.ports import Denied, StreamKind
from spacebox.room import events as e
from spacebox.room.model import HOST, State

HTTP_LISTENERS: Final = 500
"""With so many the streams are full."""
PIECE_PACKETS: Final = 25
"""Half a second of sound."""
PIECE_BYTES: Final = 4000
"""At least, of Opus as well as of MP3: 64 kbit/s."""
CUSHION: Final = 10
"""So many pieces a listener is given at once, at the start and after a skip."""
BEHIND: Final = 20
"""Who is more pieces behind skips to the newest."""
TAKEN_S: Final = 2.0
"""Who took nothing for so long is not receiving now."""

Piece: TypeAlias = tuple[bytes, ...]
"""Half a second: Opus packets, or MP3 frames."""


class _Form(Protocol):
    """How one listener's pieces become bytes."""

    def start(self) -> bytes: ...
    def sound(self, packets: Piece) -> bytes: ...
    def end(self) -> bytes: ...


class _Bare:
    """Nothing but the packets, as MP3 wants it."""

    def start(self) -> bytes:
        return b""

    def sound(self, packets: Piece) -> bytes:
        return b"".join(packets)

    def end(self) -> bytes:
        return b""


class Line:
    """One HTTP listener (ports.Feed)."""

    def __init__(
        self,
        kind: StreamKind,
        participant: str | None,
        form: _Form,
        clock: Callable[[], float],
        forget: Callable[[Line], None],
    ) -> None:
        self.kind = kind
        self.participant = participant
        self.taken_at = float("-inf")
        self.skipped = 0
        self._form = form
        self._clock = clock
        self._forget = forget
        self._start = form.start()
        self._waiting: deque[Piece] = deque()
        self._news = asyncio.Event()
        self._given = self._over = self._finished = False

    async def next(self) -> bytes:
        """Return the next bytes: whole pages or frames. Raises EOFError at the end."""
        if self._given:
            self.taken_at = self._clock()
        while not self._waiting:
            if self._over:
                return self._finish()
            self._news.clear()
            await self._news.wait()
        self._given = True
        return self._begin() + self._form.sound(self._waiting.popleft())

    def push(self, piece: Piece) -> None:
        """Queue a piece; of too many the oldest are skipped, several in one go."""
        self._waiting.append(piece)
        if len(self._waiting) > BEHIND:
            while len(self._waiting) > CUSHION:
                self._waiting.popleft()
                self.skipped += 1
        self._news.set()

    def end(self) -> None:
        """Give what waits, and then no more."""
        self._over = True
        self._news.set()

    def close(self) -> None:
        """Give nothing any more, not even what waits."""
        self._waiting.clear()
        self._finished = True
        self.end()
        self._forget(self)

    def _begin(self) -> bytes:
        """Return what begins the stream, the first time."""
        start, self._start = self._start, b""
        return start

    def _finish(self) -> bytes:
        if self._finished:
            raise EOFError
        self._finished = True
        return self._begin() + self._form.end()


@dataclass(slots=True)
class _Channel:
    """All who listen in one way."""

    recent: deque[Piece] = field(default_factory=lambda: deque(maxlen=CUSHION))
    lines: set[Line] = field(default_factory=set)

    def push(self, piece: Piece) -> None:
        self.recent.append(piece)
        for line in self.lines:
            line.push(piece)


class Streams:
    """Holds every HTTP listener (ports.Broadcast). Used from the event loop only."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._packets: list[bytes] = []
        self._ogg, self._mp3 = _Channel(), _Channel()
        self._encoder: Mp3 | None = None
        """Runs while somebody listens to MP3."""
        self._skipped_before = 0
        self._stop_listening = hub.listen(self._on_event)

    def tune_in(self, kind: StreamKind, participant: str | None) -> Line:
        """Open a feed; a seat's earlier one ends. Raises Denied: ``not_now`` or ``full``."""
        if self._hub.room.state is State.IDLE:
            raise Denied("not_now", "no Space is live")
        self._cut(participant)
        if sum(1 for _ in self._lines()) >= HTTP_LISTENERS:
            raise Denied("full", "the stream can carry no more listeners")
        form = self._pages() if kind == "ogg" else _Bare()
        line = Line(kind, participant, form, self._hub.clock, self._forget)
        channel = self._channel(kind)
        for piece in channel.recent:
            line.push(piece)
        channel.lines.add(line)
        if kind == "mp3" and self._encoder is None:
            self._encode()
        return line

    def on_tick(self, programme: bytes) -> None:
        """Take the next 20 ms of the programme."""
        self._packets.append(programme)
        if len(self._packets) == PIECE_PACKETS:
            piece, self._packets = tuple(self._packets), []
            self._ogg.push(_steady(piece))
            if self._encoder is not None:
                self._encoder.push(piece)

    def receiving(self, now: float) -> Iterator[tuple[StreamKind, str | None]]:
        """Say how and who, seat or nobody, took something lately."""
        for line in self._lines():
            if now - line.taken_at < TAKEN_S:
                yield line.kind, line.participant

    def heard(self, now: float) -> bool:
        """Say whether anybody but the host took something lately."""
        return any(who != HOST for _, who in self.receiving(now))

    @property
    def skipped(self) -> int:
        """How many pieces slow listeners missed, since the start of the box."""
        return self._skipped_before + sum(line.skipped for line in self._lines())

    def close(self) -> None:
        """Let everybody go."""
        self._stop_listening()
        for line in list(self._lines()):
            line.close()

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.Removed(participant=who) | e.Left(participant=who):
                self._cut(who)
            case e.SpaceClosed():
                self._end()
            case _:
                pass

    def _end(self) -> None:
        """The Space is over; nobody of the next one hears anything of it."""
        for line in list(self._lines()):
            line.end()
            self._forget(line)
        self._packets.clear()
        self._ogg.recent.clear()
        self._mp3.recent.clear()

    def _cut(self, participant: str | None) -> None:
        for line in list(self._lines()):
            if participant is not None and line.participant == participant:
                line.close()

    def _forget(self, line: Line) -> None:
        channel = self._channel(line.kind)
        if line in channel.lines:
            channel.lines.remove(line)
            self._skipped_before += line.skipped
        if self._encoder is not None and not self._mp3.lines:
            self._encoder.close()
            self._encoder = None
            self._mp3.recent.clear()

    def _encode(self) -> None:
        """Start the encoder, with the last five seconds."""

        def deliver(piece: Piece) -> None:
            self._loop.call_soon_threadsafe(self._encoded, encoder, piece)

        encoder = self._encoder = Mp3(deliver)
        for piece in self._ogg.recent:
            encoder.push(piece)

    def _encoded(self, encoder: Mp3, piece: Piece) -> None:
        if encoder is self._encoder:
            self._mp3.push(piece)

    def _pages(self) -> OpusPages:
        room = self._hub.room
        comments = {"TITLE": room.announcement.title, "ARTIST": room.host_name}
        return OpusPages(secrets.randbits(32), comments)

    def _channel(self, kind: StreamKind) -> _Channel:
        return self._ogg if kind == "ogg" else self._mp3

    def _lines(self) -> Iterator[Line]:
        yield from self._ogg.lines
        yield from self._mp3.lines


def _steady(piece: Piece) -> Piece:
    *others, last = piece
    return (*others, padded(last, PIECE_BYTES - sum(map(len, others))))
