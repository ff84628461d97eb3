"""The panel's own state, as a value: what is on top of the glass, and since when.

Times are seconds on the hub's clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from spacebox.panel.meaning import Situation
from spacebox.panel.views import Notice, Summary
from spacebox.ports import Fault
from spacebox.room.model import HOST, Room, State

LATER_S = 60.0
"""Somebody put off comes back to the glass by themselves after that."""
NOTICE_S = 2.5
FAULT_S = 8.0
"""In a Space a fault stands before the rest for so long; some cannot be mended on the spot."""
IDLE_FAULT_S = 120.0
DIM_S = 60.0
BLANK_S = 300.0


class Page(StrEnum):
    """What APPROVE turns to."""

    MAIN = "main"
    LIVE = "live"
    LATER = "later"
    """Those who were put off."""
    CODE = "code"
    SOUND = "sound"


BACK_S = {Page.LATER: 30.0, Page.CODE: 30.0, Page.SOUND: 120.0}
"""Pages that give way to the main one by themselves."""


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
    faults: tuple[Fault, ...] = ()
    """All there are."""
    fault: Fault | None = None
    """The one that is up."""
    fault_since: float = 0.0
    seen: frozenset[str] = frozenset()
    """Faults that were up for long enough, by their words on the glass."""
    notice: Notice | None = None
    notice_since: float = 0.0
    summary: Summary | None = None
    unheard_since: float | None = None
    touched_at: float = 0.0
    """When something last asked for attention."""

    @property
    def covered(self) -> bool:
        """Whether something lies over the page and its card."""
        return self.fault is not None or self.notice is not None

    def resting(self, now: float) -> bool:
        """Say whether the glass is dark: never while something goes on."""
        return self.state is State.IDLE and now - self.touched_at >= BLANK_S

    def dimmed(self, now: float) -> bool:
        return self.state is State.IDLE and now - self.touched_at >= DIM_S


def follow(front: Front, room: Room, faults: Sequence[Fault], now: float) -> Front:
    """Return the front as it is once *room*, *faults* and the time are looked at."""
    if room.state is not front.state:
        front = replace(front, state=room.state, page=Page.MAIN, touched_at=now)
    if front.notice and now - front.notice_since >= NOTICE_S:
        front = replace(front, notice=None)
    if now - front.page_since >= BACK_S.get(front.page, math.inf):
        front = replace(front, page=Page.MAIN)
    if not unheard(room):
        front = replace(front, unheard_since=None)
    elif front.unheard_since is None:
        front = replace(front, unheard_since=now)
    return _follow_faults(_follow_requests(front, room, now), room, faults, now)


def unheard(room: Room) -> bool:
    """Say whether the host's microphone is open and nobody receives it."""
    return room.open and not room.participants[HOST].muted and not room.heard


def _follow_requests(front: Front, room: Room, now: float) -> Front:
    waiting = [request.participant for request in room.requests] if room.open else []
    later = {who: at for who, at in front.later.items() if who in waiting and now - at < LATER_S}
    chosen = [who for who in waiting if (who in later) is (front.page is Page.LATER)]
    page = Page.MAIN if front.page is Page.LATER and not chosen else front.page
    answered = front.card is not None and front.card not in waiting
    if answered and not chosen:  # the others are through: who was put off is next
        later, chosen = {}, waiting
    card = front.card if front.card in chosen else next(iter(chosen), None)
    return replace(front, later=later, page=page, card=card)


def _follow_faults(front: Front, room: Room, faults: Sequence[Fault], now: float) -> Front:
    seen = front.seen & {_told(fault) for fault in faults}
    if front.fault and now - front.fault_since >= (FAULT_S if room.open else IDLE_FAULT_S):
        seen |= {_told(front.fault)}
    unseen = (fault for fault in faults if _told(fault) not in seen)
    # In the grace nothing may stand before what a host can still change.
    fault = None if room.state is State.ENDED else next(unseen, None)
    front = replace(front, faults=tuple(faults), seen=seen)
    if (fault and _told(fault)) == (front.fault and _told(front.fault)):
        return replace(front, fault=fault)
    touched_at = now if fault else front.touched_at
    return replace(front, fault=fault, fault_since=now, touched_at=touched_at)


def _told(fault: Fault) -> str:
    """Return what the glass says of a fault; its details may change all the time."""
    return f"{fault.what} {fault.do}"


def turn(front: Front, room: Room, now: float) -> Front:
    """Return the front after a tap for the next screen, or away from what covers this one."""
    if front.notice:
        return replace(front, notice=None)
    if front.fault:
        return replace(front, fault=None, seen=front.seen | {_told(front.fault)})
    if front.summary and not room.open:
        return replace(front, summary=None)
    pages = _pages(front, room)
    at = pages.index(front.page) if front.page in pages else 0
    if at + 1 == len(pages):  # before it begins anew, all faults come up once more
        return replace(front, page=Page.MAIN, seen=frozenset())
    return replace(front, page=pages[at + 1], page_since=now)


def _pages(front: Front, room: Room) -> list[Page]:
    match room.state:
        case State.IDLE:
            return [Page.MAIN, Page.CODE, Page.SOUND]
        case State.ENDED:
            return [Page.MAIN]
        case _:
            live = [Page.LIVE] if room.state is State.WRAPPING else []
            put_off = [Page.LATER] if front.later else []
            return [Page.MAIN, *live, *put_off, Page.CODE]


def situation(front: Front, room: Room, *, counting: bool = False) -> Situation:
    """Say what the buttons are about now; *counting*: MUTE is held to go live."""
    match room.state:
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
