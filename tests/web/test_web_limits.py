"""How often one may ask, by a clock that the test moves."""

from __future__ import annotations

from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request
from served import Box, Clock

from spacebox.web import limits
from spacebox.web.errors import Problem
from spacebox.web.limits import Bucket, network_of, origin


def taken(bucket: Bucket, key: str = "a") -> int:
    """Return how many times in a row *key* may ask now."""
    for count in range(1000):
        try:
            bucket.take(key)
        except Problem:
            return count
    raise AssertionError("no limit")


def test_a_burst_then_a_rate() -> None:
    clock = Clock()
    bucket = Bucket(30, 10, "slow", clock)
    assert taken(bucket) == 30
    clock.now += 0.5
    assert taken(bucket) == 5
    clock.now += 3600
    assert taken(bucket) == 30


def test_keys_do_not_share() -> None:
    bucket = Bucket(2, 1, "slow", Clock())
    assert (taken(bucket, "a"), taken(bucket, "b")) == (2, 2)


def test_the_wait_is_told_in_whole_seconds() -> None:
    clock = Clock()
    bucket = Bucket(1, 0.1, "slow", clock)
    bucket.take("a")
    clock.now += 0.5
    with pytest.raises(Problem) as raised:
        bucket.take("a")
    assert raised.value.headers == {"Retry-After": "10"}
    assert (raised.value.status, raised.value.reason) == (429, "slow")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_KEYS", 3)
    bucket = Bucket(1, 1, "slow", Clock())
    for key in "abcd":
        bucket.take(key)
    assert taken(bucket, "a") == 1  # forgotten, as the first that came
    assert taken(bucket, "d") == 0


@pytest.mark.parametrize(
    ("remote", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(remote: str, key: str) -> None:
    assert network_of(remote) == key


@pytest.mark.parametrize(
    ("remote", "here", "network"),
    [
        ("192.0.2.1", "192.0.2.7", "192.0.2.1"),
        ("2001:db8:1:2::3", "2001:db8:9::7", "2001:db8:1:2::/64"),
        ("192.0.2.7", "192.0.2.7", None),
        ("::ffff:192.0.2.7", "192.0.2.7", None),
        ("2001:db8:1:2::3", "2001:db8:1:2::7", None),
        ("127.0.0.1", "127.0.0.1", None),
        ("::1", "::1", None),
    ],
)
def test_where_a_listener_comes_from(remote: str, here: str, network: str | None) -> None:
    transport = Mock()
    transport.get_extra_info = {"peername": (remote, 1), "sockname": (here, 2)}.get
    assert origin(make_mocked_request("POST", "/whep", transport=transport)) == network


async def test_joining(box: Box) -> None:
    box.start()
    statuses = [(await box.ask("POST", "/api/join", {}))[0] for _ in range(31)]
    assert statuses == [201] * 30 + [429]
    box.clock.now += 0.1
    assert (await box.ask("POST", "/api/join", {}))[0] == 201


async def test_offering_by_both_ways_together(box: Box) -> None:
    box.start()
    statuses = [(await box.offer("/whep"))[0] for _ in range(30)]
    assert statuses == [201] * 30
    status, error, headers = await box.offer("/whip")
    assert (status, error["error"], headers["Retry-After"]) == (429, "too_many", "1")


async def test_reactions_and_commands(box: Box) -> None:
    box.start()
    ana, ben = await box.join("Ana"), await box.join("Ben")
    clap = {"command": "React", "emoji": "👏"}
    statuses = [
        (await box.ask("POST", "/api/commands", clap, token=ana["token"]))[0] for _ in range(11)
    ]
    assert statuses == [200] * 10 + [429]
    assert box.hub.room.reactions == {"👏": 10}
    assert (await box.ask("POST", "/api/commands", clap, token=ben["token"]))[0] == 200

    fly = {"command": "Fly"}
    statuses = [
        (await box.ask("POST", "/api/commands", fly, token=ana["token"]))[0] for _ in range(90)
    ]
    assert statuses == [422] * 89 + [429]


async def test_the_control_socket_has_no_limit(box: Box, control: aiohttp.ClientSession) -> None:
    box.start()
    for _ in range(40):
        async with control.post("http://localhost/api/join", json={}) as response:
            assert response.status == 201
