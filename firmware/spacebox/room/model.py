"""Who is where: the room as one immutable value.

Times are seconds on the clock of whoever asks (`now` of `decide`), never wall time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

HOST = "host"
"""The id of the participant who sits at the box."""
BOX = "box"
"""Acts when time ran out, in the `by` of an event."""

COHOST_LIMIT = 2
STAGE_LIMIT = 12
"""The most speakers that `SetStage` may ask for."""
DEFAULT_STAGE_LIMIT = 10
PEOPLE_LIMIT = 1000
"""Seats in the room, anonymous ones included."""
GRACE_S = 10.0
"""After the end, `StartSpace` goes on with the same Space for this long."""
SEAT_S = 150.0
"""How long somebody who went without a word keeps the seat."""
UPLINK_S = 60.0
"""How long somebody let up may take to open a microphone."""
GUEST = "Guest"
"""The name of somebody who takes the stage by a link and gives none."""
REACTIONS = ("👏", "❤️", "😂", "😮", "💯", "👋")


class State(StrEnum):
    IDLE = "idle"
    LIVE = "live"
    WRAPPING = "wrapping"
    ENDED = "ended"


class Role(StrEnum):
    HOST = "host"
    COHOST = "cohost"
    SPEAKER = "speaker"
    LISTENER = "listener"


class Access(StrEnum):
    OPEN = "open"
    PIN = "pin"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a Space says of itself."""

    title: str = ""
    topics: tuple[str, ...] = ()
    description: str = ""
    rules: str = ""
    access: Access = Access.OPEN
    record: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """The Space that comes next."""

    id: str
    title: str
    at: str
    """RFC 3339."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One seat. Without a name it is an anonymous listener, who is counted and not shown."""

    id: str
    name: str
    role: Role
    muted: bool = True
    speaking_since: float | None = None
    talk_s: float = 0.0
    away_since: float | None = None
    uplink_awaited_since: float | None = None
    invited: bool = False
    silenced: bool = False
    """A host muted them, and they have not opened since."""

    @property
    def on_stage(self) -> bool:
        return self.role is not Role.LISTENER

    def talked(self, now: float) -> float:
        """Return the seconds they talked, up to *now*."""
        return self.talk_s + (0.0 if self.speaking_since is None else now - self.speaking_since)


@dataclass(frozen=True, slots=True)
class Request:
    participant: str
    reason: str
    asked_at: float


@dataclass(frozen=True, slots=True)
class Stats:
    """What the summary tells."""

    came_by: int = 0
    at_once: int = 0
    asked: int = 0
    """Requests to speak."""
    spoke: Mapping[str, str] = field(default_factory=dict)
    """Who spoke, and by what name; they may have left."""


@dataclass(frozen=True, slots=True)
class Room:
    """A box's room. Make one with `new_room`; change it with `evolve` only."""

    host_name: str
    defaults: Announcement
    stage_limit_default: int
    planned: Planned | None
    announcement: Announcement
    stage_limit: int
    participants: Mapping[str, Participant]
    """In order of coming; never changed in place."""
    state: State = State.IDLE
    id: str = ""
    pin: str = ""
    started_wall: str | None = None
    started_at: float = 0.0
    ended_at: float = 0.0
    grace_s: float = GRACE_S
    queue_open: bool = True
    requests: tuple[Request, ...] = ()
    banned: frozenset[str] = frozenset()
    listeners: int = 0
    reactions: Mapping[str, int] = field(default_factory=dict)
    stats: Stats = Stats()
    microphone_lost: bool = False
    heard: bool = False

    @property
    def open(self) -> bool:
        """Whether people are in: live, or wrapping up."""
        return self.state in (State.LIVE, State.WRAPPING)

    def with_role(self, role: Role) -> Iterator[Participant]:
        return (p for p in self.participants.values() if p.role is role)

    def request_of(self, participant: str) -> Request | None:
        return next((r for r in self.requests if r.participant == participant), None)

    def stage_full(self) -> bool:
        """Hosts and co-hosts never count."""
        return sum(1 for _ in self.with_role(Role.SPEAKER)) >= self.stage_limit

    def cohosts_full(self) -> bool:
        return sum(1 for _ in self.with_role(Role.COHOST)) >= COHOST_LIMIT


def new_room(
    host_name: str,
    defaults: Announcement | None = None,
    stage_limit: int = DEFAULT_STAGE_LIMIT,
    planned: Planned | None = None,
) -> Room:
    """Return an idle room with nobody but the host in it."""
    announced = defaults or Announcement()
    if not announced.title:
        announced = replace(announced, title=f"A Space with {host_name}")
    return Room(
        host_name=host_name,
        defaults=announced,
        stage_limit_default=stage_limit,
        planned=planned,
        announcement=announced,
        stage_limit=stage_limit,
        participants={HOST: Participant(HOST, host_name, Role.HOST)},
    )
