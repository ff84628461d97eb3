"""What happened, in the past tense. `at` is the `now` of the decision.

`by` is the participant who did it, or `model.BOX` when time did.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacebox.room.model import Access, Announcement, Planned, Role


@dataclass(frozen=True, slots=True)
class SpaceStarted:
    at: float
    id: str
    started_at: str
    """RFC 3339, for people; everything that is reckoned uses `at`."""
    title: str
    topics: tuple[str, ...]
    description: str
    rules: str
    access: Access
    record: bool
    pin: str


@dataclass(frozen=True, slots=True)
class SpaceEdited:
    at: float
    title: str
    topics: tuple[str, ...]
    description: str
    rules: str


@dataclass(frozen=True, slots=True)
class WrappingUp:
    at: float


@dataclass(frozen=True, slots=True)
class SpaceEnded:
    at: float
    grace_s: float


@dataclass(frozen=True, slots=True)
class SpaceResumed:
    at: float


@dataclass(frozen=True, slots=True)
class SpaceClosed:
    """The grace is over and everybody was let go."""

    at: float


@dataclass(frozen=True, slots=True)
class SpacePrepared:
    """What Spaces to come start with is something else; one that is live goes on as it is."""

    at: float
    defaults: Announcement
    stage_limit: int
    planned: Planned | None


@dataclass(frozen=True, slots=True)
class StageChanged:
    at: float
    limit: int
    queue_open: bool


@dataclass(frozen=True, slots=True)
class Joined:
    at: float
    participant: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Named:
    at: float
    participant: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Left:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    at: float
    participant: str
    connected: bool


@dataclass(frozen=True, slots=True)
class Removed:
    at: float
    participant: str
    banned: bool
    by: str


@dataclass(frozen=True, slots=True)
class ListenersChanged:
    at: float
    listeners: int


@dataclass(frozen=True, slots=True)
class SpeakRequested:
    at: float
    participant: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class RequestDeclined:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class RequestDeferred:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class InvitedToStage:
    at: float
    participant: str
    by: str


@dataclass(frozen=True, slots=True)
class InvitationDeclined:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class SteppedUp:
    at: float
    participant: str
    role: Role
    by: str


@dataclass(frozen=True, slots=True)
class UplinkOpened:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class SteppedDown:
    at: float
    participant: str
    by: str


@dataclass(frozen=True, slots=True)
class CohostMade:
    at: float
    participant: str


@dataclass(frozen=True, slots=True)
class CohostRevoked:
    at: float
    participant: str
    role: Role


@dataclass(frozen=True, slots=True)
class MuteChanged:
    at: float
    participant: str
    muted: bool
    by: str


@dataclass(frozen=True, slots=True)
class Speaking:
    at: float
    participant: str
    speaking: bool
    talk_s: float


@dataclass(frozen=True, slots=True)
class Reacted:
    at: float
    participant: str
    emoji: str


@dataclass(frozen=True, slots=True)
class OnAirChanged:
    at: float
    microphone_lost: bool
    heard: bool


SpaceEvent = (
    SpaceStarted | SpaceEdited | WrappingUp | SpaceEnded | SpaceResumed | SpaceClosed | StageChanged
)
BoxEvent = SpacePrepared | ListenersChanged | OnAirChanged
"""What the box's own parts told."""
SeatEvent = Joined | Named | Left | ConnectionChanged | Removed
QueueEvent = SpeakRequested | RequestWithdrawn | RequestDeclined | RequestDeferred
StageEvent = (
    InvitedToStage
    | InvitationDeclined
    | SteppedUp
    | UplinkOpened
    | SteppedDown
    | CohostMade
    | CohostRevoked
)
VoiceEvent = MuteChanged | Speaking | Reacted
Event = SpaceEvent | BoxEvent | SeatEvent | QueueEvent | StageEvent | VoiceEvent


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a command led to nothing; told to nobody but who asked.

    `code` is one of the interface's: ``forbidden``, ``not_now``, ``malformed``, ``banned``,
    ``full``.
    """

    code: str
    reason: str


Decision = tuple[Event, ...] | Refused
