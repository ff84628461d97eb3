"""How many may listen, who makes room for whom, and what a connection's ups and downs come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from exchange import Exchange, Link, Peer
from spacebox.engines.lines import HEARD_S, Lines
from spacebox.ports import Denied, Restarted
from spacebox.room.model import HOST

MOST = 6
SHARE = 2


@dataclass
class Room:
    """Lines, and what they tell the room."""

    exchange: Exchange = field(default_factory=Exchange)
    told: list[tuple[str, ...]] = field(default_factory=list)
    on_stage: bool = True
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.exchange, MOST, self._seat, self._unseat)

    def _seat(self, who: str, _uplink: Link, tool: bool) -> bool:
        self.told.append(("up", who, "tool" if tool else "page"))
        return self.on_stage

    def _unseat(self, who: str) -> None:
        self.told.append(("down", who))

    def listen(self, who: str | None, origin: str | None = None) -> Peer:
        """Open a line that connects."""
        peer = self.offer(who, origin)
        peer.become(connected=True)
        return peer

    def offer(self, who: str | None, origin: str | None = None) -> Peer:
        answer = self.lines.listen(who, "offer", origin)
        peer = self.exchange.links[-1].peer
        assert (answer.peer, answer.sdp, answer.session) == (peer.id, "answer", "ice0")
        return peer

    def speak(self, who: str, *, tool: bool = False) -> Peer:
        self.lines.speak(who, "offer", tool=tool)
        return self.exchange.links[-1].peer


@pytest.fixture
def room() -> Room:
    return Room()


def refused(attempt: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Denied) as denied:
        attempt()
    return denied.value.code, denied.value.reason


def test_so_many_listen_and_no_more(room: Room) -> None:
    peers = [room.offer(None) for _ in range(MOST)]
    code, reason = refused(lambda: room.offer(None))
    assert (code, reason) == ("full", "the box can carry no more live lines")
    assert len(room.exchange.links) == MOST, "nothing was opened for it"
    room.speak("ana")
    peers[0].close()
    room.offer(None)


def test_one_network_has_its_share(room: Room) -> None:
    for _ in range(SHARE):
        room.listen(None, "192.0.2.1")
    assert refused(lambda: room.listen(None, "192.0.2.1"))[0] == "full"
    room.listen(None, "192.0.2.2")
    for _ in range(MOST - SHARE - 1):
        room.listen(None, None)
    assert refused(lambda: room.listen(None, "192.0.2.3"))[0] == "full"


def test_a_small_box_has_a_place_for_every_network() -> None:
    lines = Lines(Exchange(), 1, lambda *_: True, lambda _: None)
    lines.listen(None, "offer", "192.0.2.1")


def test_a_seat_comes_back_to_a_full_room(room: Room) -> None:
    first = room.listen("ana", "192.0.2.1")
    for _ in range(MOST - 1):
        room.listen(None)
    second = room.listen("ana", "192.0.2.1")
    assert (first.over, second.over, len(room.lines)) == (True, False, MOST)


def test_who_is_away_makes_room_the_first_one_first(room: Room) -> None:
    peers = [room.listen(f"p{number}") for number in range(MOST)]
    for number in (4, 2):
        peers[number].become(connected=False)
    late = room.listen(None)
    assert [peer.over for peer in peers] == [False, False, True, False, False, False]
    late.become(connected=False)
    room.listen(None)
    assert peers[4].over
    assert not late.over


def test_who_has_not_connected_yet_is_not_away(room: Room) -> None:
    for _ in range(MOST):
        room.offer(None)
    assert refused(lambda: room.offer(None))[0] == "full"


def test_a_network_makes_room_among_its_own(room: Room) -> None:
    other = room.listen("other", "192.0.2.9")
    mine = [room.listen(f"p{number}", "192.0.2.1") for number in range(SHARE)]
    for peer in (other, mine[1]):
        peer.become(connected=False)
    room.listen("new", "192.0.2.1")
    assert [other.over, mine[0].over, mine[1].over] == [False, False, True]


def test_an_offer_that_fails_costs_nobody_their_line(room: Room) -> None:
    ana = room.listen("ana")
    voice = room.speak("ana")
    assert refused(lambda: room.lines.listen("ana", "hello", None))[0] == "malformed"
    assert refused(lambda: room.lines.speak("ana", "hello", tool=False))[0] == "malformed"
    assert [ana.over, voice.over, len(room.lines)] == [False, False, 2]


def test_a_voice_is_seated_once_and_unseated_at_its_end(room: Room) -> None:
    voice = room.speak("ana", tool=True)
    for connected in (True, False, True):
        voice.become(connected=connected)
        assert room.told == [("up", "ana", "tool")], "who was away is heard again as before"
        assert list(room.lines.speaking()) == (["ana"] if connected else [])
    assert room.lines.stop_speaking(voice.id) == "ana"
    assert room.told == [("up", "ana", "tool"), ("down", "ana")]
    assert (room.lines.stop_speaking(voice.id), len(room.lines)) == (None, 0)


def test_a_newer_voice_replaces_the_older(room: Room) -> None:
    older = room.speak("ana")
    older.become(connected=True)
    room.speak("ana").become(connected=True)
    assert older.over
    assert room.told == [("up", "ana", "page"), ("down", "ana"), ("up", "ana", "page")]


def test_who_may_not_be_heard_is_let_go(room: Room) -> None:
    room.on_stage = False
    voice = room.speak("ana")
    voice.become(connected=True)
    assert voice.over
    assert room.told == [("up", "ana", "page")], "never seated, so never unseated"


def test_a_voice_that_never_came_takes_no_seat_away(room: Room) -> None:
    room.speak("ana").close()
    assert room.told == []


def test_a_removed_one_loses_their_own_lines_alone(room: Room) -> None:
    nobody, kofi = room.listen(None), room.listen("kofi")
    ana, voice = room.listen("ana"), room.speak("ana")
    room.lines.hush("ana")
    assert [voice.over, ana.over] == [True, False]
    room.lines.deafen("ana")
    assert [ana.over, kofi.over, nobody.over] == [True, False, False]
    assert not room.lines.stop_listening(ana.id)
    assert room.lines.stop_listening(kofi.id)
    room.lines.close()
    assert (nobody.over, len(room.lines)) == (True, 0)


def test_a_fragment_goes_to_its_connection(room: Room) -> None:
    ear, voice = room.listen(None), room.speak("ana")
    assert room.lines.patch(ear.id, "ice0", "new") == Restarted("new", "ice1")
    assert room.lines.patch(voice.id, "ice0", "") is None
    assert refused(lambda: room.lines.patch(voice.id, "old", ""))[0] == "not_now"
    voice.close()
    assert refused(lambda: room.lines.patch(voice.id, "ice0", ""))[0] == "not_found"


def test_heard_is_told_by_guests_who_are_there(room: Room) -> None:
    room.listen(HOST)
    room.exchange.links[-1].reported_at = 100.0
    assert not room.lines.heard(100.0)
    guest = room.listen(None)
    room.exchange.links[-1].reported_at = 100.0
    assert room.lines.heard(100.0 + HEARD_S - 0.1)
    assert not room.lines.heard(100.0 + HEARD_S)
    guest.become(connected=False)
    assert not room.lines.heard(100.0)


def test_loss_is_the_mean_of_what_was_told(room: Room) -> None:
    assert room.lines.loss is None
    for lost in (0.1, 0.3, None):
        room.listen(None)
        room.exchange.links[-1].lost = lost
    assert room.lines.loss == pytest.approx(0.2)
