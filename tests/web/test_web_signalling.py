"""WHEP and WHIP as HTTP: who may, what is answered, what stops them."""

from __future__ import annotations

import pytest
from served import Box

from spacebox.ports import Denied
from spacebox.room.commands import EndSpace, Join, MoveToAudience, Remove, SetMuted
from spacebox.room.model import HOST, Access, Role

STUN = '<stun:stun.example:3478>; rel="ice-server"'


async def test_nobody_may_listen_to_an_open_space(box: Box) -> None:
    box.start()
    status, sdp, headers = await box.offer("/whep")

    assert (status, sdp) == (201, b"v=0\r\n")
    assert headers["Content-Type"] == "application/sdp"
    assert headers["Location"] == "/whep/peer0"
    assert headers.getall("Link") == [STUN]
    assert box.lines.open == {"peer0": (None, "down", False)}


async def test_a_seat_listens_as_itself_and_may_use_turn(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    _, _, headers = await box.offer("/whep", ana["token"])

    assert box.lines.open["peer0"][0] == ana["participant"]
    assert headers.getall("Link") == [
        STUN,
        '<turn:turn.example:3478?transport=udp>; rel="ice-server"; username="guest"; '
        'credential="se\\"cret"; credential-type="password"',
    ]


@pytest.mark.parametrize("endpoint", ["/whep", "/whip"])
async def test_the_ice_servers_are_told_before_the_offer(box: Box, endpoint: str) -> None:
    status, _, headers = await box.ask("OPTIONS", endpoint)
    assert status == 204
    assert headers["Accept-Post"] == "application/sdp"
    assert headers.getall("Link") == [STUN]


async def test_what_is_not_live_cannot_be_heard(box: Box) -> None:
    status, error, _ = await box.offer("/whep")
    assert (status, error["error"]) == (409, "not_now")
    box.start()
    box.hub.submit(EndSpace(HOST))
    status, error, _ = await box.offer("/whep")
    assert (status, error["error"]) == (409, "not_now")


@pytest.mark.parametrize("access", [Access.PIN, Access.INVITE])
async def test_a_closed_space_is_for_seats(box: Box, host: str, access: Access) -> None:
    box.start(access)
    status, error, _ = await box.offer("/whep")
    assert (status, error["error"]) == (403, "forbidden")
    seat = await box.join(invite=await box.link("listener", host))
    status, _, _ = await box.offer("/whep", seat["token"])
    assert status == 201


async def test_the_banned_hear_nothing(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(Remove(HOST, ana["participant"], ban=True))
    status, error, _ = await box.offer("/whep", ana["token"])
    assert (status, error["error"]) == (403, "banned")
    assert not box.lines.open


@pytest.mark.parametrize("who", ["nobody", "unknown", "listener", "host", "listener's link"])
async def test_only_the_stage_may_speak(box: Box, host: str, who: str) -> None:
    box.start()
    tokens = {
        "nobody": "",
        "unknown": "made-up",
        "listener": (await box.join("Ana"))["token"],
        "host": host,
        "listener's link": await box.link("listener", host),
    }
    status, error, _ = await box.offer("/whip", tokens[who])
    assert (status, error["error"]) == (403, "forbidden")
    assert error["reason"]
    assert not box.lines.open


async def test_who_is_on_stage_speaks(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(Join(ana["participant"], role=Role.SPEAKER))

    status, _, headers = await box.offer("/whip", ana["token"])

    assert (status, headers["Location"]) == (201, "/whip/peer0")
    assert box.lines.open == {"peer0": (ana["participant"], "up", False)}


async def test_a_tool_takes_the_seat_of_its_link(box: Box, host: str) -> None:
    box.start()
    link = await box.link("speaker", host)

    status, _, headers = await box.offer("/whip", link)

    participant, way, tool = box.lines.open["peer0"]
    assert (status, way, tool) == (201, "up", True)
    seat = box.hub.room.participants[participant or ""]
    assert (seat.role, seat.name) == (Role.SPEAKER, "Guest")
    assert (await box.join("Ana", invite=link))["participant"] == participant

    status, _, _ = await box.ask("DELETE", headers["Location"])
    assert status == 200
    assert box.hub.room.participants[seat.id].role is Role.LISTENER
    status, _, _ = await box.offer("/whip", link)
    assert status == 201
    assert box.hub.room.participants[seat.id].on_stage


async def test_a_link_waits_for_the_space(box: Box, host: str) -> None:
    status, error, _ = await box.offer("/whip", await box.link("speaker", host))
    assert (status, error["error"]) == (409, "not_now")


@pytest.mark.parametrize("here", [False, True])
async def test_an_offer_that_fails_leaves_nobody_on_stage(box: Box, host: str, here: bool) -> None:
    box.start()
    link = await box.link("speaker", host)
    if here:
        ana = await box.join("Ana", invite=link)
        await box.ask("POST", "/api/commands", {"command": "StepDown"}, token=link)

    status, error, _ = await box.offer("/whip", link, "hello")

    assert (status, error["error"]) == (400, "malformed")
    assert not [p for p in box.hub.room.participants.values() if p.role is Role.SPEAKER]
    assert not here or ana["participant"] in box.hub.room.participants


async def test_a_full_stage_takes_no_link(box: Box, host: str) -> None:
    box.start()
    for number in range(box.hub.room.stage_limit):
        box.hub.submit(Join(f"p{number}", f"P{number}", Role.SPEAKER))
    status, error, _ = await box.offer("/whip", await box.link("speaker", host))
    assert (status, error["error"]) == (503, "full")


async def test_the_older_of_two_uplinks_steps_nobody_down(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(Join(ana["participant"], role=Role.SPEAKER))
    _, _, older = await box.offer("/whip", ana["token"])
    await box.offer("/whip", ana["token"])

    status, _, _ = await box.ask("DELETE", older["Location"])

    assert status == 404
    assert box.hub.room.participants[ana["participant"]].on_stage


async def test_hanging_up_after_the_host_did(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(Join(ana["participant"], role=Role.SPEAKER))
    _, _, headers = await box.offer("/whip", ana["token"])
    box.lines.open.clear()
    box.hub.submit(MoveToAudience(HOST, ana["participant"]))
    before = box.hub.number

    status, _, _ = await box.ask("DELETE", headers["Location"])

    assert (status, box.hub.number) == (404, before)


async def test_stopping_to_listen_needs_no_token(box: Box) -> None:
    box.start()
    _, _, headers = await box.offer("/whep")
    first, _, _ = await box.ask("DELETE", headers["Location"])
    again, error, _ = await box.ask("DELETE", headers["Location"])
    assert (first, again, error["error"]) == (200, 404, "not_found")


async def test_an_uplink_is_no_downlink(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(Join(ana["participant"], role=Role.SPEAKER))
    box.hub.submit(SetMuted(ana["participant"], False))
    await box.offer("/whip", ana["token"])
    assert (await box.ask("DELETE", "/whep/peer0"))[0] == 404
    assert (await box.ask("DELETE", "/whip/peer0"))[0] == 200


@pytest.mark.parametrize("path", ["/whep/x", "/whip/x"])
async def test_trickle_is_not_served(box: Box, path: str) -> None:
    status, error, headers = await box.ask("PATCH", path)
    assert (status, error["error"]) == (405, "malformed")
    assert "DELETE" in headers["Allow"]


@pytest.mark.parametrize(
    ("code", "status"), [("malformed", 400), ("not_now", 409), ("full", 503), ("too_large", 413)]
)
async def test_what_the_engine_denies(box: Box, code: str, status: int) -> None:
    box.start()
    box.lines.denies = Denied(code, "because")
    answered, error, _ = await box.offer("/whep")
    assert (answered, error) == (status, {"error": code, "reason": "because"})
