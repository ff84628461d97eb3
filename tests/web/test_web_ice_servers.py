"""What guests are told of TURN, and that a real server takes it and refuses what has ended."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import create_turn_endpoint
from served import SITE

from spacebox.config.schema import Config, Network
from spacebox.daemon.settings import secret, site
from spacebox.web.ice_servers import GOOD_S, IceServers
from turn import Turn, turn

SHARED = replace(SITE, turn_secret="north", turn_username="", turn_credential="")


def credentials(links: list[str]) -> tuple[str, str]:
    """Return the name and the password in the last of *links*."""
    found = re.search(r'; username="([^"]*)"; credential="([^"]*)"; ', links[-1])
    assert found is not None
    return found[1], found[2]


def test_credentials_name_their_end_and_their_seat() -> None:
    stun, relay = IceServers(SHARED, lambda: 1_700_000_000.7).links("p1")
    assert stun == '<stun:stun.example:3478>; rel="ice-server"'
    # HMAC-SHA1 of "1700021600:p1" under "north", as `openssl dgst -sha1 -hmac` has it.
    assert relay == (
        '<turn:turn.example:3478?transport=udp>; rel="ice-server"; username="1700021600:p1"; '
        'credential="sce1heyQrNqdND8gMyfI5KbeXf0="; credential-type="password"'
    )


def test_nobody_without_a_seat_is_told_of_turn() -> None:
    assert [*IceServers(SHARED).links(None)] == ['<stun:stun.example:3478>; rel="ice-server"']


def test_the_secret_may_come_from_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "turn_secret").write_text("north\n")
    assert secret("turn_secret", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "north"
    assert secret("turn_credential", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == ""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert site(Config(), "b").turn_secret == "north"
    owners = Config(network=Network(turn_secret="south"))
    assert site(owners, "b").turn_secret == "south"


@pytest.fixture(scope="module", params=[False, True], ids=["udp", "tls"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Turn]:
    with turn(tmp_path_factory.mktemp("turn"), shared=True, tls=request.param) as running:
        yield running


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Wait until what was opened inside is closed: TLS says goodbye before its socket ends."""
    before = open_files()
    try:
        yield
    finally:
        async with asyncio.timeout(20):
            while open_files() > before:
                await asyncio.sleep(0.01)


async def relayed(server: Turn, links: list[str]) -> tuple[str, int]:
    """Return the address that *server* gives away for what *links* say."""
    trusting = None
    if server.certificate is not None:
        trusting = ssl.create_default_context(cafile=server.certificate)
    async with nothing_left():
        line, _ = await create_turn_endpoint(
            asyncio.DatagramProtocol,
            server.address,
            *credentials(links),
            ssl=trusting,
            transport="udp" if trusting is None else "tcp",
        )
        address: tuple[str, int] = line.get_extra_info("sockname")
        line.close()
    return address


async def test_a_turn_server_takes_them(server: Turn) -> None:
    ours = replace(SHARED, turn=(server.uri,), turn_secret=server.secret)
    host, _ = await relayed(server, [*IceServers(ours).links("p1")])
    assert host == server.address[0]


async def test_a_turn_server_refuses_them_when_they_have_ended(server: Turn) -> None:
    ours = replace(SHARED, turn=(server.uri,), turn_secret=server.secret)
    past = IceServers(ours, lambda: time.time() - GOOD_S - 5)
    with pytest.raises(TransactionFailed, match="401"):
        await relayed(server, [*past.links("p1")])


async def test_a_turn_server_refuses_an_end_that_was_put_off(server: Turn) -> None:
    ours = replace(SHARED, turn=(server.uri,), turn_secret=server.secret)
    name, password = credentials([*IceServers(ours).links("p1")])
    later = f"{int(name.partition(':')[0]) + 3600}:p1"
    forged = f'<{server.uri}>; rel="ice-server"; username="{later}"; credential="{password}"; '
    with pytest.raises(TransactionFailed, match="401"):
        await relayed(server, [forged])
