"""What the box says it is, and the address that a tunnel gives the page."""

import json

import aiohttp
import pytest
from served import SITE, Box

from spacebox.web.site import Addresses, Site

TUNNEL = "https://one-two.trycloudflare.com"


async def tell(control: aiohttp.ClientSession, url: object) -> tuple[int, str]:
    async with control.put("http://box/api/tunnel", data=json.dumps({"url": url})) as answer:
        return answer.status, await answer.text()


async def named(box: Box, host: str, origin: str = "") -> int:
    """Return what a request is answered that comes by the name *host*."""
    headers = {"Host": host, **({"Origin": origin} if origin else {})}
    status, _, _ = await box.ask("GET", "/api/space", headers=headers)
    return status


async def test_a_box_says_which_one_it_is(box: Box) -> None:
    status, known, headers = await box.ask("GET", "/.well-known/spacebox")
    assert (status, known) == (200, {"code": SITE.code})
    assert headers["Cache-Control"] == "no-store"


async def test_guests_come_by_the_tunnel_while_there_is_one(
    box: Box, control: aiohttp.ClientSession
) -> None:
    host = TUNNEL.removeprefix("https://")
    assert await named(box, host) == 421
    assert await tell(control, TUNNEL) == (204, "")
    assert await named(box, host, TUNNEL) == 200
    assert await named(box, host, "https://another.example") == 403
    assert box.server.public_url == SITE.public_url, "its owner's address is the better one"
    assert await tell(control, "") == (204, "")
    assert await named(box, host) == 421


def test_a_box_without_an_address_of_its_own_goes_by_its_tunnels() -> None:
    addresses = Addresses(Site("b", "radio"))
    addresses.bound("192.0.2.7", 8080)
    addresses.tunnelled(TUNNEL)
    assert addresses.join_link() == f"{TUNNEL}/s/{Site('b', 'radio').code}"
    addresses.tunnelled("")
    assert addresses.join_link().startswith("http://192.0.2.7:8080/s/")


async def test_only_this_machine_says_where_its_tunnel_is(box: Box, host: str) -> None:
    status, error, _ = await box.ask("PUT", "/api/tunnel", {"url": TUNNEL}, token=host)
    assert (status, error["error"]) == (403, "forbidden")
    assert await named(box, TUNNEL.removeprefix("https://")) == 421


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "http://one.example",
        "https://192.0.2.7",
        "https://one.example/",
        "https://one.example/path",
        "https://user@one.example",
        "https://ONE.example",
        "https://one.example:99999",
        "https://one.example\n",
        "https://localhost",
        "https://" + "a" * 64 + ".example",
    ],
)
async def test_no_other_address_is_taken(control: aiohttp.ClientSession, url: object) -> None:
    status, text = await tell(control, url)
    assert status == 422, text
    assert json.loads(text)["reason"].startswith("url must be an address such as")
