"""Opening and closing the doors."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import aiohttp
import pytest
from served import Box

from spacebox.web.site import Addresses, Site


async def test_the_control_socket_has_the_hosts_authority(
    box: Box, control: aiohttp.ClientSession
) -> None:
    assert stat.S_IMODE(box.socket.stat().st_mode) == 0o660
    body = {"command": "StartSpace", "title": "Slow radio"}
    async with control.post("http://anything/api/commands", json=body) as response:
        assert response.status == 200
    async with control.get("http://anything/api/space") as response:
        assert (await response.json())["you"]["role"] == "host"


async def test_a_token_on_the_control_socket_counts(
    box: Box, control: aiohttp.ClientSession
) -> None:
    box.start()
    ana = await box.join("Ana")
    headers = {"Authorization": f"Bearer {ana['token']}"}
    async with control.get("http://box/api/space", headers=headers) as response:
        assert (await response.json())["you"]["participant"] == ana["participant"]


async def test_a_socket_left_by_the_dead_is_replaced(box: Box, tmp_path: Path) -> None:
    path = tmp_path / "stale.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    await box.server.listen_unix(path)
    connector = aiohttp.UnixConnector(str(path))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get("http://box/healthz") as response,
    ):
        assert response.status == 200
    box.socket.unlink()


async def test_a_socket_or_port_in_use_is_refused(box: Box) -> None:
    with pytest.raises(OSError, match="in use"):
        await box.server.listen_unix(box.socket)
    with pytest.raises(OSError, match=f"port {box.port} of 127.0.0.1 is taken"):
        await box.server.listen("127.0.0.1", box.port)


async def test_a_file_in_the_way_is_not_removed(box: Box, tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("keep")
    with pytest.raises(OSError, match="in use"):
        await box.server.listen_unix(path)
    assert path.read_text() == "keep"


async def test_stopping_is_bounded_and_leaves_nothing(box: Box) -> None:
    _, silent = await asyncio.open_connection("127.0.0.1", box.port)
    silent.write(b"POST /api/join HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
    await silent.drain()
    async with asyncio.timeout(3):
        await box.server.stop()
    silent.close()
    assert not box.socket.exists()
    with pytest.raises(aiohttp.ClientConnectionError):
        await box.ask("GET", "/healthz")


@pytest.mark.parametrize(
    ("public_url", "own", "address", "link"),
    [
        ("", "192.0.2.7", "", "http://192.0.2.7:8080/s/"),
        ("", "192.0.2.7", "0.0.0.0", "http://192.0.2.7:8080/s/"),
        ("", "2001:db8::7", "::", "http://[2001:db8::7]:8080/s/"),
        ("", "", "", "http://radio.local:8080/s/"),
        ("", "192.0.2.7", "127.0.0.1", "http://127.0.0.1:8080/s/"),
        ("", "192.0.2.7", "::1", "http://[::1]:8080/s/"),
        ("https://radio.example", "192.0.2.7", "", "https://radio.example/s/"),
    ],
)
def test_where_people_join(public_url: str, own: str, address: str, link: str) -> None:
    site = Site("b", "radio", public_url)
    addresses = Addresses(site)
    addresses.bound(address, 8080)
    addresses.moved(own)
    assert addresses.join_link() == link + site.code


def test_the_link_follows_the_machines_address() -> None:
    addresses = Addresses(Site("b", "radio"))
    addresses.bound("", 8080)
    bases = []
    for own in ("", "192.0.2.7", "198.51.100.7", ""):
        addresses.moved(own)
        bases.append(addresses.base())
    assert bases == [
        "http://radio.local:8080",
        "http://192.0.2.7:8080",
        "http://198.51.100.7:8080",
        "http://radio.local:8080",
    ]


def test_the_box_goes_by_its_other_name_too() -> None:
    site = Site("b0c5d1e2", "Radio")
    assert site.hosts == {"localhost", "radio", "radio.local", "radio-b0c5", "radio-b0c5.local"}
    assert len(Site("b0c5d1e2", "r" * 63).alias) == 63


def test_the_default_port_is_left_out() -> None:
    addresses = Addresses(Site("b", "radio"))
    addresses.bound("127.0.0.1", 80)
    assert addresses.join_link().startswith("http://127.0.0.1/s/")


def test_codes_tell_boxes_apart_and_stay() -> None:
    assert Site("b", "radio").code == Site("b", "other").code
    assert len({Site(str(number), "radio").code for number in range(100)}) == 100
