"""Pairing: what is on the glass lets a browser in as the host, and guessing does not."""

from __future__ import annotations

from typing import Any

import pytest
from served import Box

from spacebox.room.commands import StartSpace
from spacebox.room.model import HOST
from spacebox.web.pair import CODE_S, LONGEST_WAIT_S, TRIES, WAIT_S


async def pair(box: Box, code: object = None, **headers: str) -> tuple[int, Any, Any]:
    body = {} if code is None else {"code": code}
    return await box.ask("POST", "/api/pair", body, headers=headers)


def on_glass(box: Box) -> str:
    assert box.pairing.shown is not None
    return box.pairing.shown.code


def wrong(box: Box) -> str:
    return f"{(int(on_glass(box)) + 1) % 10**6:06}"


async def test_the_code_on_the_glass_makes_a_host(box: Box) -> None:
    assert box.pairing.shown is None
    status, shown, _ = await pair(box)
    assert (status, shown) == (202, {"left_s": CODE_S, "of_s": CODE_S})
    code = on_glass(box)
    assert len(code) == 6
    assert code.isdecimal()

    status, paired, headers = await pair(box, f" {code[:3]} {code[3:]} ")
    assert status == 200
    assert box.pairing.shown is None
    status, space, _ = await box.ask("GET", "/api/space", token=paired["token"])
    assert space["you"]["participant"] == HOST
    cookie = headers["Set-Cookie"]
    assert cookie.startswith(f"spacebox_b0c5={paired['token']};")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_pairing_outlasts_a_space(box: Box) -> None:
    await pair(box)
    _, paired, _ = await pair(box, on_glass(box))
    box.hub.submit(StartSpace(HOST, title="Slow radio"))
    status, _, _ = await box.ask(
        "POST", "/api/commands", {"command": "EndSpace", "now": True}, token=paired["token"]
    )
    assert status == 200
    _, space, _ = await box.ask("GET", "/api/space", token=paired["token"])
    assert space["you"]["participant"] == HOST


async def test_a_code_is_good_once_and_for_a_minute(box: Box) -> None:
    await pair(box)
    code = on_glass(box)
    await pair(box, code)
    assert (await pair(box, code))[0] == 409

    await pair(box)
    code = on_glass(box)
    box.clock.now += CODE_S
    status, error, _ = await pair(box, code)
    assert (status, error["error"]) == (409, "not_now")
    assert box.pairing.shown is None


async def test_whoever_asks_again_sees_the_same_code_run_out(box: Box) -> None:
    await pair(box)
    code = on_glass(box)
    box.clock.now += 20
    _, shown, _ = await pair(box)
    assert shown["left_s"] == CODE_S - 20
    assert on_glass(box) == code


async def test_five_wrong_codes_and_one_waits(box: Box) -> None:
    await pair(box)
    right = on_glass(box)
    for left in range(TRIES - 1, 0, -1):
        status, error, _ = await pair(box, wrong(box))
        tries = "1 try" if left == 1 else f"{left} tries"
        assert (status, error["reason"]) == (403, f"not this one: {tries} left")
    status, error, headers = await pair(box, wrong(box))
    assert (status, error["error"]) == (429, "too_many")
    assert headers["Retry-After"] == str(round(WAIT_S))
    assert (await pair(box, right))[0] == 409
    assert (await pair(box))[0] == 429
    assert box.pairing.shown is None

    box.clock.now += WAIT_S
    assert (await pair(box))[0] == 202
    assert (await pair(box, on_glass(box)))[0] == 200


async def test_who_guesses_on_waits_ever_longer(box: Box) -> None:
    waits = []
    for _ in range(7):
        for _ in range(TRIES - 1):
            assert (await pair(box))[0] == 202
            assert (await pair(box, wrong(box)))[0] == 403
            box.clock.now += CODE_S  # a fresh code brings no fresh tries
        assert (await pair(box))[0] == 202
        status, _, headers = await pair(box, wrong(box))
        assert status == 429
        waits.append(int(headers["Retry-After"]))
        box.clock.now += waits[-1]
    assert waits == [30, 60, 120, 240, 480, LONGEST_WAIT_S, LONGEST_WAIT_S]

    await pair(box)
    assert (await pair(box, on_glass(box)))[0] == 200
    await pair(box)
    for _ in range(TRIES):
        _, _, headers = await pair(box, wrong(box))
    assert headers["Retry-After"] == "30", "whoever stands at the box begins anew"


@pytest.mark.parametrize("code", [482913, ["482913"], {}, True])
async def test_a_code_is_text(box: Box, code: object) -> None:
    await pair(box)
    assert (await pair(box, code))[0] == 422


@pytest.mark.parametrize("code", ["", "\ud800", "٤٨٢٩١٣", "4" * 60_000])
async def test_any_text_is_just_a_wrong_code(box: Box, code: str) -> None:
    await pair(box)
    assert (await pair(box, code))[0] == 403


async def test_another_sites_page_pairs_nothing(box: Box) -> None:
    assert (await pair(box, Origin="https://evil.example"))[0] == 403
    assert box.pairing.shown is None
