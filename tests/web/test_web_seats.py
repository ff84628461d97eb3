"""Tokens and invitations, without HTTP around them."""

from __future__ import annotations

import pytest
from served import Clock

from spacebox.hub import Hub
from spacebox.room.commands import EndSpace, Join, Remove, StartSpace
from spacebox.room.model import HOST, Role, new_room
from spacebox.web import seats as module
from spacebox.web.seats import Seats


@pytest.fixture
def hub() -> Hub:
    hub = Hub(new_room("Mira"), Clock())
    hub.submit(StartSpace(HOST))
    return hub


def test_tokens_are_not_to_be_guessed_nor_read_from_memory(hub: Hub) -> None:
    seats = Seats(hub)
    tokens = {seats.admit("ana") for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 for token in tokens)
    assert not any(token in repr(vars(seats)) for token in tokens)


@pytest.mark.parametrize("token", ["", "made-up", "\ud800", "a" * 10_000])
def test_what_is_no_token(hub: Hub, token: str) -> None:
    seats = Seats(hub)
    assert (seats.holder(token), seats.invitation(token)) == (None, None)
    seats.forget(token)


def test_memory_is_bounded_by_those_who_left(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOKENS", 4)
    seats = Seats(hub)
    for name in ("ana", "ben"):
        hub.submit(Join(name))
    host, ana, ben = (seats.admit(who) for who in (HOST, "ana", "ben"))
    hub.submit(Remove(HOST, "ben", ban=True))

    left = [seats.admit(f"gone{number}") for number in range(3)]

    assert [seats.holder(token) for token in (host, ana, ben)] == [HOST, "ana", "ben"]
    assert [seats.holder(token) for token in left] == [None, None, "gone2"]


def test_even_seated_tokens_are_bounded_and_the_hosts_is_kept(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOKENS", 2)
    seats = Seats(hub)
    hub.submit(Join("ana"))
    host, *ana = (seats.admit(who) for who in (HOST, "ana", "ana"))
    assert [seats.holder(token) for token in (host, *ana)] == [HOST, None, "ana"]


def test_the_end_of_the_space_ends_every_invitation_but_the_hosts(hub: Hub) -> None:
    seats = Seats(hub)
    links = {role: seats.invite(role) for role in Role}
    hub.submit(EndSpace(HOST, now=True))
    left = [role for role, link in links.items() if seats.invitation(link)]
    assert left == [Role.HOST]
