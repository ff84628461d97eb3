"""The snapshot, commands, leaving: who may, and what is told to whom."""

from __future__ import annotations

import pytest
from served import Box

from spacebox.room.model import HOST, Access, Role


async def test_nobody_sees_the_room_but_no_secret(box: Box) -> None:
    box.start(Access.PIN)

    status, space, headers = await box.ask("GET", "/api/space")

    assert status == 200
    assert space["state"] == "live"
    assert not {"you", "pin", "faults", "link"} & space.keys()
    assert headers["Cache-Control"] == "no-store"


async def test_a_seat_sees_itself(box: Box) -> None:
    box.start()
    seat = await box.join("Ana")

    _, space, _ = await box.ask("GET", "/api/space", token=seat["token"])

    assert space["you"]["participant"] == seat["participant"]
    assert [p["name"] for p in space["participants"]] == ["Mira", "Ana"]


async def test_the_host_sees_what_is_wrong_and_where_people_join(box: Box, host: str) -> None:
    box.start(Access.PIN)

    _, space, _ = await box.ask("GET", "/api/space", token=host)

    assert space["faults"] == ["disk: nearly full"]
    assert space["reachability"] == "UNKNOWN"
    assert space["link"].startswith("https://radio.example/s/")
    assert space["pin"] == box.hub.room.pin


async def test_an_unknown_token_reads_like_nobody_and_does_nothing(box: Box) -> None:
    box.start()

    status, space, _ = await box.ask("GET", "/api/space", token="made-up")
    refused, error, _ = await box.ask(
        "POST", "/api/commands", {"command": "React", "emoji": "👏"}, token="made-up"
    )

    assert (status, "you" in space) == (200, False)
    assert (refused, error["error"]) == (403, "forbidden")


async def test_a_command_answers_its_own_events_as_the_sender_may_see_them(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.clock.now += 2.5

    status, body, _ = await box.ask(
        "POST", "/api/commands", {"command": "RequestToSpeak", "reason": "Hi"}, token=ana["token"]
    )

    assert status == 200
    assert body["events"] == [
        {
            "event": "SpeakRequested",
            "at": 2.5,
            "participant": ana["participant"],
            "name": "Ana",
            "reason": "Hi",
        }
    ]


async def test_a_second_time_nothing_happens(box: Box, host: str) -> None:
    box.start()
    for expected in (1, 0):
        status, body, _ = await box.ask("POST", "/api/commands", {"command": "WrapUp"}, token=host)
        assert (status, len(body["events"])) == (200, expected)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"command": "WrapUp"}, 403, "forbidden"),
        ({"command": "WithdrawRequest"}, 409, "not_now"),
        ({"command": "React", "emoji": "🦀"}, 422, "malformed"),
        ({"command": "SetMuted", "muted": "yes"}, 422, "malformed"),
        ({"command": "Fly"}, 422, "malformed"),
        ([], 422, "malformed"),
        ("{", 400, "malformed"),
        (b"\xff", 400, "malformed"),
        ("NaN", 400, "malformed"),
        ("[" * 20_000, 400, "malformed"),
    ],
)
async def test_every_refusal_has_its_code_and_a_reason(
    box: Box, body: object, status: int, code: str
) -> None:
    box.start()
    ana = await box.join("Ana")
    room = box.hub.room

    answered, error, _ = await box.ask("POST", "/api/commands", body, token=ana["token"])

    assert (answered, error["error"]) == (status, code)
    assert error["reason"]
    assert box.hub.room is room


async def test_leaving_gives_the_seat_and_the_token_back(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")

    status, _, headers = await box.ask("POST", "/api/leave", token=ana["token"])
    again, error, _ = await box.ask("POST", "/api/leave", token=ana["token"])

    assert status == 204
    assert "Max-Age=0" in headers["Set-Cookie"]
    assert ana["participant"] not in box.hub.room.participants
    assert (again, error["error"]) == (403, "forbidden")


async def test_the_host_cannot_leave(box: Box, host: str) -> None:
    status, error, _ = await box.ask("POST", "/api/leave", token=host)
    assert (status, error["error"]) == (403, "forbidden")


async def test_the_cookie_is_as_good_as_the_header(box: Box) -> None:
    box.start()
    _, seat, headers = await box.ask("POST", "/api/join", {"name": "Ana"})
    cookie = headers["Set-Cookie"]
    pair = cookie.partition(";")[0]

    _, space, _ = await box.ask("GET", "/api/space", headers={"Cookie": pair})

    assert pair == f"spacebox_b0c5={seat['token']}"
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "Secure" not in cookie
    assert space["you"]["participant"] == seat["participant"]


async def test_behind_https_the_cookie_is_for_https_only(box: Box) -> None:
    box.start()
    origin = {"Origin": "https://radio.example", "Host": "radio.example"}

    _, _, headers = await box.ask("POST", "/api/join", {}, headers=origin)

    assert "Secure" in headers["Set-Cookie"]


async def test_only_the_host_invites(box: Box, host: str) -> None:
    box.start()
    ana = await box.join("Ana")

    status, link, _ = await box.ask("POST", "/api/link", {"role": "speaker"}, token=host)
    refused, error, _ = await box.ask("POST", "/api/link", {"role": "host"}, token=ana["token"])
    wrong, _, _ = await box.ask("POST", "/api/link", {"role": "king"}, token=host)

    assert status == 201
    assert link["url"].endswith(f"#invite={link['token']}")
    assert (refused, error["error"]) == (403, "forbidden")
    assert wrong == 422


async def test_a_space_can_be_started_from_afar(box: Box, host: str) -> None:
    start = {"command": "StartSpace", "title": "Slow radio"}
    status, body, _ = await box.ask("POST", "/api/commands", start, token=host)
    assert status == 200
    assert body["events"][0]["event"] == "SpaceStarted"
    assert box.hub.room.participants[HOST].role is Role.HOST
