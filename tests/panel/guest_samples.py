"""The screens of a box that is a guest elsewhere; each has a golden picture."""

from __future__ import annotations

from dataclasses import replace

from panel.texts import ARABIC, ENDLESS, HOSTILE, LONG_TITLE, MIXED, WIDE, WIDE_CJK
from spacebox.panel.away import Coming, Elsewhere, Invited, Parted
from spacebox.panel.figures import Air, Level, Pegs
from spacebox.panel.meaning import Situation, hints
from spacebox.panel.views import Button, Hint, Hold, Holding, How, JoinCode, Notice, Shown, Unheard

AIR = Air("GUEST", 2530, recording=False, listeners=137)
PEGS = Pegs(5, 10, 6, (0,))
LISTENING = Elsewhere(AIR, "Slow radio", "at Mira's box", PEGS, None)
ON_STAGE = replace(LISTENING, air=replace(AIR, chip="MUTED"))
ON_AIR = replace(LISTENING, air=replace(AIR, chip="ON AIR"), level=Level(0.62, 0.8))
ASKED = replace(LISTENING, heading="Second in line", note="Slow radio")
LOST = "That box does not answer."


def guest(view: object, about: Situation, hold: Hold | None = None, *, muted: bool = True) -> Shown:
    return Shown(view, hints(about, muted=muted), hold)


def coming(chip: str, heading: str, text: str, since_s: int, again: str) -> Shown:
    return guest(Coming(chip, heading, text, since_s, again), Situation.GUEST_COMING)


def parted(heading: str, text: str) -> Shown:
    idle = hints(Situation.IDLE, muted=True)
    seen = (idle[0], Hint(Button.APPROVE, How.TAP, "next"), idle[2])
    return Shown(Parted(heading, text, "16:46"), seen)


_S = Situation
GUEST_SAMPLES: dict[str, Shown] = {
    "guest-joining": coming("JOINING", "Mira's box", "", 2, ""),
    "guest-joining-endless": coming("JOINING", ENDLESS, HOSTILE, 7, ""),
    "guest-reconnecting": coming("LOST", "Slow radio", LOST, 42, "next try in 8 s"),
    "guest-reconnecting-now": coming("LOST", "Slow radio", LOST, 43, "trying now"),
    "guest-reconnecting-long": coming("LOST", LONG_TITLE, LONG_TITLE, 7300, "next try in 30 s"),
    "guest-listening": guest(LISTENING, _S.GUEST),
    "guest-listening-long": guest(
        replace(LISTENING, heading=LONG_TITLE, note=f"at {LONG_TITLE}"), _S.GUEST
    ),
    "guest-listening-japanese": guest(
        replace(LISTENING, heading="夜のゆっくりラジオ", note="at 山本のラジオ"), _S.GUEST
    ),
    "guest-listening-arabic": guest(
        replace(LISTENING, heading="راديو الليل الهادئ", note=f"at {ARABIC}"), _S.GUEST
    ),
    "guest-listening-hostile": guest(replace(LISTENING, heading=HOSTILE, note=HOSTILE), _S.GUEST),
    "guest-wrapping": guest(replace(LISTENING, note="They are closing soon."), _S.GUEST),
    "guest-over": guest(
        replace(LISTENING, heading="The Space is over", note="It may go on for 8 s.", pegs=None),
        _S.GUEST_LISTENING,
    ),
    "guest-only-listens": guest(
        Elsewhere(replace(AIR, listeners=None), "Night radio", "at stream.example", None, None),
        _S.GUEST_LISTENING,
    ),
    "guest-asked": guest(ASKED, _S.GUEST_ASKING),
    "guest-asked-long": guest(
        replace(ASKED, heading="Number 128 in line", note=WIDE_CJK), _S.GUEST_ASKING
    ),
    "guest-invited": guest(Invited("Mira", "Slow radio"), _S.GUEST_INVITED),
    "guest-invited-hold": guest(
        Invited("Mira", "Slow radio"), _S.GUEST_INVITED, Hold("not now", 0.5)
    ),
    "guest-invited-wide": guest(Invited(WIDE, LONG_TITLE), _S.GUEST_INVITED),
    "guest-invited-chinese": guest(Invited("王小明", MIXED), _S.GUEST_INVITED),
    "guest-invited-hostile": guest(Invited(HOSTILE, ENDLESS), _S.GUEST_INVITED),
    "guest-up": Shown(Notice("You are up", "muted, until you open it")),
    "guest-on-stage": guest(ON_STAGE, _S.GUEST_ON_STAGE),
    "guest-on-air": guest(ON_AIR, _S.GUEST_ON_STAGE, muted=False),
    "guest-step-down": guest(ON_AIR, _S.GUEST_ON_STAGE, Hold("step down", 0.6), muted=False),
    "guest-unheard": guest(
        Unheard(replace(AIR, chip="UNHEARD"), "Your mic is open, but nothing arrives.", 12, 0),
        _S.GUEST_ON_STAGE,
        muted=False,
    ),
    "guest-muted-by-host": guest(
        replace(ON_STAGE, heading="Muted by Mira", note="Open it on your turn."),
        _S.GUEST_ON_STAGE,
    ),
    "guest-muted-by-wide": guest(
        replace(ON_STAGE, heading=f"Muted by {WIDE}", note="Open it on your turn."),
        _S.GUEST_ON_STAGE,
    ),
    "guest-speaking": guest(
        Elsewhere(
            Air("ON AIR", 754, recording=False, listeners=None),
            "janus.example",
            "room 1234",
            Pegs(3, 12, 3, (1, 2)),
            Level(0.4, 0.5),
        ),
        _S.GUEST_SPEAKING,
        muted=False,
    ),
    "guest-speaking-muted": guest(
        replace(ON_STAGE, air=Air("MUTED", 754, recording=False, listeners=None), pegs=None),
        _S.GUEST_SPEAKING,
    ),
    "guest-stepped-down": Shown(Notice("In the audience", "Nobody hears you now.")),
    "guest-code": Shown(
        JoinCode("https://mira.example.org/s/K7QX", 137), (Hint(Button.APPROVE, How.TAP, "next"),)
    ),
    "guest-leave": Shown(
        Holding("Leave the room?", "let go to stay", 0.55, 3, replace(AIR, chip="ON AIR"))
    ),
    "guest-back": Shown(Notice("Back again", "You are muted.")),
    "guest-refused": Shown(Notice("Not now", "No more speakers tonight.")),
    "guest-parted": parted("The Space is over", "Mira ended it."),
    "guest-removed": parted("You were asked to leave", "Mira ended your visit."),
    "guest-not-let-in": parted("Not let back in", "This box stays closed to you."),
    "guest-trouble": coming(
        "LOST",
        "Slow radio",
        "That box's certificate is not known here. Use its http link.",
        4,
        "next try in 1 s",
    ),
    "guest-parted-long": parted(LONG_TITLE, LONG_TITLE),
    "guest-parted-hostile": parted(HOSTILE, ENDLESS),
}
