from dataclasses import replace

import pytest

from panel.abroad import ME, Abroad
from panel.evening import Evening
from spacebox.panel.follow import FAULT_S, LATER_S, NOTICE_S, follow
from spacebox.panel.front import BLANK_S, Besides, Front, Page, situation, turn
from spacebox.panel.meaning import Situation
from spacebox.panel.views import Notice, Pairing
from spacebox.ports import Fault
from spacebox.ports.elsewhere import Parting
from spacebox.room import commands as c
from spacebox.room.model import HOST

CARD_FULL = Fault("The card is full", "Make room on it.", "disk: …")
NO_MIC = Fault("No microphone", "Plug it in.", "sound: …")


class Sight:
    """A front that follows an evening."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.front = Front(touched_at=evening.now)
        self.faults: tuple[Fault, ...] = ()
        self.pairing: Pairing | None = None
        self.parting: Parting | None = None
        self.pages: tuple[Page, ...] = ()
        self.abroad: Abroad | None = None

    def now(self) -> Front:
        stay = self.abroad.stay if self.abroad else None
        besides = Besides(self.faults, stay, self.parting, self.pairing, self.pages)
        self.front = follow(self.front, self.evening.hub.room, besides, self.evening.now)
        return self.front

    def tap(self) -> Front:
        self.front = turn(self.now(), self.evening.hub.room, self.evening.now)
        return self.now()

    def situation(self) -> Situation:
        return situation(self.now(), self.evening.hub.room)


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_the_first_in_line_comes_up_and_stays_until_decided(evening: Evening) -> None:
    sight = Sight(evening)
    evening.live()
    assert sight.situation() is Situation.LIVE
    evening.asks("ana", "jun")
    assert (sight.now().card, sight.situation()) == ("ana", Situation.CARD)
    evening.wait(5)
    assert sight.now().card == "ana"
    evening.does(c.Approve(HOST, "ana"))
    assert sight.now().card == "jun"
    evening.does(c.WithdrawRequest("jun"))
    assert (sight.now().card, sight.situation()) == (None, Situation.LIVE)


def put_off(sight: Sight, who: str) -> None:
    sight.evening.does(c.Defer(HOST, who))
    later = {**sight.front.later, who: sight.evening.now}
    sight.front = replace(sight.front, later=later)


def test_somebody_put_off_comes_back_after_a_minute_or_by_a_tap(evening: Evening) -> None:
    sight = Sight(evening)
    evening.live()
    evening.asks("ana")
    sight.now()
    put_off(sight, "ana")
    assert sight.situation() is Situation.LIVE
    assert (sight.tap().page, sight.front.card) == (Page.LATER, "ana")
    assert sight.situation() is Situation.CARD
    evening.wait(LATER_S)
    assert (sight.now().page, sight.front.card) == (Page.MAIN, "ana")


def test_who_was_put_off_is_next_once_the_others_are_through(evening: Evening) -> None:
    sight = Sight(evening)
    evening.live()
    evening.asks("ana", "jun")
    sight.now()
    put_off(sight, "ana")
    assert sight.now().card == "jun"
    evening.does(c.Approve(HOST, "jun"))
    assert sight.now().card == "ana"


def test_a_fault_covers_the_card_until_it_was_seen_or_is_over(evening: Evening) -> None:
    sight = Sight(evening)
    evening.live()
    evening.asks("ana")
    sight.faults = (NO_MIC, CARD_FULL)
    assert (sight.now().fault, sight.situation()) == (NO_MIC, Situation.LIVE)
    assert sight.tap().fault == CARD_FULL
    assert sight.tap().fault is None
    assert sight.situation() is Situation.CARD
    sight.faults = ()
    sight.now()
    sight.faults = (NO_MIC,)
    assert sight.now().fault == NO_MIC, "it came anew"


def test_pages_are_turned_and_give_way_by_themselves(evening: Evening) -> None:
    sight = Sight(evening)
    pages = [sight.now().page] + [sight.tap().page for _ in range(3)]
    assert pages == [Page.MAIN, Page.CODE, Page.SOUND, Page.MAIN]
    sight.tap()
    evening.wait(30)
    assert sight.now().page is Page.MAIN
    evening.live()
    evening.does(c.WrapUp(HOST))
    pages = [sight.now().page] + [sight.tap().page for _ in range(3)]
    assert pages == [Page.MAIN, Page.LIVE, Page.CODE, Page.MAIN]
    evening.does(c.EndSpace(HOST))
    assert sight.tap().page is Page.MAIN


def test_the_glass_rests_when_idle_and_never_while_live(evening: Evening) -> None:
    sight = Sight(evening)
    evening.wait(BLANK_S)
    assert sight.now().resting(evening.now)
    sight.faults = (NO_MIC,)
    assert not sight.now().resting(evening.now), "a fault asks for attention"
    evening.wait(BLANK_S)
    evening.live()
    assert not sight.now().resting(evening.now)
    evening.wait(10 * BLANK_S)
    assert not sight.now().resting(evening.now)
    assert not sight.front.dimmed(evening.now)


def test_a_notice_is_over_soon(evening: Evening) -> None:
    sight = Sight(evening)
    sight.front = Front(notice=Notice("Not now", "…"), notice_since=evening.now)
    assert sight.now().covered
    evening.wait(NOTICE_S)
    assert not sight.now().covered


# What comes from elsewhere

CODE = Pairing("482913", 41, 60)


def test_a_pairing_code_covers_a_card_and_can_be_waved_away(evening: Evening) -> None:
    sight = Sight(evening)
    evening.live()
    evening.asks("ana")
    sight.pairing = CODE
    assert (sight.now().pairing, sight.situation()) == (CODE, Situation.LIVE)
    sight.faults = (NO_MIC,)
    assert sight.tap().pairing is None, "and the fault is next"
    assert sight.now().fault == NO_MIC
    assert sight.tap().fault is None
    assert sight.situation() is Situation.CARD
    sight.pairing = replace(CODE, left_s=40)
    assert sight.now().pairing is None
    sight.pairing = Pairing("117101", 60, 60)
    assert sight.now().pairing == sight.pairing, "another one"


def test_a_pairing_code_stands_before_no_open_microphone_and_no_countdown(
    evening: Evening,
) -> None:
    sight = Sight(evening)
    sight.pairing = CODE
    assert sight.now().pairing == CODE
    evening.live()
    assert sight.now().pairing == CODE
    evening.does(c.SetMuted(HOST, False))
    assert sight.now().pairing is None
    evening.does(c.SetMuted(HOST, True))
    assert sight.now().pairing == CODE
    evening.does(c.EndSpace(HOST))
    assert sight.now().pairing is None


def test_a_pairing_code_stands_before_no_open_microphone_elsewhere(evening: Evening) -> None:
    sight = Sight(evening)
    abroad = visit(sight)
    sight.pairing = CODE
    assert (sight.now().pairing, sight.situation()) == (CODE, Situation.GUEST_LISTENING)
    abroad.come_up()
    assert sight.situation() is Situation.GUEST_SPEAKING
    abroad.there.does(c.SetMuted(ME, False))
    abroad.mute(False)
    assert (sight.now().pairing, sight.situation()) == (None, Situation.GUEST_ON_STAGE)


def test_the_glass_wakes_for_a_code_and_for_the_end_of_a_stay(evening: Evening) -> None:
    sight = Sight(evening)
    evening.wait(BLANK_S)
    assert sight.now().resting(evening.now)
    sight.pairing = CODE
    assert not sight.now().resting(evening.now)
    sight.pairing = None
    evening.wait(BLANK_S)
    sight.parting = Parting("The Space is over", "Mira ended it.", evening.now)
    assert not sight.now().resting(evening.now)
    assert sight.front.parting == sight.parting


def test_there_are_pages_for_what_there_is_to_tell(evening: Evening) -> None:
    sight = Sight(evening)
    sight.pages = (Page.TRUST, Page.REACH)
    pages = [sight.tap().page for _ in range(5)]
    assert pages == [Page.CODE, Page.TRUST, Page.REACH, Page.SOUND, Page.MAIN]
    sight.tap()
    sight.tap()
    sight.pages = ()
    assert sight.tap().page is Page.CODE, "what is gone is left for the first that is not"


def test_a_fault_gives_way_soon_in_a_stay_too(evening: Evening) -> None:
    sight = Sight(evening)
    visit(sight)
    sight.faults = (NO_MIC,)
    assert sight.now().fault == NO_MIC
    evening.wait(FAULT_S)
    assert sight.now().fault is None


def visit(sight: Sight) -> Abroad:
    sight.abroad = Abroad(lambda: sight.evening.now)
    sight.abroad.arrive()
    return sight.abroad
