from __future__ import annotations

from served import Box


async def test_smoke(box: Box, host: str) -> None:
    box.start()
    seat = await box.join("Ana")
    assert seat["role"] == "listener"
    status, space, _ = await box.ask("GET", "/api/space", token=seat["token"])
    assert status == 200
    assert space["you"]["participant"] == seat["participant"]
    print(await box.ask("POST", "/api/commands", {"command": "React", "emoji": "👏"}, token=seat["token"]))
    print(await box.ask("GET", "/cover.png"))
    print(await box.ask("GET", "/qr.svg"))
    print(await box.ask("GET", "/"))
    print(await box.ask("GET", "/healthz"))
    print(await box.ask("GET", "/metrics"))
    print(await box.offer("/whep"))
