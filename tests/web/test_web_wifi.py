"""Who may choose the machine's Wi-Fi network, and how."""

from __future__ import annotations

from ipaddress import IPv4Interface

import pytest
from served import Box

from spacebox.ports.wifi import Credentials, Hotspot

OURS = Hotspot("SPACEBOX", "K7QX4821", IPv4Interface("127.0.0.1/8"))
"""A network that this test is in."""
ELSEWHERE = Hotspot("SPACEBOX", "K7QX4821", IPv4Interface("10.42.0.1/24"))
WISH = {"name": "Küche", "key": "a long one"}


async def test_the_host_sees_and_chooses(box: Box, host: str) -> None:
    box.ether.trouble = "Küche did not take this key."
    status, seen, _ = await box.ask("GET", "/api/wifi", token=host)
    near = {"name": "Küche", "strength": 71, "secured": True}
    assert (status, seen["networks"], seen["open"]) == (200, [near], False)
    assert seen["trouble"] == "Küche did not take this key."
    status, _, _ = await box.ask("POST", "/api/wifi", WISH, token=host)
    assert (status, box.ether.wishes) == (202, [Credentials("Küche", "a long one")])


async def test_whoever_is_in_the_boxes_own_network_read_its_key_from_the_glass(box: Box) -> None:
    box.ether.hotspot = OURS
    status, seen, _ = await box.ask("GET", "/api/wifi")
    assert (status, seen["open"]) == (200, True)
    wish = {"name": "Attic", "key": "", "hidden": True}
    status, _, _ = await box.ask("POST", "/api/wifi", wish)
    assert (status, box.ether.wishes) == (202, [Credentials("Attic", "", hidden=True)])


@pytest.mark.parametrize("hotspot", [None, ELSEWHERE])
async def test_nobody_else_does(box: Box, hotspot: Hotspot | None) -> None:
    box.ether.hotspot = hotspot
    box.start()
    guest = (await box.join("Ana"))["token"]
    for token in ("", guest):
        for method, body in (("GET", None), ("POST", WISH)):
            status, problem, _ = await box.ask(method, "/api/wifi", body, token=token)
            assert (status, problem["error"]) == (403, "forbidden")
    assert box.ether.wishes == []


@pytest.mark.parametrize(
    "wish",
    [
        [],
        {"name": "Küche"},
        {"name": "Küche", "key": 7},
        {"name": "", "key": ""},
        {"name": "ü" * 17, "key": ""},
        {"name": "a\nb", "key": ""},
        {"name": "\ud800", "key": ""},
        {"name": "Küche", "key": "short"},
        {"name": "Küche", "key": "ü" * 33},
        {"name": "Küche", "key": "a long one", "hidden": "yes"},
        {"name": "Küche", "key": "a long one", "psk": ""},
    ],
)
async def test_what_cannot_be_a_network_is_refused(box: Box, host: str, wish: object) -> None:
    status, problem, _ = await box.ask("POST", "/api/wifi", wish, token=host)
    assert (status, problem["error"]) == (422, "malformed")
    assert box.ether.wishes == []


async def test_the_page_knows_whether_it_came_by_the_boxes_own_network(box: Box) -> None:
    for hotspot, told in ((None, "closed"), (ELSEWHERE, "10.42.0.1")):
        box.ether.hotspot = hotspot
        _, page, _ = await box.ask("GET", "/setup")
        assert f'data-wifi="{told}"'.encode() in page
