"""Tokens and invitations, without HTTP around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from served import Clock

from spacebox.hub import Hub
from spacebox.room.commands import EndSpace, Join, Remove, StartSpace
from spacebox.room.model import HOST, Role, new_room
from spacebox.store.book import BookFile
from spacebox.web import tokens as module
from spacebox.web.tokens import Invitation, Tokens


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


def test_tokens_outlive_the_box_and_its_spaces_end_does_not(hub: Hub, tmp_path: Path) -> None:
    hub.submit(Join("ana"))
    with kept(tmp_path) as book:
        tokens = Tokens(hub, book)
        host, old, ana = tokens.admit(HOST), tokens.admit("ana"), tokens.hand_over("ana")
        listener, speaker = tokens.invite(Role.LISTENER), tokens.invite(Role.SPEAKER)
        tokens.use(speaker, "ana")
        once = tokens.invite(Role.HOST)
        tokens.use(once, HOST)
    with kept(tmp_path) as book:
        tokens = Tokens(hub, book)
        assert [tokens.holder(t) for t in (host, old, ana, speaker)] == [HOST, None, "ana", "ana"]
        assert tokens.invitation(listener) == Invitation(Role.LISTENER)
        assert tokens.invitation(once) is None
        hub.submit(EndSpace(HOST, now=True))
    with kept(tmp_path) as book:
        tokens = Tokens(hub, book)
        assert [tokens.holder(t) for t in (host, ana, speaker)] == [HOST, None, None]
        assert tokens.invitation(listener) is None
    assert host not in (tmp_path / "tokens.jsonl").read_text()


def test_guests_tokens_end_where_their_space_does_not_go_on(hub: Hub, tmp_path: Path) -> None:
    with kept(tmp_path) as book:
        ana = Tokens(hub, book).admit("ana")
    with kept(tmp_path) as book:
        assert Tokens(Hub(new_room("Mira")), book).holder(ana) is None


def test_a_long_evening_does_not_fill_the_card(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHANGES", 50)
    with kept(tmp_path) as book:
        tokens = Tokens(hub, book)
        for _ in range(500):
            ana = tokens.hand_over("ana")
    with kept(tmp_path) as book:
        assert len(book.read()) <= 50
        assert Tokens(hub, book).holder(ana) == "ana"


def test_lines_of_another_version_are_left_out(hub: Hub, tmp_path: Path) -> None:
    strange = [
        {},
        {"token": 3, "of": "ana"},
        {"token": "x"},
        {"invitation": "x", "to": "king", "of": None},
    ]
    (tmp_path / "tokens.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in strange))
    with kept(tmp_path) as book:
        tokens = Tokens(hub, book)
        assert tokens.holder(tokens.admit("ana")) == "ana"


@contextmanager
def kept(folder: Path) -> Iterator[BookFile]:
    book = BookFile(folder / "tokens.jsonl")
    try:
        yield book
    finally:
        book.close()


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
