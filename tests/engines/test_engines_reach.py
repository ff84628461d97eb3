"""From where guests can come: what a test of it says, and how it looks for the box."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from spacebox.engines import reach as tested
from spacebox.engines.reach import PLACE, Answer, ReachTest, Vantage, judge
from spacebox.ports.elsewhere import Reach, Reached

HOME = Vantage(hosts=("192.168.1.20",), alone=False, port=8080)
URL = "https://radio.example"
WORLD = "8.8.4.4"
CODE = "ABCDE"


def test_no_network() -> None:
    found = judge(replace(HOME, hosts=()), ())
    assert (found.reach, found.detail) == (Reach.NO_NETWORK, "This box has no address.")


def test_nothing_outside_to_test_from() -> None:
    found = judge(HOME, ())
    assert (found.reach, found.detail) == (
        Reach.UNKNOWN,
        "There is nothing outside to test from.",
    )
    assert "network.stun" in found.advice
    assert "8080" in found.advice


def test_a_page_for_this_machine_only() -> None:
    found = judge(replace(HOME, alone=True, asks=True, seen=(WORLD,)), ())
    assert (found.reach, found.detail) == (
        Reach.UNKNOWN,
        "The page is open to this machine only.",
    )


def test_an_address_of_its_own_that_leads_here() -> None:
    vantage = replace(HOME, public_url=URL, spoken=True)
    led = Answer(URL, (WORLD,))
    assert judge(vantage, (led,)) == Reached(Reach.PUBLIC, f"{URL} leads here.")
    silent = judge(replace(vantage, spoken=False), (led,))
    assert silent.reach is Reach.PUBLIC
    assert silent.advice.startswith("To speak from outside, guests also need")


def test_an_address_of_its_own_that_leads_astray() -> None:
    found = judge(replace(HOME, public_url=URL), (Answer(URL, (WORLD,), "nothing answers there"),))
    assert found.reach is Reach.LAN_ONLY
    assert found.detail == f"{URL} does not lead here: nothing answers there."
    assert "port 8080" in found.advice


@pytest.mark.parametrize("near", ["192.168.1.20", "100.64.0.7", "127.0.0.1", "fd00::1", WORLD])
def test_what_stays_in_this_network_proves_nothing(near: str) -> None:
    vantage = replace(HOME, hosts=(*HOME.hosts, WORLD), public_url=URL)
    found = judge(vantage, (Answer(URL, (near,)),))
    assert found.reach is Reach.UNKNOWN
    assert found.detail == f"From here {URL} leads to {near}, which is in this network."


def test_a_router_that_forwards() -> None:
    vantage = replace(HOME, asks=True, seen=(WORLD,), spoken=True)
    assert vantage.places == (f"http://{WORLD}:8080",)
    found = judge(vantage, (Answer(vantage.places[0], (WORLD,)),))
    assert found == Reached(Reach.PUBLIC, f"http://{WORLD}:8080 leads here.")


def test_a_router_that_does_not_forward() -> None:
    vantage = replace(HOME, asks=True, seen=(WORLD,))
    found = judge(vantage, (Answer(vantage.places[0], (WORLD,), "no answer within 10 s"),))
    assert found == Reached(
        Reach.LAN_ONLY,
        f"From outside this network is {WORLD}; its port 8080 does not lead here: "
        "no answer within 10 s.",
        "Forward TCP port 8080 to this box in the router, or use a tunnel (network.tunnel).",
    )


def test_nobody_outside_answers() -> None:
    found = judge(replace(HOME, asks=True), ())
    assert found.reach is Reach.LAN_ONLY
    assert found.detail.startswith("No answer from outside")


def test_a_tunnel_that_is_not_up() -> None:
    found = judge(replace(HOME, tunnel="cloudflared"), ())
    assert found.reach is Reach.LAN_ONLY
    assert "cloudflared" in found.detail


def test_where_it_may_be_found() -> None:
    seen = replace(HOME, seen=(WORLD, "2001:db8::7", WORLD))
    assert seen.places == (f"http://{WORLD}:8080", "http://[2001:db8::7]:8080")
    assert replace(seen, public_url=URL).places == (URL,)
    assert replace(seen, alone=True).places == ()


@pytest.fixture
async def there() -> AsyncIterator[tuple[str, list[web.Response]]]:
    """A server elsewhere, and what it answers next."""
    answers: list[web.Response] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.path == PLACE
        if not answers:
            await asyncio.Event().wait()
        return answers.pop()

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", answers
    await runner.cleanup()


async def looked(url: str) -> Reached:
    test = ReachTest(CODE, lambda: HOME)
    await test.test(replace(HOME, public_url=url))
    return test.reached


async def test_the_box_knows_itself(there: tuple[str, list[web.Response]]) -> None:
    url, answers = there
    answers.append(web.json_response({"code": CODE}))
    assert (await looked(url)).detail == (
        f"From here {url} leads to 127.0.0.1, which is in this network."
    )


@pytest.mark.parametrize(
    "answer",
    [
        web.json_response({"code": "VWXYZ"}),
        web.json_response([CODE]),
        web.json_response({"code": CODE}, status=404),
        web.Response(status=302, headers={"Location": f"http://127.0.0.1:1{PLACE}"}),
        web.Response(body=b"[" * 10_000),
        web.Response(body=b"\xff" * 10_000_000),
    ],
    ids=["another box", "no object", "not found", "a redirect", "nonsense", "much"],
)
async def test_another_machine_is_not_the_box(
    there: tuple[str, list[web.Response]], answer: web.Response
) -> None:
    url, answers = there
    answers.append(answer)
    found = await looked(url)
    assert found.reach is Reach.LAN_ONLY
    assert found.detail == f"{url} does not lead here: something else answers there."


async def test_who_never_answers(
    there: tuple[str, list[web.Response]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "PATIENCE_S", 0.2)
    assert (await looked(there[0])).detail.endswith("no answer within 0 s.")


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("http://127.0.0.1:1", "nothing answers there"),
        ("https://nobody.invalid", "nothing goes by that name"),
        (f"https://{'a' * 70}.example", "nothing goes by that name"),
        ("http://127.0.0.1:99999", "nothing answers there"),
    ],
)
async def test_where_nobody_is(url: str, trouble: str) -> None:
    assert (await looked(url)).detail == f"{url} does not lead here: {trouble}."


async def test_it_is_tested_again_when_something_changes(
    there: tuple[str, list[web.Response]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "SETTLE_S", 0.02)
    monkeypatch.setattr(tested, "LOOK_S", 0.005)
    url, answers = there
    now = HOME
    test = ReachTest(CODE, lambda: now)
    running = asyncio.create_task(test.run())
    async with asyncio.timeout(20):
        while "to test from" not in test.reached.detail:
            await asyncio.sleep(0.005)
        answers.append(web.json_response({"code": CODE}))
        now = replace(HOME, public_url=url)
        while f"From here {url}" not in test.reached.detail:
            await asyncio.sleep(0.005)
        now = replace(HOME, hosts=())
        while test.reached.reach is not Reach.NO_NETWORK:
            await asyncio.sleep(0.005)
    running.cancel()
