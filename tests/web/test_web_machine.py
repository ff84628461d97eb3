"""Health and metrics."""

from __future__ import annotations

import aiohttp
import pytest
from served import Box


async def test_health_says_what_is_wrong(box: Box) -> None:
    status, body, _ = await box.ask("GET", "/healthz")
    assert (status, body) == (200, {"ok": True, "reasons": []})
    box.ills.append("sound: the microphone is lost")
    status, body, _ = await box.ask("GET", "/healthz")
    assert (status, body) == (503, {"ok": False, "reasons": ["sound: the microphone is lost"]})


async def test_metrics_are_for_this_machine(box: Box, control: aiohttp.ClientSession) -> None:
    status, body, headers = await box.ask("GET", "/metrics")
    assert (status, body) == (200, b"spacebox_ticks_total 1\n")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    async with control.get("http://localhost/metrics") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "radio.example"},
        {"Host": "localhost", "X-Forwarded-For": "203.0.113.7"},
        {"Host": "127.0.0.1", "Forwarded": "for=203.0.113.7"},
        {"Host": "localhost", "CF-Connecting-IP": "203.0.113.7"},
    ],
)
async def test_who_comes_through_a_tunnel_sees_no_metrics(
    box: Box, headers: dict[str, str]
) -> None:
    status, error, _ = await box.ask("GET", "/metrics", headers=headers)
    assert (status, error["error"]) == (403, "forbidden")
