"""Joining: names, doors that are open or not, links, and those who may not come back."""

from __future__ import annotations

import pytest
from served import Box

from spacebox.room.commands import EndSpace, Join, MakeCohost, MoveToAudience, Remove
from spacebox.room.model import HOST, PEOPLE_LIMIT, Access, Role


async def refused(box: Box, body: object, token: str = "") -> tuple[int, str]:
    status, error, _ = await box.ask("POST", "/api/join", body, token=token)
    return status, error["error"]


async def test_an_idle_box_lets_nobody_in(box: Box) -> None:
    assert await refused(box, {"name": "Ana"}) == (409, "not_now")


async def test_names_are_unique_and_none_is_needed(box: Box) -> None:
    box.start()
    seats = [await box.join(name) for name in ("Ana", "Ana", "mira", None)]
    assert [seat["name"] for seat in seats] == ["Ana", "Ana 2", "mira 2", ""]
    assert {seat["role"] for seat in seats} == {"listener"}


async def test_without_a_body_one_joins_without_a_name(box: Box) -> None:
    box.start()
    status, seat, _ = await box.ask("POST", "/api/join")
    assert (status, seat["name"]) == (201, "")


async def test_joining_again_gives_the_same_seat_and_takes_the_name(box: Box) -> None:
    box.start()
    seat = await box.join()
    status, again, _ = await box.ask("POST", "/api/join", {"name": "Ana"}, token=seat["token"])
    assert status == 201
    assert again == {**seat, "name": "Ana"}


@pytest.mark.parametrize("body", [[], {"name": 1}, {"name": "\u202e"}, {"name": "\ud800"}])
async def test_a_join_of_the_wrong_shape(box: Box, body: object) -> None:
    box.start()
    assert await refused(box, body) == (422, "malformed")


async def test_a_full_room_says_so(box: Box) -> None:
    box.start()
    for number in range(PEOPLE_LIMIT):
        box.hub.submit(Join(f"p{number}"))
    assert await refused(box, {}) == (503, "full")


async def test_a_pin_is_asked_for_and_not_guessed(box: Box, host: str) -> None:
    box.start(Access.PIN)
    pin = box.hub.room.pin
    wrong = "0000" if pin != "0000" else "1111"

    assert await refused(box, {}) == (403, "forbidden")
    for _ in range(5):
        assert await refused(box, {"pin": wrong}) == (403, "forbidden")
    status, error, headers = await box.ask("POST", "/api/join", {"pin": pin})
    assert (status, error["error"]) == (429, "too_many")
    assert headers["Retry-After"] == "10"

    link = await box.link("listener", host)
    assert (await box.join("Ines", invite=link))["role"] == "listener"
    box.clock.now += 10
    assert (await box.join("Ana", pin=pin))["role"] == "listener"


async def test_who_is_in_needs_the_pin_no_more(box: Box) -> None:
    box.start(Access.PIN)
    seat = await box.join(pin=box.hub.room.pin)
    status, _, _ = await box.ask("POST", "/api/join", {"name": "Ana"}, token=seat["token"])
    assert status == 201


async def test_a_listeners_link_opens_a_closed_door_for_many(box: Box, host: str) -> None:
    box.start(Access.INVITE)
    link = await box.link("listener", host)

    assert await refused(box, {"name": "Ana"}) == (403, "forbidden")
    assert await refused(box, {"invite": "made-up"}) == (403, "forbidden")
    ana, ben = await box.join("Ana", invite=link), await box.join("Ben", invite=link)
    assert ana["participant"] != ben["participant"]


@pytest.mark.parametrize("role", ["speaker", "cohost"])
async def test_a_stage_link_is_bound_to_one_seat_that_arrives_muted(
    box: Box, host: str, role: str
) -> None:
    box.start(Access.INVITE)
    link = await box.link(role, host)

    first = await box.join("Ana", invite=link)
    second = await box.join(invite=link)

    assert first["role"] == role
    assert second["participant"] == first["participant"]
    assert first["token"] != link
    _, space, _ = await box.ask("GET", "/api/space", token=first["token"])
    assert "you" not in space, "the newer place wins"
    assert box.hub.room.participants[first["participant"]].muted


async def test_a_stage_link_is_a_token_of_its_seat(box: Box, host: str) -> None:
    box.start()
    link = await box.link("speaker", host)
    ana = await box.join("Ana", invite=link)

    status, body, _ = await box.ask(
        "POST", "/api/commands", {"command": "SetMuted", "muted": False}, token=link
    )

    assert status == 200
    assert body["events"][0]["participant"] == ana["participant"]


async def test_the_link_itself_is_never_the_pages_token(box: Box, host: str) -> None:
    box.start()
    link = await box.link("speaker", host)
    for _ in range(2):
        status, seat, _ = await box.ask("POST", "/api/join", {"name": "Ana"}, token=link)
        assert (status, seat["role"]) == (201, "speaker")
        assert seat["token"] != link


@pytest.mark.parametrize("role", ["speaker", "cohost"])
async def test_who_is_here_goes_up_on_the_seat_they_have(box: Box, host: str, role: str) -> None:
    box.start()
    ana = await box.join("Ana")
    link = await box.link(role, host)

    _, up, _ = await box.ask("POST", "/api/join", {"invite": link}, token=ana["token"])

    assert up == {**ana, "role": role}


async def test_a_link_used_before_the_space_is_kept(box: Box, host: str) -> None:
    link = await box.link("speaker", host)
    assert await refused(box, {"invite": link}) == (409, "not_now")
    box.start()
    assert (await box.join("Ana", invite=link))["role"] == "speaker"


async def test_a_hosts_link_works_once_and_while_idle(box: Box, host: str) -> None:
    link = await box.link("host", host)
    seat = await box.join("Somebody", invite=link)
    assert (seat["participant"], seat["name"], seat["role"]) == (HOST, "Mira", "host")
    assert await refused(box, {"invite": link}) == (403, "forbidden")


async def test_the_grace_gives_a_seat_back_and_no_new_one(box: Box) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(EndSpace(HOST))
    status, again, _ = await box.ask("POST", "/api/join", {}, token=ana["token"])
    assert (status, again) == (201, ana)
    assert await refused(box, {"name": "Ben"}) == (409, "not_now")


async def test_the_removed_may_come_back_and_the_banned_may_not(box: Box) -> None:
    box.start()
    ana, ben = await box.join("Ana"), await box.join("Ben")
    box.hub.submit(Remove(HOST, ana["participant"]))
    box.hub.submit(Remove(HOST, ben["participant"], ban=True))

    status, _, _ = await box.ask("POST", "/api/join", {"name": "Ana"}, token=ana["token"])
    assert status == 201
    assert await refused(box, {"name": "Ben"}, ben["token"]) == (403, "banned")
    for path, body in (("/api/commands", {"command": "StepDown"}), ("/api/leave", {})):
        status, error, _ = await box.ask("POST", path, body, token=ben["token"])
        assert (status, error["error"]) == (403, "banned")


@pytest.mark.parametrize("sent_away", [Remove, MoveToAudience])
async def test_whom_the_host_sent_from_the_stage_no_link_brings_back(
    box: Box, host: str, sent_away: type[Remove | MoveToAudience]
) -> None:
    box.start()
    link = await box.link("speaker", host)
    ana = await box.join("Ana", invite=link)

    box.hub.submit(sent_away(HOST, ana["participant"]))

    assert await refused(box, {"invite": link}) == (403, "forbidden")
    status, _, _ = await box.offer("/whip", link)
    assert status == 403


async def test_all_guests_tokens_end_with_the_space(box: Box, host: str) -> None:
    box.start()
    ana = await box.join("Ana")
    box.hub.submit(MakeCohost(HOST, ana["participant"]))
    box.hub.submit(EndSpace(HOST, now=True))
    box.start()

    _, space, _ = await box.ask("GET", "/api/space", token=ana["token"])
    _, hosts, _ = await box.ask("GET", "/api/space", token=host)
    again = await box.join("Ana")

    assert "you" not in space
    assert hosts["you"]["role"] == Role.HOST
    assert again["participant"] != ana["participant"]
