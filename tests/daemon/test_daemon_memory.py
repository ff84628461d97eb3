"""What a box remembers, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spacebox.daemon.memory import Memory
from spacebox.room.commands import EndSpace, StartSpace
from spacebox.room.model import HOST, Role, new_room
from spacebox.web.tokens import Tokens


@contextmanager
def remembering(folder: Path) -> Iterator[tuple[Memory, Tokens]]:
    memory = Memory(folder, new_room("Mira"))
    try:
        yield memory, Tokens(memory.hub, memory.tokens)
    finally:
        memory.close()


def test_what_is_erased_on_air_does_not_come_back_as_the_box_ends(tmp_path: Path) -> None:
    with remembering(tmp_path) as (memory, tokens):
        memory.hub.submit(StartSpace(HOST, title="Evening radio"))
        host = tokens.admit(HOST)
    with remembering(tmp_path) as (memory, tokens):
        assert memory.goes_on
        assert tokens.holder(host) == HOST
        memory.forget()
        tokens.invite(Role.HOST)
        memory.hub.submit(EndSpace(HOST, now=True))
    assert list(tmp_path.iterdir()) == []
    with remembering(tmp_path) as (memory, tokens):
        assert not memory.goes_on
        assert tokens.holder(host) is None
