"""Every screen of the box, and what is hard about some; each has a golden picture."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from panel.guest_samples import GUEST_SAMPLES
from panel.texts import (
    ARABIC,
    ENDLESS,
    HEBREW,
    HOSTILE,
    LONG_QUESTION,
    LONG_REASON,
    LONG_TITLE,
    MIXED,
    WIDE,
    WIDE_CJK,
)
from spacebox.panel.cards import AgendaItem, QuestionCard, RequestCard, WrappingUp
from spacebox.panel.figures import Air, Level, Pegs
from spacebox.panel.views import (
    Blank,
    Button,
    Check,
    Countdown,
    FaultCard,
    Fingerprint,
    Grace,
    Hint,
    Hold,
    Holding,
    How,
    Idle,
    JoinCode,
    Live,
    Notice,
    Pairing,
    Reachable,
    Shown,
    SoundCheck,
    StartUp,
    Summary,
    Unheard,
    Updating,
    WifiSetup,
)
from spacebox.ports.elsewhere import Reach

MUTE, APPROVE, END = Button
IDLE = (Hint(MUTE, How.HOLD, "live"), Hint(APPROVE, How.TAP, "QR"), Hint(END, How.HOLD, "off"))
NEXT = Hint(APPROVE, How.TAP, "next")
IDLE_NEXT = (IDLE[0], NEXT, IDLE[2])
CARD = (
    Hint(APPROVE, How.TAP, "let in"),
    Hint(APPROVE, How.DOUBLE, "later"),
    Hint(APPROVE, How.HOLD, "no"),
)
MUTED = (Hint(MUTE, How.TAP, "open"), Hint(MUTE, How.HOLD, "talk"))
WRAPPING = (Hint(END, How.HOLD, "end"),)
SEEN = (Hint(APPROVE, How.TAP, "seen"),)

AIR = Air("ON AIR", 2530, recording=True, listeners=137)
PEGS = Pegs(5, 10, 6, (0,))
LIVE = Live(AIR, "Slow radio", PEGS, Level(0.62, 0.8), waiting=2, bars=4)
REQUEST = RequestCard("Ana Wanjiru", "Hears it on 4G: what happens at 5% loss?", 1, 3, 42)
CHECKS = (
    Check("voice", well=True),
    Check("quiet room", well=True),
    Check("loudness", well=True),
    Check("speaker", well=True),
)
LINK = "https://box.example.org/s/K7QX"


def live(**changes: object) -> Shown:
    return Shown(replace(LIVE, **changes))


def request(name: str, reason: str, hold: Hold | None = None) -> Shown:
    return Shown(replace(REQUEST, name=name, reason=reason), CARD, hold)


def fault(what: str, do: str, still: str = "", since_s: int = 12) -> Shown:
    return Shown(FaultCard(what, do, still, since_s), SEEN)


SAMPLES: dict[str, Shown] = {
    "start-up": Shown(StartUp()),
    "idle": Shown(Idle("Slow radio", "Fri 19:00", "in 2 h 14", "16:46"), IDLE),
    "idle-unplanned": Shown(Idle("Slow radio", "", "", "16:46"), IDLE),
    "idle-long": Shown(Idle(LONG_TITLE, "Wed 27 Nov 19:00", "in 12 days", "16:46"), IDLE),
    "idle-japanese": Shown(Idle("夜のゆっくりラジオ", "Fri 19:00", "in 2 h 14", "16:46"), IDLE),
    "idle-arabic": Shown(Idle("راديو الليل الهادئ", "Fri 19:00", "in 2 h 14", "16:46"), IDLE),
    "idle-mixed": Shown(Idle(MIXED, "", "", "16:46"), IDLE),
    "idle-crowded": Shown(
        Idle("Slow radio", "Fri 19:00", "now", "16:46"),
        (*MUTED, Hint(APPROVE, How.HOLD, "step down")),
    ),
    "code": Shown(JoinCode(LINK, 137), (NEXT,)),
    "code-idle": Shown(JoinCode(LINK, None), IDLE_NEXT),
    "code-public": Shown(JoinCode(LINK, 137, Reach.PUBLIC), (NEXT,)),
    "code-lan-only": Shown(
        JoinCode("http://spacebox.local/s/K7QXM", None, Reach.LAN_ONLY), IDLE_NEXT
    ),
    "code-no-network": Shown(JoinCode("http://127.0.0.1/s/K7QXM", None, Reach.NO_NETWORK), (NEXT,)),
    "code-unknown": Shown(JoinCode(LINK, 12_345, Reach.UNKNOWN), (NEXT,)),
    "reach-public": Shown(Reachable(Reach.PUBLIC, "A test from outside came back in."), IDLE_NEXT),
    "reach-lan-only": Shown(
        Reachable(Reach.LAN_ONLY, "Set a tunnel, or forward a port of your router to this box."),
        IDLE_NEXT,
    ),
    "reach-unknown": Shown(
        Reachable(
            Reach.UNKNOWN, "Start the box with --listen 0.0.0.0 to let the network reach it."
        ),
        IDLE_NEXT,
    ),
    "fingerprint": Shown(Fingerprint(sha256(b"space box").hexdigest()), IDLE_NEXT),
    "fingerprint-wide": Shown(Fingerprint("d8" * 32), IDLE_NEXT),
    "code-lan": Shown(JoinCode("http://192.168.178.41:8080/s/K7QXM", 999), (NEXT,)),
    "code-local": Shown(JoinCode("http://spacebox.local/s/K7QXM", 0), (NEXT,)),
    "code-ipv6": Shown(JoinCode("http://[2001:db8:85a3::8a2e:370:7334]:8080/s/K7QXM", 3), (NEXT,)),
    "code-long": Shown(
        JoinCode("https://radio-nachtschicht.kulturhaus-westend.example/s/K7QXM", 12), (NEXT,)
    ),
    "code-path": Shown(
        JoinCode("https://kulturhaus-westend.example/programm/live/radio-nachtschicht/s/K7QXM", 2),
        (NEXT,),
    ),
    "code-held": Shown(JoinCode(LINK, None), IDLE_NEXT, Hold("Wi-Fi", 0.4)),
    "sound-check": Shown(SoundCheck("good", CHECKS, Level(0.55, 0.7)), IDLE_NEXT),
    "sound-check-waits": Shown(
        SoundCheck(
            "speak now",
            (Check("voice", None), Check("quiet room", False), *CHECKS[2:]),
            Level(0.0, 0.0),
        ),
        IDLE_NEXT,
    ),
    "sound-check-public": Shown(
        SoundCheck("good", CHECKS, Level(0.55, 0.7), Reach.PUBLIC), IDLE_NEXT
    ),
    "sound-check-no-network": Shown(
        SoundCheck("noisy here", CHECKS, Level(1.0, 1.0), Reach.NO_NETWORK), IDLE_NEXT
    ),
    "sound-check-loud": Shown(
        SoundCheck(
            "a step back",
            (*CHECKS[:2], Check("loudness", False), Check("speaker", False)),
            Level(1.0, 1.0),
        ),
        IDLE_NEXT,
    ),
    "countdown": Shown(Countdown(2, "Slow radio"), hold=Hold("let go to cancel", 0.34)),
    "countdown-long": Shown(Countdown(1, LONG_TITLE), hold=Hold("let go to cancel", 0.9)),
    "countdown-mixed": Shown(Countdown(2, MIXED), hold=Hold("let go to cancel", 0.34)),
    "live": Shown(LIVE),
    "live-outlined": replace(Shown(LIVE), minute=1),
    "live-new": live(
        air=Air("ON AIR", 0, recording=False, listeners=0),
        pegs=Pegs(0, 10, 1, ()),
        level=Level(0.0, 0.0),
        waiting=0,
        bars=0,
    ),
    "live-full": live(
        air=Air("ON AIR", 38_530, recording=True, listeners=999),
        title=LONG_TITLE,
        pegs=Pegs(12, 12, 13, (3, 12)),
        level=Level(1.0, 1.0),
        waiting=128,
        bars=2,
    ),
    "live-crowd": live(
        air=Air("ON AIR", 38_530, recording=True, listeners=12_345),
        pegs=Pegs(12, 12, 18, (0, 17)),
        waiting=12,
    ),
    "live-no-title": live(title=""),
    "live-japanese": live(title="夜のゆっくりラジオと短波放送"),
    "live-hebrew": live(title="רדיו לילה: שיחה על האזנה"),
    "live-mixed": live(title=MIXED),
    "live-hostile": live(title=HOSTILE),
    "muted": Shown(
        replace(LIVE, air=replace(AIR, chip="MUTED"), pegs=Pegs(5, 10, 6, ()), level=None), MUTED
    ),
    "muted-full": Shown(
        replace(
            LIVE,
            air=Air("MUTED", 38_530, recording=True, listeners=999),
            level=None,
            waiting=128,
            bars=1,
        ),
        MUTED,
    ),
    "no-microphone": live(air=replace(AIR, chip="NO MIC"), level=Level(0.0, 0.0)),
    "unheard": Shown(
        Unheard(replace(AIR, chip="UNHEARD", listeners=0), "Nobody is listening yet.", 12, 2)
    ),
    "unheard-long": Shown(
        Unheard(
            Air("UNHEARD", 38_530, recording=False, listeners=999),
            "Your mic is open, but nothing arrives.",
            75,
            0,
        )
    ),
    "unheard-crowd": Shown(
        Unheard(replace(AIR, chip="UNHEARD"), "Your mic is open, but nothing arrives.", 754, 128)
    ),
    "request": request(REQUEST.name, REQUEST.reason),
    "request-bare": request("Lea", ""),
    "request-bare-long": request(WIDE, ""),
    "request-bare-hebrew": request(HEBREW, ""),
    "request-long": Shown(
        RequestCard("Bartholomäus Freiherr von Habsburg", LONG_REASON, 12, 128, 754), CARD
    ),
    "request-reason": request("Ana Wanjiru", LONG_REASON),
    "request-tall": request(REQUEST.name, WIDE_CJK),
    "request-wide": request(WIDE, WIDE),
    "request-wide-japanese": request(WIDE_CJK, WIDE_CJK),
    "request-japanese": request("山本 純", "短波アンテナの話がしたいです。"),
    "request-chinese": request("王小明", "Kurzwelle im Wohnzimmer: wie groß wird die Antenne?"),
    "request-arabic": request(ARABIC, "أود أن أسأل عن الراديو 4G"),
    "request-hebrew": request(HEBREW, "שאלה קצרה על אנטנות"),
    "request-thai": request("สมชาย ใจดี", "อยากถามเรื่องเสาอากาศ"),
    "request-emoji": request("👩‍🎤 Zoë 🎸", "❤️ your show 😂 can I sing 🎶?"),
    "request-hostile": request(HOSTILE, HOSTILE),
    "request-endless": request(ENDLESS, ENDLESS),
    "request-hold-0": request(REQUEST.name, REQUEST.reason, Hold("decline", 0.0)),
    "request-hold": request(REQUEST.name, REQUEST.reason, Hold("decline", 0.5)),
    "request-hold-1": request(REQUEST.name, REQUEST.reason, Hold("decline", 1.0)),
    "request-wandered": replace(request(REQUEST.name, REQUEST.reason), minute=2),
    "question": Shown(
        QuestionCard("Which station made you start?", "Tomás", 1, 4, 14),
        (Hint(APPROVE, How.HOLD, "answered"),),
    ),
    "question-long": Shown(QuestionCard(LONG_QUESTION, "Tomás", 12, 40, 1024), (NEXT,)),
    "question-chinese": Shown(QuestionCard("短波电台还有人听吗？", "王小明", 2, 4, 3), (NEXT,)),
    "question-mixed": Shown(QuestionCard(LONG_QUESTION, "王小明", 2, 4, 3), (NEXT,)),
    "agenda": Shown(AgendaItem("Why radio is slow", "Questions from you", 2, 4, 250, 600), (NEXT,)),
    "agenda-over": Shown(AgendaItem(LONG_TITLE, LONG_TITLE, 3, 4, 734, 600), (NEXT,)),
    "agenda-last": Shown(AgendaItem("夜の音", "", 4, 4, 4000, 0), (NEXT,)),
    "wrapping-up": Shown(
        WrappingUp(("Ana", "Tomás", "Jun"), ("Lea", "Kofi"), "Fri 27 Nov 19:00"), WRAPPING
    ),
    "wrapping-up-many": Shown(
        WrappingUp(
            ("Ana Wanjiru", "Tomás Rivera", "Lea Sommer", "Kofi", "Ines Duarte", "Per Lund"),
            ("山本 純", "王小明"),
            "Fri 27 Nov 19:00",
        ),
        (*MUTED, *WRAPPING),
    ),
    "wrapping-up-alone": Shown(WrappingUp((), (), ""), WRAPPING),
    "end": Shown(Holding("End the Space?", "let go to stay on air", 0.55, 3, AIR)),
    "end-0": Shown(Holding("End the Space?", "let go to stay on air", 0.0, 3, AIR)),
    "power-off": Shown(Holding("Power off?", "let go to stay on", 1.0, 5, None)),
    "erase": Shown(Holding("Erase this box?", "let go to keep it all", 0.35, 10, None)),
    "grace": Shown(Grace(8, recorded=True), (Hint(MUTE, How.TAP, "keep going"),)),
    "grace-10": Shown(Grace(10, recorded=False), (Hint(MUTE, How.TAP, "keep going"),)),
    "grace-1": Shown(Grace(1, recorded=True), (Hint(MUTE, How.TAP, "keep going"),)),
    "summary": Shown(Summary(3862, 312, 137, 6), IDLE_NEXT),
    "summary-crowd": Shown(Summary(38_530, 12_345, 1024, 999), IDLE_NEXT),
    "pairing": Shown(Pairing("482913", 41, 60)),
    "pairing-over": Shown(Pairing("117101", 0, 60)),
    "wifi": Shown(WifiSetup("SPACEBOX", "K7QX4821", "10.42.0.1")),
    "wifi-held": Shown(WifiSetup("SPACEBOX", "K7QX4821", "10.42.0.1"), hold=Hold("off", 0.7)),
    "wifi-long": Shown(
        WifiSetup("Nachtschicht; Küche", 'a"long:key\\with,signs-and-more', "spacebox.local")
    ),
    "update": Shown(Updating("0.4.0", "downloading", 0.42)),
    "update-starts": Shown(Updating("0.4.0", "starting anew", None)),
    "fault-microphone": fault("No microphone", "Plug it in again.", "Guests talk on."),
    "fault-speaker": fault("No speaker", "Plug it in again.", "The Space goes on.", 3725),
    "fault-card": fault("The card is full", "Make room on it.", "The Space goes on."),
    "fault-sound": fault("The sound stands", "Pull the plug, start again."),
    "fault-settings": fault(
        "Check settings",
        "spacebox.toml:7: panel.bounce: no such setting; did you mean bounce_ms?",
    ),
    "fault-button": fault("APPROVE is stuck", "Press it free.", "", 15),
    "fault-screen": fault("No screen", "Check its four wires."),
    "fault-lights": fault("No buttons", "Start the box as user spacebox, or add it to gpio."),
    "notice": Shown(Notice("Ana is up", "muted, until they open it")),
    "notice-long": Shown(Notice("The stage is full", LONG_QUESTION)),
    "notice-word": Shown(Notice("Let in", "")),
    "blank": Shown(Blank()),
    **GUEST_SAMPLES,
}
