"""How the front follows what goes on: the room, a stay elsewhere, faults and the time. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from spacebox.panel import guest
from spacebox.panel.front import Besides, Front, Page, situation, speaks, told, unheard
from spacebox.panel.meaning import Situation
from spacebox.room.model import Room, State

LATER_S = 60.0
"""Somebody put off comes back to the glass by themselves after that."""
NOTICE_S = 2.5
FAULT_S = 8.0
"""In a Space a fault stands before the rest for so long; some cannot be mended on the spot."""
IDLE_FAULT_S = 120.0
PARTING_S = 120.0
"""How a stay elsewhere ended stands on the glass for so long, if nobody takes it away."""
BACK_S = {
    Page.LATER: 30.0,
    Page.CODE: 30.0,
    Page.TRUST: 120.0,
    Page.REACH: 30.0,
    Page.SOUND: 120.0,
}
"""Pages that give way to the main one by themselves."""


def follow(front: Front, room: Room, besides: Besides, now: float) -> Front:
    """Return the front as it is once *room*, what is *besides* and the time are looked at."""
    if room.state is not front.state:
        front = replace(front, state=room.state, page=Page.MAIN, touched_at=now)
    front = replace(front, besides=besides)
    if front.notice and now - front.notice_since >= NOTICE_S:
        front = replace(front, notice=None)
    if now - front.page_since >= BACK_S.get(front.page, math.inf):
        front = replace(front, page=Page.MAIN)
    if not unheard(front, room):
        front = replace(front, unheard_since=None)
    elif front.unheard_since is None:
        front = replace(front, unheard_since=now)
    front = _follow_faults(_follow_requests(front, room, now), room, now)
    front = _follow_wifi(_follow_parting(front, now), now)
    return _follow_stay(_follow_pairing(front, room, now), room, now)


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


def _follow_faults(front: Front, room: Room, now: float) -> Front:
    faults = front.besides.faults
    seen = front.seen & {told(fault) for fault in faults}
    long = FAULT_S if room.open or front.stay else IDLE_FAULT_S
    if front.fault and now - front.fault_since >= long:
        seen |= {told(front.fault)}
    unseen = (fault for fault in faults if told(fault) not in seen)
    # In the grace nothing may stand before what a host can still change.
    fault = None if room.state is State.ENDED else next(unseen, None)
    front = replace(front, seen=seen)
    if (fault and told(fault)) == (front.fault and told(front.fault)):
        return replace(front, fault=fault)
    touched_at = now if fault else front.touched_at
    return replace(front, fault=fault, fault_since=now, touched_at=touched_at)


def _follow_parting(front: Front, now: float) -> Front:
    parting = front.besides.parting
    if parting is None or parting == front.read:
        return replace(front, parting=None)
    if now - parting.at >= PARTING_S:
        return replace(front, parting=None, read=parting)
    touched_at = front.touched_at if front.parting else now
    return replace(front, parting=parting, touched_at=touched_at)


def _follow_wifi(front: Front, now: float) -> Front:
    wifi = front.besides.wifi
    if wifi is None or wifi.key == front.passed:
        return replace(front, wifi=None)
    touched_at = front.touched_at if front.wifi else now
    return replace(front, wifi=wifi, touched_at=touched_at)


def _follow_pairing(front: Front, room: Room, now: float) -> Front:
    """Anybody may ask for a code, so it never stands before a microphone that is open."""
    pairing = front.besides.pairing
    open_ = guest.speaks(front.stay) if front.stay else speaks(room)
    if pairing is None or pairing.code == front.waved or open_ or room.state is State.ENDED:
        return replace(front, pairing=None)
    touched_at = front.touched_at if front.pairing else now
    return replace(front, pairing=pairing, touched_at=touched_at)


def _follow_stay(front: Front, room: Room, now: float) -> Front:
    about = situation(front, room) if front.stay else None
    if about is front.about:
        return front
    came_or_went = about is None or front.about is None
    touched_at = now if came_or_went else front.touched_at
    covered = Situation.GUEST_SPEAKING in (about, front.about)
    page = front.page if covered else Page.MAIN
    return replace(front, about=about, about_since=now, page=page, touched_at=touched_at)
