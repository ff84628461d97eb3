"""What people type leads to a room, or to a sentence that says what does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from spacebox.engines.guest.link import BoxLink
from spacebox.engines.guest.target import Targets
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Neighbour
from visitor import visitor

NEAR = Neighbour("den", "http://192.0.2.7:8080/", "ACDEF", "Slow radio", "live")


@pytest.fixture
async def targets() -> AsyncIterator[Targets]:
    async with visitor() as one:
        yield Targets("Mira", one.sound, lambda: 0.0, lambda: (NEAR,))


@pytest.mark.parametrize(
    ("text", "base", "page", "invite"),
    [
        ("http://192.0.2.7:8080/s/ACDEF", "http://192.0.2.7:8080", "/s/ACDEF", ""),
        ("HTTP://DEN.LOCAL/S/ACDEF", "http://den.local", "/S/ACDEF", ""),
        ("https://radio.example/s/ACDEF#invite=t0k-e_n", "https://radio.example", "/s/ACDEF", "t"),
        ("http://192.0.2.7/", "http://192.0.2.7", "", ""),
        ("http://[2001:db8::7]:8080", "http://[2001:db8::7]:8080", "", ""),
        ("https://radio.example/box/s/ACDEF/", "https://radio.example/box", "/s/ACDEF/", ""),
    ],
)
def test_a_link_is_read(text: str, base: str, page: str, invite: str) -> None:
    link = BoxLink.read(text)
    assert (link.base, link.page) == (base, base + page)
    assert link.invite == ("t0k-e_n" if invite else "")


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "http://user@radio.example/",
        "http://radio.example:port/",
        "http://radio.example:99999/",
        "http://[::1/",
        "http://radio example/",
        "http://radio.example/\r\nHost: x",
        "http://radio.example/../..",
        "http://ra\u202edio.example/",
        "http://" + "a" * 300,
        "http://radio.example/#invite=a b",
        "http://radio.example/#invite=" + "a" * 200,
        "http://radio.example/#" + "a&" * 200,
        "ftp://radio.example/",
    ],
)
def test_what_is_no_link_is_malformed(text: str) -> None:
    with pytest.raises(Denied) as denied:
        BoxLink.read(text)
    assert denied.value.code == "malformed"
    assert denied.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        ("http://192.0.2.9/s/ACDEF", "box", "192.0.2.9"),
        (" acdef ", "box", "192.0.2.7"),
        ("192.0.2.9:8080/s/acdef#invite=t0ken", "box", "192.0.2.9"),
        ("den.local", "box", "den.local"),
        ("den:8080", "box", "den"),
        ("janus+wss://janus.example/?room=1234", "janus", "janus.example"),
        ("whep+https://live.example/whep whip+https://live.example/whip", "whip", "live.example"),
        ("WHIP+https://live.example/whip", "whip", "live.example"),
    ],
)
async def test_each_kind_has_its_own_engine(
    targets: Targets, text: str, kind: str, where: str
) -> None:
    engine = targets(text, "", lambda: None)
    assert (engine.name, engine.where) == (kind, where)
    assert engine.room.announcement.title in (where, "Room 1234"), "until it tells its own"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("ACDE", "malformed"),
        ("x.com/i/spaces/1", "malformed"),
        ("https://www.x.com/i/spaces/1", "malformed"),
        ("http://den.local http://attic.local", "malformed"),
        ("192.0.2.9/s/ACDEF/x", "malformed"),
        ("file:///etc/passwd", "malformed"),
        ("http://[", "malformed"),
        ("janus+wss://janus.example/", "malformed"),
        ("http://radio.example/" + "a" * 3000, "malformed"),
        ("ACDEX", "not_found"),
    ],
)
async def test_everything_else_is_refused_with_a_sentence(
    targets: Targets, text: str, code: str
) -> None:
    with pytest.raises(Denied) as denied:
        targets(text, "", lambda: None)
    assert denied.value.code == code
    assert denied.value.reason[0].isupper()
    assert denied.value.reason.endswith(".")
