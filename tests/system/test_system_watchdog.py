"""Who gets fed: a box of which every part lives."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from spacebox.system.watchdog import Part, bites_after_s, fed, silent


def test_a_part_may_be_silent_for_as_long_as_it_has_patience() -> None:
    clock, disk = Part("the clock", lambda: 10.0, 2.0), Part("the disk", lambda: 7.0, 6.0)
    assert silent((clock, disk), 12.0) == ()
    assert silent((clock, disk), 12.5) == ("the clock",)
    assert silent((clock, disk), 13.5) == ("the clock", "the disk")


@pytest.mark.parametrize(
    ("environ", "bites_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "10000000"}, 10.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_only_a_watchdog_of_our_own_is_fed(environ: dict[str, str], bites_s: float | None) -> None:
    assert bites_after_s(environ) == bites_s


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """Return where the service manager is told how we are; its watchdog is a hasty one."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "notify"))
    listener.setblocking(False)
    return listener


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


def drained(listener: socket.socket) -> list[bytes]:
    said = []
    while True:
        try:
            said.append(listener.recv(100))
        except BlockingIOError:
            return said


async def test_it_is_fed_again_and_again_but_not_for_a_dead_part(
    manager: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    asked, living = 0, True

    def seen() -> float:
        nonlocal asked
        asked += 1
        return float("inf") if living else 0.0

    with manager, fed((Part("the clock", seen, 1.0),)):
        await until(lambda: asked >= 4)
        assert drained(manager)[:3] == [b"WATCHDOG=1"] * 3
        living = False
        await until(lambda: "no sign of life: the clock" in caplog.text)
        drained(manager)
        until_now = asked
        await until(lambda: asked >= until_now + 3)
        assert drained(manager) == []
        assert caplog.messages == ["no sign of life: the clock"]
        living = True
        await until(lambda: drained(manager) == [b"WATCHDOG=1"])


async def test_nobody_is_fed_where_no_watchdog_is(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC")
    before = asyncio.all_tasks()
    with manager, fed(()):
        assert asyncio.all_tasks() == before
        await asyncio.sleep(0)
        assert drained(manager) == []


async def test_feeding_ends_with_what_it_is_for(manager: socket.socket) -> None:
    before = asyncio.all_tasks()
    with manager:
        with fed(()):
            await until(lambda: drained(manager))
        await until(lambda: asyncio.all_tasks() == before)
