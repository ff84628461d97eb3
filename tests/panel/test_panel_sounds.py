from __future__ import annotations

from collections.abc import Callable

import pytest

from panel.abroad import ME, Abroad
from spacebox.hub import Hub
from spacebox.mixer.chime import Chime, chime
from spacebox.mixer.frame import Samples
from spacebox.panel.sounds import Sounds
from spacebox.ports.elsewhere import Link
from spacebox.room import commands as c
from spacebox.room.model import HOST, Announcement, new_room

NAMES = {id(chime(name)): name for name in Chime}


class Room:
    """A live room, and what its host heard since the last question."""

    def __init__(self, *, chime_joins: bool = False, speak: bool = False) -> None:
        self.hub = Hub(new_room("Mira", Announcement(), 10), clock=lambda: 0.0)
        self._heard: list[Chime | str] = []
        self.sounds = Sounds(self._play, self if speak else None, chime_joins=chime_joins)
        self.hub.listen(self.sounds.on_event)
        self.hub.submit(c.StartSpace(HOST))

    def say(self, text: str) -> None:
        self._heard.append(text)

    def hush(self) -> None:
        self._heard.append("(hush)")

    def _play(self, samples: Samples) -> None:
        self._heard.append(NAMES[id(samples)])

    def after(self, *commands: c.Command) -> list[Chime | str]:
        """Return what the commands sounded like."""
        self._heard.clear()
        for command in commands:
            self.hub.submit(command)
        return list(self._heard)


def test_the_hosts_microphone_is_heard_to_open_and_shut_whoever_did_it() -> None:
    room = Room()
    assert room.after(c.SetMuted(HOST, muted=False)) == [Chime.ON_AIR]
    assert room.after(c.SetMuted(HOST, muted=False)) == []
    assert room.after(c.SetMuted(HOST, muted=True)) == [Chime.MUTED]


def test_the_microphones_of_others_are_theirs() -> None:
    room = Room()
    join(room, "ana", "Ana")
    room.after(c.RequestToSpeak("ana", ""), c.Approve(HOST, "ana"))
    assert room.after(c.SetMuted("ana", muted=False)) == []


def test_a_request_is_heard_once() -> None:
    room = Room()
    join(room, "ana", "Ana")
    assert room.after(c.RequestToSpeak("ana", "the garden")) == [Chime.REQUEST]
    assert room.after(c.RequestToSpeak("ana", "the fence")) == []
    room.after(c.WithdrawRequest("ana"))
    assert room.after(c.RequestToSpeak("ana", "the fence")) == [Chime.REQUEST]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "Ana wants to speak."), ("the fence", "Ana wants to speak: the fence")],
)
def test_a_request_is_spoken_where_that_is_wanted(reason: str, sentence: str) -> None:
    room = Room(speak=True)
    join(room, "ana", "Ana")
    assert room.after(c.RequestToSpeak("ana", reason)) == [Chime.REQUEST, sentence]
    assert room.after(c.RequestToSpeak("ana", "something else")) == []


@pytest.mark.parametrize(
    "command",
    [
        c.Approve(HOST, "ana"),
        c.Decline(HOST, "ana"),
        c.Defer(HOST, "ana"),
        c.WithdrawRequest("ana"),
        c.SetMuted(HOST, muted=False),
        c.EndSpace(HOST),
    ],
)
def test_the_voice_is_silent_once_it_has_told_enough(command: c.Command) -> None:
    room = Room(speak=True)
    join(room, "ana", "Ana")
    room.after(c.RequestToSpeak("ana", "the fence"))
    assert "(hush)" in room.after(command)


def test_who_comes_by_name_is_heard_where_that_is_wanted() -> None:
    quiet, room = Room(), Room(chime_joins=True)
    assert join(quiet, "ana", "Ana") == []
    assert join(room, "ana", "Ana") == [Chime.JOIN]
    assert join(room, "nobody", "") == []
    assert join(room, "nobody", "Bo") == [Chime.JOIN]
    assert join(room, "nobody", "Bob") == []
    assert room.after(c.Leave("ana")) == []


def test_the_end_is_heard_and_the_start_is_not() -> None:
    room = Room()
    assert room.after(c.EndSpace(HOST)) == [Chime.ENDED]
    assert room.after(c.StartSpace(HOST)) == []
    assert room.after(c.WrapUp(HOST)) == []
    assert room.after(c.EndSpace(HOST, now=True)) == [Chime.ENDED]
    assert room.after(c.StartSpace(HOST)) == []


def join(room: Room, who: str, name: str) -> list[Chime | str]:
    return room.after(c.Join(who, name))


# Elsewhere


class Away(Room):
    """A stay in a room elsewhere, and what our host heard of it since the last question."""

    def __init__(self) -> None:
        super().__init__()
        self.abroad = Abroad(lambda: 0.0)
        self.abroad.listen(lambda: self.sounds.on_visit(self.abroad.stay, self.abroad.parting))
        self.abroad.arrive()

    def since(self, happening: Callable[[], object]) -> list[Chime | str]:
        self._heard.clear()
        happening()
        return list(self._heard)


async def test_a_guest_hears_being_called_and_their_microphone() -> None:
    away = Away()
    there = away.abroad.there
    assert away.since(lambda: there.asks("ana")) == [], "others are their host's business"
    invited = away.since(lambda: there.does(c.InviteToStage(HOST, ME)))
    assert invited == [Chime.REQUEST]
    assert away.since(lambda: there.does(c.AcceptInvitation(ME))) == [], "that was told"
    there.does(c.ReportUplink(ME))
    there.does(c.SetMuted(ME, False))
    assert away.since(lambda: away.abroad.mute(False)) == [Chime.ON_AIR]
    assert away.since(lambda: there.does(c.Mute(HOST, ME))) == [Chime.MUTED]


async def test_a_guest_hears_that_they_are_up_that_it_broke_and_that_it_is_over() -> None:
    away = Away()
    assert away.since(away.abroad.come_up) == [Chime.REQUEST]
    away.abroad.there.does(c.SetMuted(ME, False))
    away.abroad.mute(False)
    assert away.since(lambda: away.abroad.be(Link.LOST)) == [Chime.MUTED]
    assert away.since(lambda: away.abroad.be(Link.THERE)) == [], "up as before, and muted"
    assert away.since(lambda: away.abroad.part("Over", "…")) == [Chime.ENDED]
    away.abroad.arrive_again()
    assert away.since(lambda: away.abroad.be(None)) == [], "who leaves knows it"
