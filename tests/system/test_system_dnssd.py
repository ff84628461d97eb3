"""Boxes that find each other on this machine's loopback, without a network of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_interface

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from spacebox.ports.elsewhere import Neighbour
from spacebox.system.dnssd import HTTP, HTTPS, TITLE_BYTES, Card, Discovery
from spacebox.system.neighbours import TYPE, look_around, open_line
from spacebox.system.network import Network

PID = os.getpid()
# Its own, since several runs may go on at once.
ADDRESS = f"127.{PID >> 8 & 255}.{PID & 255}.1"
HERE = Network((ip_interface(f"{ADDRESS}/24"),))
NAME = f"radio{PID}"
CARD = Card(NAME, f"{NAME}-b0c5", "ACDEF", "0.1", "Slow radio", "live", 8080, 8443)
OTHER = replace(CARD, alias=f"{NAME}-d1e2", code="XYW34", state="idle", http_port=9090)
KITCHEN = Neighbour(NAME, f"http://{ADDRESS}:8080", "ACDEF", "Slow radio", "live")
pytestmark = pytest.mark.usefixtures("multicast")


@pytest.fixture(scope="module")
def multicast() -> None:
    """Skip where this machine carries none."""

    async def heard() -> bool:
        box = Discovery(lambda: CARD, HERE)
        try:
            return bool(await look_around(HERE, 3.0))
        finally:
            await box.stop()

    if not asyncio.run(heard()):
        pytest.skip("no multicast on loopback")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


def names(box: Discovery) -> list[str]:
    return [neighbour.name for neighbour in box.neighbours]


async def asked(kind: str, label: str) -> ServiceInfo:
    """Return what anybody learns of a service."""
    line: AsyncZeroconf = open_line(HERE)
    try:
        info = await line.async_get_service_info(kind, f"{label}.{kind}", 10_000)
        assert info is not None
        return info
    finally:
        await line.async_close()


async def test_who_comes_second_takes_another_name() -> None:
    first = Discovery(lambda: CARD, HERE)
    second = None
    try:
        await asked(TYPE, NAME)
        second = Discovery(lambda: OTHER, HERE)
        await until(lambda: names(first) == [f"{NAME}-d1e2"])
        await until(lambda: second.neighbours == (KITCHEN,))
    finally:
        await first.stop()
        if second:
            await second.stop()


async def test_of_two_who_come_at_once_one_keeps_the_name() -> None:
    both = [Discovery(lambda card=card: card, HERE) for card in (CARD, OTHER)]
    try:
        await until(lambda: names(both[0]) == [NAME])
        await until(lambda: names(both[1]) == [f"{NAME}-b0c5"])
    finally:
        await asyncio.gather(*(box.stop() for box in both))


async def test_what_is_announced() -> None:
    box = Discovery(lambda: replace(CARD, title="\U0001f4fb" * 100), HERE)
    try:
        info = await asked(TYPE, NAME)
        said = info.decoded_properties
        title = said.pop("title")
        assert said == {"txtvers": "1", "code": "ACDEF", "state": "live", "version": "0.1"}
        assert title == "\U0001f4fb" * (TITLE_BYTES // 4)
        assert (info.port, info.server) == (8080, f"{NAME}.local.")
        page, secure = await asked(HTTP, NAME), await asked(HTTPS, NAME)
        assert (page.port, secure.port) == (8080, 8443)
        assert page.decoded_properties["path"] == "/s/ACDEF"
        assert page.parsed_addresses() == [ADDRESS]
    finally:
        await box.stop()


async def test_changes_are_told_and_so_is_the_end() -> None:
    cards = [CARD]
    box, friend = Discovery(lambda: cards[-1], HERE), Discovery(lambda: OTHER, HERE)
    try:
        await until(lambda: bool(friend.neighbours))
        cards.append(replace(CARD, title="Night shift", state="wrapping"))
        box.changed()
        await until(lambda: [n.title for n in friend.neighbours] == ["Night shift"])
        assert friend.neighbours[0].state == "wrapping"
        await box.stop()
        await until(lambda: not friend.neighbours)
    finally:
        await friend.stop()


async def test_without_a_network_it_waits_for_one() -> None:
    box, friend = Discovery(lambda: CARD, Network()), Discovery(lambda: OTHER, HERE)
    try:
        assert box.neighbours == ()
        box.moved(HERE)
        await until(lambda: bool(box.neighbours) and bool(friend.neighbours))
        box.moved(Network())
        await until(lambda: box.neighbours == ())
    finally:
        await asyncio.gather(box.stop(), friend.stop())
