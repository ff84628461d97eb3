"""WHEP and WHIP as HTTP: who may, what is answered, what stops them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDictProxy
from served import OFFER, Box

from spacebox.ports import Denied
from spacebox.room.commands import EndSpace, Join, MoveToAudience, Remove, SetMuted
from spacebox.room.model import HOST, Access, Role
from spacebox.web.guard import SDP_BYTES

FRAGMENT = "application/trickle-ice-sdpfrag"
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


async def patch(
    box: Box, session: str | None, body: str = "a=ice-ufrag:same", media: str = FRAGMENT
) -> tuple[int, Any, CIMultiDictProxy[str]]:
    headers = {"Content-Type": media, **({} if session is None else {"If-Match": session})}
    return await box.ask("PATCH", "/whep/peer0", body, headers=headers)


async def test_candidates_are_told_to_the_session_that_the_answer_named(box: Box) -> None:
    box.start()
    _, _, headers = await box.offer("/whep")
    assert (headers["ETag"], headers["Accept-Patch"]) == ('"ice0"', FRAGMENT)

    status, body, headers = await patch(box, headers["ETag"], "a=ice-ufrag:same\r\n")

    assert (status, body) == (204, b"")
    assert "ETag" not in headers
    assert box.lines.told == ["a=ice-ufrag:same\r\n"]


@pytest.mark.parametrize("session", ["*", '"ice0"'])
async def test_ice_begins_anew(box: Box, session: str) -> None:
    box.start()
    await box.offer("/whep")

    status, body, headers = await patch(box, session, "a=ice-ufrag:new1")

    assert (status, body) == (200, b"a=ice-ufrag:boxu\r\n")
    assert (headers["ETag"], headers["Content-Type"]) == ('"ice1"', FRAGMENT)
    assert (await patch(box, '"ice0"'))[0] == 412
    assert (await patch(box, '"ice1"'))[0] == 204


@pytest.mark.parametrize(
    ("session", "body", "media", "status", "code"),
    [
        (None, "a=ice-ufrag:same", FRAGMENT, 428, "malformed"),
        ('"ice7"', "a=ice-ufrag:same", FRAGMENT, 412, "not_now"),
        ('W/"ice0"', "a=ice-ufrag:same", FRAGMENT, 412, "not_now"),
        ("", "a=ice-ufrag:same", FRAGMENT, 412, "not_now"),
        ("*", "hello", FRAGMENT, 400, "malformed"),
        ("*", "a=ice-ufrag:same", "application/sdp", 415, "malformed"),
        ("*", "a" * (SDP_BYTES + 1), FRAGMENT, 413, "too_large"),
    ],
)
async def test_what_a_connection_is_not_told(
    box: Box, session: str | None, body: str, media: str, status: int, code: str
) -> None:
    box.start()
    await box.offer("/whep")
    answered, error, headers = await patch(box, session, body, media)
    assert (answered, error["error"], box.lines.told) == (status, code, [])
    assert error["reason"]
    assert (headers.get("Accept-Patch") == FRAGMENT) == (status == 415)


async def test_a_connection_that_is_not_there_is_told_nothing(box: Box) -> None:
    status, error, _ = await patch(box, "*")
    assert (status, error["error"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/whep/x", "/whip/x"])
async def test_what_a_connection_takes_can_be_asked(box: Box, path: str) -> None:
    status, _, headers = await box.ask("OPTIONS", path)
    assert (status, headers["Accept-Patch"]) == (204, FRAGMENT)
    assert headers["Allow"] == "DELETE, OPTIONS, PATCH"


async def test_who_listens_from_this_machine_has_no_bound_of_their_own(
    box: Box, control: aiohttp.ClientSession
) -> None:
    box.start()
    await box.offer("/whep")
    headers = {"Content-Type": "application/sdp"}
    async with control.post("http://localhost/whep", data=OFFER, headers=headers) as response:
        assert response.status == 201
    assert box.lines.origins == [None, None]


@pytest.mark.parametrize(
    ("code", "status"), [("malformed", 400), ("not_now", 409), ("full", 503), ("too_large", 413)]
)
async def test_what_the_engine_denies(box: Box, code: str, status: int) -> None:
    box.start()
    box.lines.denies = Denied(code, "because")
    answered, error, _ = await box.offer("/whep")
    assert (answered, error) == (status, {"error": code, "reason": "because"})
