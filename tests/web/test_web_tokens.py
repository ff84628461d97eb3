"""Tokens and invitations, without HTTP around them."""

from __future__ import annotations

import pytest
from served import Clock

from spacebox.hub import Hub
from spacebox.room.commands import EndSpace, Join, Remove, StartSpace
from spacebox.room.model import HOST, Role, new_room
from spacebox.web import tokens as module
from spacebox.web.tokens import Tokens


@pytest.fixture
def hub() -> Hub:
    hub = Hub(new_room("Mira"), Clock())
    hub.submit(StartSpace(HOST))
    return hub


def test_tokens_are_not_to_be_guessed_nor_read_from_memory(hub: Hub) -> None:
    tokens = Tokens(hub)
    made = {tokens.admit("ana") for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 32 for token in made)
    assert not any(token in repr(vars(tokens)) for token in made)


@pytest.mark.parametrize("token", ["", "made-up", "\ud800", "a" * 10_000])
def test_what_is_no_token(hub: Hub, token: str) -> None:
    tokens = Tokens(hub)
    assert (tokens.holder(token), tokens.invitation(token)) == (None, None)
    tokens.forget(token)


def test_memory_is_bounded_by_those_who_left(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOKENS", 4)
    tokens = Tokens(hub)
    for name in ("ana", "ben"):
        hub.submit(Join(name))
    host, ana, ben = (tokens.admit(who) for who in (HOST, "ana", "ben"))
    hub.submit(Remove(HOST, "ben", ban=True))

    left = [tokens.admit(f"gone{number}") for number in range(3)]

    assert [tokens.holder(token) for token in (host, ana, ben)] == [HOST, "ana", "ben"]
    assert [tokens.holder(token) for token in left] == [None, None, "gone2"]


def test_even_seated_tokens_are_bounded_and_the_hosts_is_kept(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOKENS", 2)
    tokens = Tokens(hub)
    hub.submit(Join("ana"))
    host, *ana = (tokens.admit(who) for who in (HOST, "ana", "ana"))
    assert [tokens.holder(token) for token in (host, *ana)] == [HOST, None, "ana"]


def test_the_end_of_the_space_ends_every_invitation_but_the_hosts(hub: Hub) -> None:
    tokens = Tokens(hub)
    links = {role: tokens.invite(role) for role in Role}
    hub.submit(EndSpace(HOST, now=True))
    left = [role for role, link in links.items() if tokens.invitation(link)]
    assert left == [Role.HOST]
