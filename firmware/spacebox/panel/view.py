"""From the room to the glass: what is shown now, in words and figures. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from spacebox.panel import views as v
from spacebox.panel.front import Front, Page, situation, unheard
from spacebox.panel.gestures import ALL_HELD_S, TAP_S
from spacebox.panel.meaning import Situation, hints, wants
from spacebox.panel.plan import coming, day_and_time
from spacebox.panel.views import Button, How
from spacebox.ports import Fault, Loudness
from spacebox.ports.elsewhere import Reached
from spacebox.room.model import HOST, Role, Room, State

QUIET_ROOM_DB = -50.0
VOICE_DB = -40.0
LOSSES = (0.01, 0.03, 0.08)
"""Below the first there are four bars, above the last one."""
_FLOOR_DB = -60.0
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
    """From where guests can come; None until a test of it ended."""
    fingerprint: str = ""
    """SHA-256 of the certificate that the box made for itself: 64 hex digits, or empty."""
    pairing: v.Pairing | None = None
    """The code that a browser is being paired by."""


@dataclass(frozen=True, slots=True)
class Fingers:
    """How long each button has been held, in seconds; None where it does not count."""

    mute: float | None = None
    approve: float | None = None
    end: float | None = None
    all: float | None = None


def look(room: Room, front: Front, around: Surroundings, fingers: Fingers, now: float) -> v.Shown:
    """Say what is on the glass."""
    now_in = situation(front, room)
    minute = int(now // 60)
    if front.resting(now):
        return v.Shown(v.Blank(), minute=minute)
    bar = _bar(now_in, fingers)
    if (holding := _holding(room, now_in, fingers, now)) is not None:
        return v.Shown(holding, hold=bar, minute=minute)
    return v.Shown(
        _top(room, front, around, now),
        _hints(room, front, now_in),
        bar,
        minute,
        _RESTING if front.dimmed(now) else 1.0,
    )


def _hints(room: Room, front: Front, now_in: Situation) -> tuple[v.Hint, ...]:
    if front.notice:
        return ()
    if front.fault:
        usable = Button.APPROVE.upper() not in front.fault.what
        return (v.Hint(Button.APPROVE, How.TAP, "seen"),) if usable else ()
    muted = room.participants[HOST].muted
    said = hints(now_in, muted=muted)
    next_ = v.Hint(Button.APPROVE, How.TAP, "next")
    if now_in is Situation.IDLE and (front.page is not Page.MAIN or front.summary):
        return tuple(next_ if hint.button is Button.APPROVE else hint for hint in said)
    if now_in in (Situation.LIVE, Situation.WRAPPING) and front.page is Page.CODE:
        return (next_,)
    if now_in is Situation.WRAPPING and front.page is Page.MAIN and not muted:
        return (v.Hint(Button.MUTE, How.TAP, "mute"), *said)
    return said


# What covers everything: a long hold


def _holding(room: Room, now_in: Situation, fingers: Fingers, now: float) -> v.View | None:
    if fingers.all is not None and fingers.all >= TAP_S:
        part = min(1.0, fingers.all / ALL_HELD_S)
        return v.Holding("Erase this box?", "let go to keep it all", part, round(ALL_HELD_S), None)
    if fingers.end is not None and fingers.end >= TAP_S:
        return _end(room, now_in, fingers.end, now)
    go_live_s = wants(now_in, Button.MUTE).hold_s
    if go_live_s is not None and fingers.mute is not None:
        return v.Countdown(max(1, math.ceil(go_live_s - fingers.mute)), room.defaults.title)
    return None


def _end(room: Room, now_in: Situation, held: float, now: float) -> v.Holding | None:
    hold_s = wants(now_in, Button.END).hold_s
    if hold_s is None:
        return None
    part, seconds = min(1.0, held / hold_s), round(hold_s)
    if room.open:
        air = _air(room, now)
        return v.Holding("End the Space?", "let go to stay on air", part, seconds, air)
    return v.Holding("Power off?", "let go to stay on", part, seconds, None)


def _bar(now_in: Situation, fingers: Fingers) -> v.Hold | None:
    """Return what takes the place of the footer while a finger stays."""
    go_live_s = wants(now_in, Button.MUTE).hold_s
    if go_live_s is not None and fingers.mute is not None:
        return v.Hold("let go to cancel", min(1.0, fingers.mute / go_live_s))
    decline_s = wants(now_in, Button.APPROVE).hold_s
    held = fingers.approve or 0.0
    if now_in is not Situation.CARD or decline_s is None or held < TAP_S:
        return None
    return v.Hold("decline", min(1.0, held / decline_s))


# What is on top


def _top(room: Room, front: Front, around: Surroundings, now: float) -> v.View:
    if front.notice:
        return front.notice
    if front.fault:
        still = _still(room, front.fault)
        return v.FaultCard(front.fault.what, front.fault.do, still, int(now - front.fault_since))
    match room.state:
        case State.ENDED:
            left = max(0, math.ceil(room.ended_at + room.grace_s - now))
            return v.Grace(left, recorded=False)
        case State.IDLE:
            return _idle(room, front, around)
        case _:
            return _open(room, front, around, now)


def _still(room: Room, fault: Fault) -> str:
    if not room.open:
        return ""
    return "Guests talk on." if "microphone" in fault.what.lower() else "The Space goes on."


def _idle(room: Room, front: Front, around: Surroundings) -> v.View:
    if front.summary:
        return front.summary
    match front.page:
        case Page.CODE:
            return v.JoinCode(around.link, None)
        case Page.SOUND:
            return _sound_check(around)
        case _:
            title = room.planned.title if room.planned else room.defaults.title
            planned, wait = coming(room.planned, around.clock)
            return v.Idle(title, planned, wait, f"{around.clock:%H:%M}")


def _open(room: Room, front: Front, around: Surroundings, now: float) -> v.View:
    if front.card is not None:
        return _card(room, front.card, now)
    if front.page is Page.CODE:
        return v.JoinCode(around.link, room.listeners)
    if room.state is State.WRAPPING and front.page is Page.MAIN:
        return _wrapping_up(room, around)
    if unheard(room) and not room.microphone_lost:
        since = now if front.unheard_since is None else front.unheard_since
        return v.Unheard(_air(room, now), _why_unheard(room), int(now - since), len(room.requests))
    return _live(room, around, now)


# Live


def _air(room: Room, now: float) -> v.Air:
    host = room.participants[HOST]
    if room.microphone_lost:
        chip = "NO MIC"
    elif host.muted:
        chip = "MUTED"
    else:
        chip = "ON AIR" if room.heard else "UNHEARD"
    return v.Air(chip, int(now - room.started_at), False, room.listeners)


def _live(room: Room, around: Surroundings, now: float) -> v.Live:
    muted = room.participants[HOST].muted
    return v.Live(
        _air(room, now),
        room.announcement.title,
        _pegs(room),
        None if muted else level(around.loudness),
        len(room.requests),
        _bars(room, around.loss),
    )


def _pegs(room: Room) -> v.Pegs:
    stage = sorted(
        (p for p in room.participants.values() if p.on_stage), key=lambda p: p.role is Role.SPEAKER
    )
    speakers = sum(p.role is Role.SPEAKER for p in stage)
    speaking = tuple(at for at, p in enumerate(stage) if p.speaking_since is not None)
    return v.Pegs(speakers, room.stage_limit, len(stage), speaking)


def level(loudness: Loudness) -> v.Level:
    """Return a meter's figures: 0 at -60 dBFS and below, 1 at full scale."""
    return v.Level(_share(loudness.level_db), _share(loudness.peak_db))


def _share(db: float) -> float:
    # In steps of a segment of the meter, so that a quiet room does not redraw the glass.
    return round(max(0.0, 1 - max(db, _FLOOR_DB) / _FLOOR_DB) * 40) / 40


def _bars(room: Room, loss: float | None) -> int:
    if not room.listeners or loss is None:
        return 0
    return 4 - sum(loss > limit for limit in LOSSES)


def _why_unheard(room: Room) -> str:
    if not room.listeners:
        return "Nobody is listening yet."
    return "Your mic is open, but nothing arrives."


# Cards


def _card(room: Room, who: str, now: float) -> v.RequestCard:
    place = next(at for at, r in enumerate(room.requests, 1) if r.participant == who)
    request = room.requests[place - 1]
    waiting = int(now - request.asked_at)
    name = room.participants[who].name
    return v.RequestCard(name, request.reason, place, len(room.requests), waiting)


def _wrapping_up(room: Room, around: Surroundings) -> v.WrappingUp:
    waiting = [request.participant for request in room.requests]
    thank = tuple(name for who, name in room.stats.spoke.items() if who != HOST and name)
    asked = tuple(room.participants[who].name for who in waiting)
    return v.WrappingUp(thank, asked, day_and_time(room.planned, around.clock))


def summary(room: Room, now: float) -> v.Summary:
    """Return what a Space that closes at *now* came to."""
    until = room.ended_at if room.state is State.ENDED else now
    stats = room.stats
    return v.Summary(int(until - room.started_at), stats.came_by, stats.at_once, stats.asked)


# Sound check


def _sound_check(around: Surroundings) -> v.SoundCheck:
    heard = around.loudness
    voice = heard.peak_db >= VOICE_DB
    checks = (
        v.Check("voice", True if voice else None),
        v.Check("quiet room", heard.noise_db <= QUIET_ROOM_DB),
        v.Check("loudness", not heard.clipped),
        v.Check("speaker", around.speaker_well),
    )
    return v.SoundCheck(_advice(around, voice), checks, level(heard))


def _advice(around: Surroundings, voice: bool) -> str:
    if around.loudness.clipped:
        return "a step back"
    if not around.speaker_well:
        return "no speaker"
    if around.loudness.noise_db > QUIET_ROOM_DB:
        return "noisy here"
    return "good" if voice else "speak now"
