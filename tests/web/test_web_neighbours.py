"""Who is told which boxes are around: those who are around too."""

from __future__ import annotations

import asyncio
import json
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from served import SITE, Box

from spacebox.ports.elsewhere import Neighbour
from spacebox.web.neighbours import Around
from spacebox.web.site import Addresses

KITCHEN = Neighbour("kitchen", "http://192.0.2.9:8080", "ACDEF", "<b>Slow</b> radio", "live")
PORT = ("192.168.1.7", 8080)


@pytest.mark.parametrize(
    ("peer", "here", "host", "told"),
    [
        (("192.168.1.20", 5000), PORT, "192.168.1.7:8080", True),
        (("fe80::1%eth0", 5000, 0, 2), PORT, "space-box.local:8080", True),
        (("127.0.0.1", 5000), PORT, "127.0.0.1:8080", True),
        ("", "/run/spacebox/control.sock", "localhost", True),
        (("8.8.8.8", 5000), PORT, "space-box.local:8080", False),
        (("2600::1", 5000, 0, 0), PORT, "space-box.local:8080", False),
        (("127.0.0.1", 5000), PORT, "Radio.Example", False),  # through a tunnel
        (("127.0.0.1", 5000), PORT, "radio.example:443", False),
        (("127.0.0.1", 5000), PORT, "space-box.local", False),
        (("::ffff:127.0.0.1", 5000, 0, 0), PORT, "192.168.1.7", False),
        (("192.168.1.1", 5000), PORT, "radio.example", False),
        (("192.168.1.1", 5000), PORT, "Radio.example.:443", False),
    ],
)
def test_only_who_is_near_is_told(peer: object, here: object, host: str, *, told: bool) -> None:
    extra = {"peername": peer, "sockname": here}
    transport = Mock(get_extra_info=lambda key, default=None: extra.get(key, default))
    request = make_mocked_request("GET", "/api/boxes", {"Host": host}, transport=transport)
    around = Around(lambda: (KITCHEN,), Addresses(SITE))
    response = asyncio.run(around.operations()[0].handler(request))
    assert json.loads(response.text) == {
        "boxes": [
            {
                "name": "kitchen",
                "url": "http://192.0.2.9:8080",
                "code": "ACDEF",
                "title": "<b>Slow</b> radio",
                "state": "live",
            }
        ]
        if told
        else []
    }


async def test_it_is_served(box: Box) -> None:
    status, body, _ = await box.ask("GET", "/api/boxes")
    assert (status, body) == (200, {"boxes": []})
