"""Who is in a room without a host, as events of an AudioBridge tell it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spacebox.engines.guest.attendance import after, muted, open_room, seat, silences
from spacebox.room.model import HOST, PEOPLE_LIMIT, Participant, Role, Room, State

ME = seat(1)
ANA, BO = seat(2), seat("bo")


def room() -> Room:
    me = Participant(ME, "Mira", Role.SPEAKER)
    return open_room("rooms.example", "Room 1234", me, 10.0)


def with_ana(**fields: Any) -> Room:
    entry = {"id": 2, "display": "Ana", "setup": True, "muted": False, **fields}
    return after(room(), {"audiobridge": "joined", "participants": [entry]}, ME, 20.0)


def event(**fields: Any) -> dict[str, Any]:
    return {"audiobridge": "event", **fields}


def test_an_open_room_has_us_on_its_stage() -> None:
    empty = room()
    assert (empty.state, empty.announcement.title) == (State.LIVE, "Room 1234")
    assert (empty.host_name, empty.participants[HOST].name) == ("rooms.example", "rooms.example")
    assert empty.participants[ME].on_stage
    assert empty.started_at == 10.0


def test_they_come_are_muted_and_go() -> None:
    here = with_ana()
    assert here.participants[ANA] == Participant(ANA, "Ana", Role.SPEAKER, muted=False)
    quiet = after(here, event(participants=[{"id": 2, "display": "Ana", "muted": True}]), ME, 21.0)
    assert quiet.participants[ANA].muted
    for word in ("leaving", "kicked"):
        assert ANA not in after(quiet, event(**{word: 2}), ME, 22.0).participants


def test_who_has_no_sound_yet_is_away() -> None:
    assert with_ana(setup=False).participants[ANA].away_since == 20.0


def test_who_talks_is_told_and_measured() -> None:
    talking = after(with_ana(), {"audiobridge": "talking", "id": 2}, ME, 21.0)
    assert talking.participants[ANA].speaking_since == 21.0
    assert after(talking, {"audiobridge": "talking", "id": 2}, ME, 22.0) is talking
    quiet = after(talking, {"audiobridge": "stopped-talking", "id": 2}, ME, 24.0)
    assert quiet.participants[ANA].speaking_since is None
    assert quiet.participants[ANA].talk_s == 3.0
    shut = after(talking, event(participants=[{"id": 2, "muted": True}]), ME, 23.0)
    assert shut.participants[ANA].talk_s == 2.0
    assert shut.participants[ANA].name == "Ana"


def test_what_they_say_of_us_changes_nothing_but_may_silence() -> None:
    here = room()
    for told in (
        event(leaving=1),
        event(participants=[{"id": 1, "display": "Bogus", "muted": False}]),
    ):
        assert after(here, told, ME, 11.0) == here
        assert not silences(told, ME)
    assert silences(event(participants=[{"id": 1, "muted": True}]), ME)
    assert silences(event(muted=True), ME)
    assert not silences(event(participants=[{"id": 2, "muted": True}]), ME)


def test_our_microphone_as_we_or_they_shut_it() -> None:
    opened = muted(room(), ME, False, 11.0)
    assert not opened.participants[ME].muted
    shut = muted(opened, ME, True, 12.0, by_them=True)
    assert (shut.participants[ME].muted, shut.participants[ME].silenced) == (True, True)
    assert not muted(shut, ME, False, 13.0).participants[ME].silenced


def test_whatever_is_told_leaves_a_room() -> None:
    here = with_ana()
    for told in (
        {},
        {"audiobridge": 7},
        event(participants=7),
        event(participants=[None, [], {"id": None}, {"id": True}, {"id": 2.5}]),
        event(leaving="host", kicked={}),
        {"audiobridge": "talking", "id": 99},
        {"audiobridge": "talking"},
    ):
        assert after(here, told, ME, 21.0) == here


def test_names_are_cleaned_and_ids_are_never_ours() -> None:
    told = event(participants=[{"id": "host", "display": "\u202eana\ud800" + "x" * 100_000}])
    stranger = after(room(), told, ME, 20.0).participants["there-host"]
    assert (stranger.name[:3], len(stranger.name)) == ("ana", 32)
    nameless = after(room(), event(participants=[{"id": "bo"}]), ME, 20.0)
    assert nameless.participants[BO].name == "Guest"
    assert len(seat("i" * 100_000)) < 100


def test_a_million_people_are_not_let_in() -> None:
    crowd = [{"id": n + 10, "display": f"Number {n}"} for n in range(1_000_000)]
    full = after(room(), event(participants=crowd), ME, 20.0)
    assert len(full.participants) == PEOPLE_LIMIT
    changed = after(full, event(participants=[{"id": 10, "display": "Known"}]), ME, 21.0)
    assert changed.participants[seat(10)].name == "Known"
    assert replace(changed, participants=full.participants) == full
