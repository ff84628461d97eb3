"""What an announcement is worth: anybody on the network may announce anything."""

from __future__ import annotations

import asyncio
from ipaddress import ip_interface
from typing import Any

import pytest
from zeroconf import ServiceInfo

from spacebox.ports.elsewhere import Neighbour
from spacebox.system.neighbours import TITLE_LENGTH, TYPE, look_around, read
from spacebox.system.network import Network

HERE = Network(tuple(map(ip_interface, ("192.0.2.7/24", "172.17.0.1/16", "2001:db8::7/64"))))
NEAR = "192.0.2.9"
SAID: dict[str, Any] = {"code": "ACDEF", "title": "Slow radio", "state": "live"}


def announced(
    said: dict[str, Any] = SAID,
    *addresses: str,
    label: str = "radio",
    port: int = 8080,
) -> ServiceInfo:
    at = list(addresses or (NEAR,))
    properties = {key: value for key, value in said.items() if value is not None}
    return ServiceInfo(TYPE, f"{label}.{TYPE}", port, properties=properties, parsed_addresses=at)


def seen(info: ServiceInfo, own_port: int | None = 8080) -> Neighbour:
    neighbour = read(info, HERE, own_port)
    assert neighbour is not None
    return neighbour


def test_a_box_is_known_by_what_it_says_and_found_by_where_it_is() -> None:
    said = {**SAID, "url": "http://evil.example", "address": "198.51.100.1", "port": "1"}
    assert seen(announced(said)) == Neighbour(
        "radio", f"http://{NEAR}:8080", "ACDEF", "Slow radio", "live"
    )


@pytest.mark.parametrize(
    ("addresses", "host"),
    [
        (("198.51.100.1", NEAR), NEAR),
        (("172.17.0.1", NEAR), NEAR),  # a bridge for containers has that address on both
        (("2001:db8::9",), "[2001:db8::9]"),
        (("192.0.2.7",), "192.0.2.7"),  # another box on this machine
    ],
)
def test_the_address_is_one_that_leads_there(addresses: tuple[str, ...], host: str) -> None:
    assert seen(announced(SAID, *addresses), 8081).url == f"http://{host}:8080"


@pytest.mark.parametrize(
    "info",
    [
        announced(SAID, "127.0.0.1"),
        announced(SAID, "198.51.100.1"),
        announced(SAID, "0.0.0.0", "224.0.0.251", "255.255.255.255"),
        announced(SAID, "192.0.2.7", "172.17.0.1"),
        announced({**SAID, "code": None}),
        announced({**SAID, "code": "ACDE/"}),
        announced({**SAID, "code": "ACDEF\n"}),
        announced({**SAID, "code": b"\xff" * 5}),
        announced(port=0),
    ],
    ids=["loopback", "far", "many", "itself", "none", "path", "line", "bytes", "port"],
)
def test_what_is_no_box_to_reach_from_here_is_nobody(info: ServiceInfo) -> None:
    assert read(info, HERE, 8080) is None


def test_text_is_cleaned_and_bounded() -> None:
    said = {**SAID, "title": "\u202e\x1b[2J" + "x" * 200, "state": "\x00live"}
    neighbour = seen(announced(said, label="<b>\u202ename"))
    assert neighbour.title == "[2J" + "x" * (TITLE_LENGTH - 5)
    assert neighbour.state == "idle"
    assert neighbour.name == "<b>name"


def test_bytes_that_are_no_text_and_names_of_nothing_are_shown_somehow() -> None:
    neighbour = seen(announced({**SAID, "title": b"\xff\xfe", "state": b"\xff"}, label="\u200b"))
    assert neighbour.title == "\ufffd\ufffd"
    assert neighbour.name == NEAR


def test_nobody_is_around_where_there_is_no_network() -> None:
    assert asyncio.run(look_around(Network(), 0.05)) == ()
