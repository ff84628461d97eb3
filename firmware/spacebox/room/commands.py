"""What people ask of the room, and what the box's own parts report to it.

`by` is the id of the participant who asks. None means "as it is" or "as configured".
"""

from __future__ import annotations

from dataclasses import dataclass

from spacebox.room.model import Access, Announcement, Planned, Role


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the room cannot know by itself: chance and wall time. The hub adds it."""

    id: str = ""
    started_at: str = ""
    """RFC 3339."""
    pin: str = ""


@dataclass(frozen=True, slots=True)
class StartSpace:
    by: str
    title: str | None = None
    topics: tuple[str, ...] | None = None
    description: str | None = None
    rules: str | None = None
    record: bool | None = None
    access: Access | None = None
    stamp: Stamp = Stamp()


@dataclass(frozen=True, slots=True)
class EditSpace:
    by: str
    title: str | None = None
    topics: tuple[str, ...] | None = None
    description: str | None = None
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class WrapUp:
    by: str


@dataclass(frozen=True, slots=True)
class EndSpace:
    by: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class RequestToSpeak:
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    by: str


@dataclass(frozen=True, slots=True)
class Approve:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class Decline:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class Defer:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class InviteToStage:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    by: str


@dataclass(frozen=True, slots=True)
class DeclineInvitation:
    by: str


@dataclass(frozen=True, slots=True)
class StepDown:
    by: str


@dataclass(frozen=True, slots=True)
class MoveToAudience:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class SetMuted:
    by: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Mute:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class MuteAll:
    by: str


@dataclass(frozen=True, slots=True)
class Remove:
    by: str
    participant: str
    ban: bool = False


@dataclass(frozen=True, slots=True)
class MakeCohost:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class RevokeCohost:
    by: str
    participant: str


@dataclass(frozen=True, slots=True)
class SetStage:
    by: str
    limit: int | None = None
    queue_open: bool | None = None


@dataclass(frozen=True, slots=True)
class React:
    by: str
    emoji: str


SpaceCommand = StartSpace | EditSpace | WrapUp | EndSpace | SetStage
QueueCommand = RequestToSpeak | WithdrawRequest | Approve | Decline | Defer
StageCommand = (
    InviteToStage
    | AcceptInvitation
    | DeclineInvitation
    | StepDown
    | MoveToAudience
    | MakeCohost
    | RevokeCohost
)
VoiceCommand = SetMuted | Mute | MuteAll
PeopleCommand = Remove | React
Command = SpaceCommand | QueueCommand | StageCommand | VoiceCommand | PeopleCommand
"""What a person may send, by any door."""


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody comes in, comes back by their token, or takes a name."""

    participant: str
    name: str = ""
    role: Role = Role.LISTENER


@dataclass(frozen=True, slots=True)
class Leave:
    participant: str


@dataclass(frozen=True, slots=True)
class ReportConnected:
    participant: str
    connected: bool


@dataclass(frozen=True, slots=True)
class ReportUplink:
    """The uplink of somebody on stage opened.

    `unmuted` is for a tool with a speaker's link, which has no button to press.
    """

    participant: str
    unmuted: bool = False


@dataclass(frozen=True, slots=True)
class ReportListeners:
    listeners: int


@dataclass(frozen=True, slots=True)
class ReportSpeaking:
    participant: str
    speaking: bool
    talk_s: float


@dataclass(frozen=True, slots=True)
class ReportOnAir:
    microphone_lost: bool
    heard: bool


@dataclass(frozen=True, slots=True)
class ReportCutOff:
    """The box was gone for a moment, and with it all of its connections."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """The owner has other settings for the Spaces to come."""

    defaults: Announcement
    stage_limit: int
    planned: Planned | None


@dataclass(frozen=True, slots=True)
class CheckDeadlines:
    """Let what is overdue happen."""


Report = (
    Join
    | Leave
    | ReportConnected
    | ReportUplink
    | ReportListeners
    | ReportSpeaking
    | ReportOnAir
    | ReportCutOff
    | Prepare
    | CheckDeadlines
)
"""What the box's own parts say; no door to the outside takes one."""
