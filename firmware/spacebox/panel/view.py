"""From the room to the glass: what is shown now, in words and figures. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from spacebox.panel import elsewhere
from spacebox.panel import views as v
from spacebox.panel.away import Parted
from spacebox.panel.cards import RequestCard, WrappingUp
from spacebox.panel.figures import air, level, pegs
from spacebox.panel.front import Besides, Front, Page, situation, unheard
from spacebox.panel.holds import Fingers, bar, holding
from spacebox.panel.meaning import Situation, hints
from spacebox.panel.plan import coming, day_and_time
from spacebox.panel.soundcheck import sound_check
from spacebox.panel.views import Button, How
from spacebox.ports import Fault, Loudness
from spacebox.ports.elsewhere import Link, Reached, Visits
from spacebox.room.model import HOST, Room, State

LOSSES = (0.01, 0.03, 0.08)
"""Below the first there are four bars, above the last one."""
_RESTING = 0.25
"""Contrast of a glass that nobody touched for a minute."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the glass shows and the room does not know."""

    clock: datetime
    """Wall time, with the zone that the box is in."""
    link: str
    """What guests open."""
    loudness: Loudness
    loss: float | None = None
    """The share of packets that did not arrive lately, None while nobody told."""
    speaker_well: bool = True
    faults: tuple[Fault, ...] = ()
    reached: Reached | None = None
    """From where guests can come; None where nobody tests that."""
    fingerprint: str = ""
    """SHA-256 of the certificate that the box made for itself: 64 hex digits, or empty."""
    pairing: v.Pairing | None = None
    """The code that a browser is being paired by."""
    updating: v.Updating | None = None
    """How far an update is, while there is one."""
    wifi: v.WifiSetup | None = None
    """The box's own network, while it is open."""

    def besides(self, own: tuple[Fault, ...], visits: Visits) -> Besides:
        """Return what the front is about, with the panel's *own* faults."""
        there = {Page.TRUST: self.fingerprint, Page.REACH: self.reached}
        pages = tuple(page for page, content in there.items() if content)
        faults = (*own, *self.faults)
        return Besides(faults, visits.stay, visits.parting, self.pairing, pages, self.wifi)


def look(room: Room, front: Front, around: Surroundings, fingers: Fingers, now: float) -> v.Shown:
    """Say what is on the glass."""
    now_in = situation(front, room)
    minute = int(now // 60)
    if front.resting(now) and around.updating is None:
        return v.Shown(v.Blank(), minute=minute)
    if (held := holding(room, front, now_in, fingers, now)) is not None:
        return v.Shown(held, hold=bar(now_in, fingers), minute=minute)
    return v.Shown(
        _top(room, front, around, now),
        _hints(room, front, now_in),
        bar(now_in, fingers),
        minute,
        _RESTING if front.dimmed(now) else 1.0,
    )


def _hints(room: Room, front: Front, now_in: Situation) -> tuple[v.Hint, ...]:
    if front.notice or front.pairing or front.inviting:
        return ()
    if front.fault:
        usable = Button.APPROVE.upper() not in front.fault.what
        return (v.Hint(Button.APPROVE, How.TAP, "seen"),) if usable else ()
    next_ = v.Hint(Button.APPROVE, How.TAP, "next")
    if front.stay:
        turned = front.page is Page.CODE and now_in is not Situation.GUEST_COMING
        return (next_,) if turned else hints(now_in, muted=front.stay.muted)
    muted = room.participants[HOST].muted
    said = hints(now_in, muted=muted)
    told = front.page is not Page.MAIN or front.parting or front.summary
    if now_in is Situation.IDLE and told:
        return tuple(next_ if hint.button is Button.APPROVE else hint for hint in said)
    if now_in in (Situation.LIVE, Situation.WRAPPING) and front.page is Page.CODE:
        return (next_,)
    if now_in is Situation.WRAPPING and front.page is Page.MAIN and not muted:
        return (v.Hint(Button.MUTE, How.TAP, "mute"), *said)
    return said


# What is on top


def _top(room: Room, front: Front, around: Surroundings, now: float) -> v.View:
    if front.notice:
        return front.notice
    if front.pairing:
        return front.pairing
    if around.updating and front.idle:
        return around.updating
    if front.wifi and front.idle:
        return front.wifi
    if front.fault:
        still = _still(room, front, front.fault)
        return v.FaultCard(front.fault.what, front.fault.do, still, int(now - front.fault_since))
    if front.stay:
        return elsewhere.look(front.stay, front, around.loudness, now)
    match room.state:
        case State.ENDED:
            left = max(0, math.ceil(room.ended_at + room.grace_s - now))
            return v.Grace(left, recorded=False)
        case State.IDLE:
            return _idle(room, front, around)
        case _:
            return _open(room, front, around, now)


def _still(room: Room, front: Front, fault: Fault) -> str:
    if front.stay:
        return "You are still there." if front.stay.link is Link.THERE else ""
    if not room.open:
        return ""
    return "Guests talk on." if "microphone" in fault.what.lower() else "The Space goes on."


def _idle(room: Room, front: Front, around: Surroundings) -> v.View:
    if front.parting:
        clock = f"{around.clock:%H:%M}"
        return Parted(front.parting.heading, front.parting.text, clock)
    if front.summary:
        return front.summary
    reached = around.reached
    reach = reached.reach if reached else None
    match front.page:
        case Page.CODE:
            return v.JoinCode(around.link, None, reach)
        case Page.TRUST:
            return v.Fingerprint(around.fingerprint)
        case Page.REACH if reached:
            return v.Reachable(reached.reach, reached.advice or reached.detail)
        case Page.SOUND:
            return sound_check(around.loudness, speaker_well=around.speaker_well, reach=reach)
        case _:
            title = room.planned.title if room.planned else room.defaults.title
            planned, wait = coming(room.planned, around.clock)
            return v.Idle(title, planned, wait, f"{around.clock:%H:%M}")


def _open(room: Room, front: Front, around: Surroundings, now: float) -> v.View:
    if front.card is not None:
        return _card(room, front.card, now)
    if front.page is Page.CODE:
        reach = around.reached.reach if around.reached else None
        return v.JoinCode(around.link, room.listeners, reach)
    if room.state is State.WRAPPING and front.page is Page.MAIN:
        return _wrapping_up(room, around)
    if unheard(front, room) and not room.microphone_lost:
        since = now if front.unheard_since is None else front.unheard_since
        return v.Unheard(air(room, now), _why_unheard(room), int(now - since), len(room.requests))
    return _live(room, around, now)


# Live


def _live(room: Room, around: Surroundings, now: float) -> v.Live:
    muted = room.participants[HOST].muted
    return v.Live(
        air(room, now),
        room.announcement.title,
        pegs(room),
        None if muted else level(around.loudness),
        len(room.requests),
        _bars(room, around.loss),
    )


def _bars(room: Room, loss: float | None) -> int:
    if not room.listeners or loss is None:
        return 0
    return 4 - sum(loss > limit for limit in LOSSES)


def _why_unheard(room: Room) -> str:
    if not room.listeners:
        return "Nobody is listening yet."
    return "Your mic is open, but nothing arrives."


# Cards


def _card(room: Room, who: str, now: float) -> RequestCard:
    place = next(at for at, r in enumerate(room.requests, 1) if r.participant == who)
    request = room.requests[place - 1]
    waiting = int(now - request.asked_at)
    name = room.participants[who].name
    return RequestCard(name, request.reason, place, len(room.requests), waiting)


def _wrapping_up(room: Room, around: Surroundings) -> WrappingUp:
    waiting = [request.participant for request in room.requests]
    thank = tuple(name for who, name in room.stats.spoke.items() if who != HOST and name)
    asked = tuple(room.participants[who].name for who in waiting)
    return WrappingUp(thank, asked, day_and_time(room.planned, around.clock))


def summary(room: Room, now: float) -> v.Summary:
    """Return what a Space that closes at *now* came to."""
    until = room.ended_at if room.state is State.ENDED else now
    stats = room.stats
    return v.Summary(int(until - room.started_at), stats.came_by, stats.at_once, stats.asked)
