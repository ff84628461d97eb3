from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from panel.abroad import ME, Abroad
from panel.evening import Evening
from spacebox.panel import elsewhere
from spacebox.panel import views as v
from spacebox.panel.away import Elsewhere
from spacebox.panel.cards import RequestCard, WrappingUp
from spacebox.panel.figures import Air, Level, Pegs
from spacebox.panel.follow import follow
from spacebox.panel.front import BLANK_S, DIM_S, Besides, Front, Page
from spacebox.panel.holds import Fingers
from spacebox.panel.view import Surroundings, look, summary
from spacebox.panel.views import Button, How
from spacebox.ports import Fault, Loudness
from spacebox.ports.elsewhere import Reach, Reached
from spacebox.room import commands as c
from spacebox.room.model import HOST, Planned

CLOCK = datetime(2026, 11, 20, 16, 46, tzinfo=UTC)
SOFT = Loudness(-30.0, -24.0, -60.0, clipped=False)
AROUND = Surroundings(CLOCK, "http://box.local/s/K7QX", SOFT)


class Glass:
    """What is shown of an evening."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.front = Front(touched_at=evening.now)
        self.around = AROUND

    def shown(self, **held: float) -> v.Shown:
        room, now = self.evening.hub.room, self.evening.now
        besides = Besides(self.around.faults, pairing=self.around.pairing)
        self.front = follow(self.front, room, besides, now)
        return look(room, self.front, self.around, Fingers(**held), now)

    def view(self, **held: float) -> Any:
        return self.shown(**held).view


@pytest.fixture
def evening() -> Evening:
    return Evening()


@pytest.fixture
def glass(evening: Evening) -> Glass:
    return Glass(evening)


@pytest.mark.parametrize(
    ("at", "planned", "wait"),
    [
        ("2026-11-20T19:00:00+00:00", "Fri 19:00", "in 2 h 14"),
        ("2026-11-20T20:00:00+01:00", "Fri 19:00", "in 2 h 14"),
        ("2026-11-20T16:59:30+00:00", "Fri 16:59", "in 13 min"),
        ("2026-11-27T19:00:00+00:00", "27 Nov 19:00", "in 7 days"),
        ("2026-11-20T16:40:00+00:00", "Fri 16:40", "now"),
        ("2026-11-20T15:00:00+00:00", "", ""),
    ],
)
def test_idle_tells_the_next_space(
    evening: Evening, glass: Glass, at: str, planned: str, wait: str
) -> None:
    evening.hub.room = replace(evening.hub.room, planned=Planned("next", "Slow radio", at))
    assert glass.view() == v.Idle("Slow radio", planned, wait, "16:46")


def test_a_plan_beyond_the_change_of_the_clocks_keeps_its_hour(
    evening: Evening, glass: Glass
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    october = datetime(2026, 10, 20, 12, 0, tzinfo=berlin)
    glass.around = replace(AROUND, clock=october)
    planned = Planned("next", "Slow radio", "2026-11-27T19:00:00+01:00")
    evening.hub.room = replace(evening.hub.room, planned=planned)
    assert glass.view().planned == "27 Nov 19:00"


def test_a_lost_microphone_is_told_by_the_chip(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.does(c.SetMuted(HOST, False))
    evening.does(c.ReportOnAir(microphone_lost=True, heard=False))
    assert glass.view().air.chip == "NO MIC"


def test_idle_without_a_plan_still_tells_title_and_time(glass: Glass) -> None:
    assert glass.view() == v.Idle("Slow radio", "", "", "16:46")
    footer = [(hint.button, hint.how, hint.words) for hint in glass.shown().hints]
    assert footer == [
        (Button.MUTE, How.HOLD, "live"),
        (Button.APPROVE, How.TAP, "QR"),
        (Button.END, How.HOLD, "off"),
    ]
    glass.front = replace(glass.front, page=Page.SOUND, page_since=glass.evening.now)
    assert glass.shown().hints[1].words == "next"


def test_idle_dims_and_then_rests_until_touched(evening: Evening, glass: Glass) -> None:
    assert glass.shown().contrast == 1.0
    evening.wait(DIM_S)
    assert 0 < glass.shown().contrast < 1
    evening.wait(BLANK_S)
    assert glass.view() == v.Blank()
    evening.live()
    assert isinstance(glass.view(), v.Live)
    assert glass.shown().contrast == 1.0


def test_live_tells_who_is_here_and_how_it_sounds(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.speaks("ana", "jun")
    evening.does(c.SetMuted("jun", False))
    evening.does(c.ReportSpeaking("jun", True, 1.0))
    evening.does(c.ReportListeners(137))
    evening.does(c.ReportOnAir(microphone_lost=False, heard=True))
    evening.does(c.SetMuted(HOST, False))
    evening.wait(12)
    glass.around = replace(AROUND, loss=0.02)
    live = glass.view()
    assert live.air == Air("ON AIR", 12, recording=False, listeners=137)
    assert live.title == "Slow radio"
    assert live.pegs == Pegs(speakers=2, limit=10, taken=3, speaking=(2,))
    assert live.level == Level(0.5, 0.6)
    assert live.bars == 3
    assert glass.shown().hints == ()
    evening.does(c.SetMuted(HOST, True))
    assert (glass.view().air.chip, glass.view().level) == ("MUTED", None)
    assert [hint.words for hint in glass.shown().hints] == ["open", "talk"]


def test_an_open_microphone_that_nobody_receives_is_told(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.does(c.SetMuted(HOST, False))
    assert glass.view() == v.Unheard(
        Air("UNHEARD", 0, recording=False, listeners=0), "Nobody is listening yet.", 0, waiting=0
    )
    evening.wait(7)
    evening.does(c.ReportListeners(3))
    assert (glass.view().why, glass.view().since_s) == ("Your mic is open, but nothing arrives.", 7)
    evening.does(c.ReportOnAir(microphone_lost=False, heard=True))
    assert isinstance(glass.view(), v.Live)


def test_a_request_is_a_card_with_place_and_waiting_time(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.asks("ana", reason="What of 4G?")
    evening.asks("jun")
    evening.wait(42)
    assert glass.view() == RequestCard("Ana", "What of 4G?", place=1, of=2, waiting_s=42)
    assert [hint.words for hint in glass.shown().hints] == ["let in", "later", "no"]
    assert glass.shown(approve=0.2).hold is None
    assert glass.shown(approve=0.5).hold == v.Hold("decline", 0.5)


def test_long_holds_cover_everything(evening: Evening, glass: Glass) -> None:
    assert glass.view(mute=0.5) == v.Countdown(2, "Slow radio")
    assert glass.shown(mute=0.5).hold == v.Hold("let go to cancel", 0.25)
    assert glass.view(mute=1.5).seconds == 1
    assert glass.view(end=2.5) == v.Holding("Power off?", "let go to stay on", 0.5, 5, None)
    assert glass.view(all=5.0).part == 0.5
    evening.live()
    evening.asks("ana")
    assert isinstance(glass.view(end=0.2), RequestCard)
    assert glass.view(end=1.5).question == "End the Space?"
    assert glass.view(end=1.5).part == 0.5
    assert not isinstance(glass.view(mute=1.0), v.Countdown)


def test_wrapping_up_tells_whom_to_thank(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.speaks("ana", "jun")
    evening.does(c.Leave("jun"))
    evening.asks("lea")
    evening.does(c.WrapUp(HOST))
    glass.front = replace(glass.front, later={"lea": evening.now})
    assert glass.view() == WrappingUp(("Ana", "Jun"), ("Lea",), "")
    assert [hint.words for hint in glass.shown().hints] == ["open", "talk", "end"]


def test_grace_counts_down_and_a_summary_follows(evening: Evening, glass: Glass) -> None:
    evening.live()
    evening.asks("ana")
    evening.does(c.ReportListeners(5))
    evening.wait(60)
    evening.does(c.EndSpace(HOST))
    evening.wait(2.5)
    assert glass.view() == v.Grace(8, recorded=False)
    told = summary(evening.hub.room, evening.now)
    assert told == v.Summary(elapsed_s=60, came_by=1, at_once=5, asked=1)
    evening.does(c.EndSpace(HOST, now=True))
    glass.front = replace(glass.front, summary=told)
    assert glass.view() == told


def test_the_sound_check_says_what_to_change(glass: Glass) -> None:
    glass.front = replace(glass.front, page=Page.SOUND, page_since=glass.evening.now)
    assert glass.view().advice == "good"
    assert all(check.well for check in glass.view().checks)
    for loudness, advice in (
        (replace(SOFT, clipped=True), "a step back"),
        (replace(SOFT, noise_db=-40.0), "noisy here"),
        (replace(SOFT, peak_db=-70.0), "speak now"),
    ):
        glass.around = replace(AROUND, loudness=loudness)
        assert glass.view().advice == advice


def test_a_fault_says_what_to_do_and_what_goes_on(evening: Evening, glass: Glass) -> None:
    evening.live()
    lost = Fault("No microphone", "Plug it in.", "sound: …")
    glass.around = replace(AROUND, faults=(lost,))
    glass.view()
    evening.wait(7)
    assert glass.view() == v.FaultCard("No microphone", "Plug it in.", "Guests talk on.", 7)
    assert [hint.words for hint in glass.shown().hints] == ["seen"]


# Reach, trust and pairing


def page(glass: Glass, which: Page) -> Any:
    glass.front = replace(glass.front, page=which, page_since=glass.evening.now)
    return glass.view()


def test_the_code_and_the_sound_check_tell_how_far_it_reaches(
    evening: Evening, glass: Glass
) -> None:
    assert page(glass, Page.CODE) == v.JoinCode(AROUND.link, None, None)
    reached = Reached(Reach.LAN_ONLY, "Nothing leads in.", "Forward a port.")
    glass.around = replace(AROUND, reached=reached)
    assert page(glass, Page.CODE).reach is Reach.LAN_ONLY
    assert page(glass, Page.SOUND).reach is Reach.LAN_ONLY
    assert page(glass, Page.REACH) == v.Reachable(Reach.LAN_ONLY, "Forward a port.")
    glass.around = replace(AROUND, reached=replace(reached, advice=""))
    assert page(glass, Page.REACH).text == "Nothing leads in."
    evening.live()
    glass.view()
    assert page(glass, Page.CODE).reach is Reach.LAN_ONLY


def test_the_fingerprint_is_shown_while_idle(glass: Glass) -> None:
    glass.around = replace(AROUND, fingerprint="AB" * 32)
    assert page(glass, Page.TRUST) == v.Fingerprint("AB" * 32)
    assert [hint.words for hint in glass.shown().hints] == ["live", "next", "off"]
    found = glass.around.besides((), Abroad(lambda: 0.0))
    assert found.pages == (Page.TRUST,)


def test_a_pairing_code_is_shown_as_it_runs_out(glass: Glass) -> None:
    glass.around = replace(AROUND, pairing=v.Pairing("482913", 41, 60))
    assert glass.view() == glass.around.pairing
    assert glass.shown().hints == ()
    assert glass.view(mute=1.0).seconds == 1, "a hold covers it"


# Elsewhere


@pytest.mark.parametrize(("ahead", "place"), [(0, "First"), (8, "Ninth"), (9, "Number 10")])
def test_the_place_in_their_line(ahead: int, place: str) -> None:
    abroad = Abroad(lambda: 1000.0)
    abroad.arrive()
    abroad.there.asks(*(f"guest {index}" for index in range(ahead)))
    abroad.there.does(c.RequestToSpeak(ME))
    assert abroad.stay
    shown = elsewhere.look(abroad.stay, Front(), SOFT, 1000.0)
    assert isinstance(shown, Elsewhere)
    assert shown.heading == f"{place} in line"


def test_what_a_stranger_says_of_their_clock_is_bounded() -> None:
    abroad = Abroad(lambda: 1000.0)
    abroad.arrive()
    for started_at in (-1e300, 1e300):
        abroad.there.hub.room = replace(abroad.room, started_at=started_at)
        assert abroad.stay
        assert 0 <= elsewhere.air(abroad.stay, 1000.0).elapsed_s < 360_000
