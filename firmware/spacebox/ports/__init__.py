"""The shapes adapters agree on, so that none has to know another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from spacebox.mixer.frame import Frame


class Source(Protocol):
    """Sound into the mix."""

    def pull(self) -> Frame | None:
        """Return the next 20 ms, or None when there is nothing to play now. Never blocks."""


class Sink(Protocol):
    """Sound out of the mix."""

    def push(self, frame: Frame) -> None:
        """Take 20 ms. Never blocks; what does not fit is forgotten, the oldest first."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a microphone hears, muted or not; of a muted one only these figures are known."""

    level_db: float
    """RMS of the last tenth of a second in dBFS, -100 for silence."""
    peak_db: float
    """The highest sample lately, falling slowly."""
    noise_db: float
    """The level between words: the lowest of the last seconds."""
    clipped: bool
    """Whether it was too loud for the card within the last three seconds."""


class Microphone(Source, Protocol):
    """The box's own source."""

    @property
    def lost(self) -> bool:
        """Whether the device stopped delivering; it is retried until it comes back."""

    def mute(self, muted: bool) -> None:
        """Zero what is captured from now on, and let the next frame pulled fall silent.

        May be called from any thread.
        """

    def loudness(self) -> Loudness:
        """Return what it hears now, muted or not. May be called from any thread."""

    def close(self) -> None: ...


class Speaker(Sink, Protocol):
    """The box's own sink."""

    @property
    def lost(self) -> bool: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is broken, and what to do about it."""

    what: str
    """A few words, for the glass: ``No microphone``."""
    do: str
    """``Plug it in.``"""
    detail: str
    """The whole sentence, for pages, terminals and the journal."""


class Front(Protocol):
    """The box's front, for whoever looks at it from elsewhere."""

    @property
    def picture(self) -> bytes:
        """The glass now: 64 rows of 16 bytes, the leftmost pixel in the highest bit."""

    @property
    def lamps(self) -> Lamps: ...


@dataclass(frozen=True, slots=True)
class Lamps:
    """How bright the lamps are, from 0 to 1."""

    on_air: float
    request: float


class Fingers(Protocol):
    """Presses the buttons of a simulated box."""

    def press(self, button: str, down: bool, at: float | None = None) -> None:
        """Push ``mute``, ``approve`` or ``end`` down, or let it go.

        *at* tells when it happened (monotonic clock), where that was earlier than now.
        """


@dataclass(frozen=True, slots=True)
class Voice:
    """What was measured of one seat's sound in one tick."""

    level_db: float
    """RMS in dBFS, -100 for silence."""
    speaking: bool
    talk_s: float
    """Seconds of voice since the seat was taken."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Everything one tick of the media clock produced."""

    index: int
    """Counts every 20 ms slot; the RTP time is index × 960."""
    programme: bytes
    """The Opus packet that all listeners share."""
    robust: bytes | None
    """The same with in-band FEC, for lines that lose packets; None while nobody needs it."""
    minus: Mapping[str, bytes]
    """Opus packets of the mix without the seat's own voice, for those who need one."""
    voices: Mapping[str, Voice]
    lateness_s: float


class Wire(Protocol):
    """The network as the media thread drives it. Nothing here blocks or raises."""

    @property
    def lossy(self) -> bool:
        """Whether somebody's line loses so much that `Tick.robust` is wanted."""

    @property
    def listeners(self) -> Collection[str]:
        """Which seats listen by a connection of their own, and may need a mix of their own."""

    def receive(self) -> None:
        """Take in what has come; called before a tick pulls its sources."""

    def send(self, tick: Tick) -> None:
        """Send everybody what a tick made for them."""


@dataclass(slots=True)
class Tally:
    """What a speaker's sound was made of, in samples at 48 kHz."""

    sent: int = 0
    """From packets, or from their copies by RED."""
    repaired: int = 0
    """From the in-band FEC of the packet behind."""
    concealed: int = 0
    """Invented where something was missing."""


class Playout(Protocol):
    """The sound of one RTP stream of Opus, put in order. For one thread."""

    tally: Tally

    @property
    def delay_s(self) -> float:
        """How long a packet that came fast waits, at present."""

    def push(
        self,
        sequence: int,
        timestamp: int,
        payload: bytes,
        arrived: float,
        redundant: Sequence[tuple[int, bytes]] = (),
    ) -> None:
        """Take an Opus packet that came at *arrived*, in seconds of a monotonic clock.

        *sequence* has 16 and *timestamp* 32 bits, as in RFC 3550. *redundant* are the packets
        just before it, the oldest first, each with how many samples earlier it was (RFC 2198).
        """

    def pull(self, now: float) -> Frame | None:
        """Return the next 20 ms at *now*, in seconds, or None while there is nothing to play."""


class Denied(Exception):
    """A connection that cannot be had, with the interface's error code and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """An accepted offer."""

    peer: str
    """Names the connection and cannot be guessed."""
    sdp: str
    session: str
    """Names the ICE session, for the entity tag (RFC 9725 §4.3.1)."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """An ICE restart that was accepted."""

    fragment: str
    """The box's new credentials and candidates (application/trickle-ice-sdpfrag)."""
    session: str
    """The new ICE session's name."""


class Signalling(Protocol):
    """Where offers go: implemented by the engine that holds the connections."""

    def listen(self, participant: str | None, offer: str, origin: str | None) -> Answer:
        """Open a downlink for a seat, or for nobody in particular.

        *origin* is the address that the offer came from, None for one that has no bounds. Raises
        Denied: ``malformed``, ``not_now`` or ``full``.
        """

    def speak(self, participant: str, offer: str, *, tool: bool) -> Answer:
        """Open the uplink of somebody on stage. Raises Denied like `listen`.

        A *tool* came by a speaker's link and has no button: it arrives unmuted.
        """

    def patch(self, peer: str, session: str, fragment: str) -> Restarted | None:
        """Take candidates for an ICE session, or begin a new one (RFC 9725 §4.3).

        *session* is the one that the fragment is for, ``*`` for any. Raises Denied: ``malformed``,
        ``not_found``, or ``not_now`` where the session is not the present one.
        """

    def stop_listening(self, peer: str) -> bool:
        """Close a downlink; False where there is none of that name."""

    def stop_speaking(self, peer: str) -> str | None:
        """Close an uplink; return whose it was, None where there is none of that name."""


StreamKind = Literal["ogg", "mp3"]
"""Opus in Ogg, as the room has it, or MP3, encoded once for all who want it."""


class Feed(Protocol):
    """The programme as one HTTP listener gets it, piece by piece, until the Space is over.

    Asking for more says that the last was taken. Who asks too rarely misses some.
    """

    async def next(self) -> bytes:
        """Return the next bytes: whole pages or frames. Raises EOFError at the end."""

    def close(self) -> None:
        """Let the listener go; may be called again."""


class Broadcast(Protocol):
    """Where HTTP listeners tune in: implemented by the engine that has the programme."""

    def tune_in(self, kind: StreamKind, participant: str | None) -> Feed:
        """Open a feed for a seat, or for nobody in particular; a seat's earlier one ends.

        Raises Denied: ``not_now`` or ``full``.
        """
