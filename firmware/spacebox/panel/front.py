"""The panel's own state, as a value: what is on top of the glass, and since when.

Times are seconds on the hub's clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from spacebox.panel import guest
from spacebox.panel.meaning import Situation
from spacebox.panel.views import Notice, Pairing, Summary, WifiSetup
from spacebox.ports import Fault
from spacebox.ports.elsewhere import Parting, Stay
from spacebox.room.model import HOST, Room, State

DIM_S = 60.0
BLANK_S = 300.0


class Page(StrEnum):
    """What APPROVE turns to."""

    MAIN = "main"
    LIVE = "live"
    LATER = "later"
    """Those who were put off."""
    CODE = "code"
    TRUST = "trust"
    """The certificate's fingerprint."""
    REACH = "reach"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Besides:
    """What the front is about besides the box's own room."""

    faults: tuple[Fault, ...] = ()
    """All there are."""
    stay: Stay | None = None
    parting: Parting | None = None
    pairing: Pairing | None = None
    pages: tuple[Page, ...] = ()
    """What there is to see between the code and the sound check while nothing is live."""
    wifi: WifiSetup | None = None
    """The box's own network, while it is open."""


@dataclass(frozen=True, slots=True)
class Front:
    """What was chosen on the panel, and what came up by itself."""

    state: State = State.IDLE
    """Of the room, when the page was chosen."""
    page: Page = Page.MAIN
    page_since: float = 0.0
    card: str | None = None
    """The participant whose request is up."""
    card_since: float = math.inf
    """Since when it can be seen; infinite while it cannot."""
    later: Mapping[str, float] = field(default_factory=dict)
    """Who was put off, and when."""
    besides: Besides = Besides()
    fault: Fault | None = None
    """The one that is up."""
    fault_since: float = 0.0
    seen: frozenset[str] = frozenset()
    """Faults that were up for long enough, by their words on the glass."""
    notice: Notice | None = None
    notice_since: float = 0.0
    summary: Summary | None = None
    about: Situation | None = None
    """What the buttons were last about in a stay elsewhere; None without one."""
    about_since: float = 0.0
    parting: Parting | None = None
    """How a stay ended, while the glass tells it."""
    read: Parting | None = None
    """The newest one that was told for long enough."""
    pairing: Pairing | None = None
    """The code that a browser is paired by, while the glass shows it."""
    waved: str = ""
    """The newest code that somebody at the box did not want to see."""
    wifi: WifiSetup | None = None
    """The box's own network, while the glass shows how to join it."""
    passed: str = ""
    """The key of the one that somebody turned away from."""
    unheard_since: float | None = None
    touched_at: float = 0.0
    """When something last asked for attention."""

    @property
    def covered(self) -> bool:
        """Whether something lies over the page and its card."""
        return bool(self.fault or self.notice or self.pairing)

    @property
    def stay(self) -> Stay | None:
        """Where the box is a guest."""
        return self.besides.stay

    @property
    def inviting(self) -> bool:
        """Whether the glass shows the box's own network, if nothing stands before it."""
        return self.idle and self.wifi is not None

    @property
    def idle(self) -> bool:
        """Whether nothing goes on, here or where the box is a guest."""
        return self.state is State.IDLE and self.stay is None

    def resting(self, now: float) -> bool:
        """Say whether the glass is dark: never while something goes on."""
        return self.idle and now - self.touched_at >= BLANK_S

    def dimmed(self, now: float) -> bool:
        return self.idle and now - self.touched_at >= DIM_S


def unheard(front: Front, room: Room) -> bool:
    """Say whether the box's microphone is open and nobody receives it."""
    if front.stay:
        return guest.unheard(front.stay)
    return speaks(room) and not room.heard


def speaks(room: Room) -> bool:
    """Say whether the host's microphone is open in a Space of this box."""
    return room.open and not room.participants[HOST].muted


def told(fault: Fault) -> str:
    """Return what the glass says of a fault; its details may change all the time."""
    return f"{fault.what} {fault.do}"


def turn(front: Front, room: Room, now: float) -> Front:
    """Return the front after a tap for the next screen, or away from what covers this one."""
    if front.notice:
        return replace(front, notice=None)
    if front.pairing:
        return replace(front, pairing=None, waved=front.pairing.code)
    if front.wifi and front.idle:
        return replace(front, wifi=None, passed=front.wifi.key)
    if front.fault:
        return replace(front, fault=None, seen=front.seen | {told(front.fault)})
    if front.parting and front.idle:
        return replace(front, parting=None, read=front.parting)
    if front.summary and front.idle:
        return replace(front, summary=None)
    pages = _pages(front, room)
    at = pages.index(front.page) if front.page in pages else 0
    if at + 1 == len(pages):  # before it begins anew, all faults come up once more
        return replace(front, page=Page.MAIN, seen=frozenset())
    return replace(front, page=pages[at + 1], page_since=now)


def _pages(front: Front, room: Room) -> list[Page]:
    if front.stay:
        there = front.stay.url and front.about is not Situation.GUEST_COMING
        return [Page.MAIN, Page.CODE] if there else [Page.MAIN]
    match room.state:
        case State.IDLE:
            return [Page.MAIN, Page.CODE, *front.besides.pages, Page.SOUND]
        case State.ENDED:
            return [Page.MAIN]
        case _:
            live = [Page.LIVE] if room.state is State.WRAPPING else []
            put_off = [Page.LATER] if front.later else []
            return [Page.MAIN, *live, *put_off, Page.CODE]


def situation(front: Front, room: Room, *, counting: bool = False) -> Situation:
    """Say what the buttons are about now; *counting*: MUTE is held to go live."""
    if front.stay:
        return _away(front, front.stay)
    match room.state:
        case State.IDLE if front.inviting and not (front.notice or front.pairing):
            return Situation.WIFI
        case State.IDLE if counting:
            return Situation.COUNTDOWN
        case State.IDLE:
            return Situation.IDLE
        case State.ENDED:
            return Situation.GRACE
        case _ if front.card and not front.covered:
            return Situation.CARD
        case State.WRAPPING:
            return Situation.WRAPPING
        case _:
            return Situation.LIVE


def _away(front: Front, stay: Stay) -> Situation:
    about = guest.situation(stay)
    if not front.covered:
        return about
    # What lies over an answer is taken away first.
    if about is Situation.GUEST_ON_STAGE:
        return Situation.GUEST_SPEAKING
    return Situation.GUEST_LISTENING if about in guest.ANSWERABLE else about
