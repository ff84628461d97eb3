"""A program that brings guests in, played by stand-ins: the real ones need the internet."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from spacebox.system.tunnel import LONGEST_S, Tunnel, way

PAGE = "http://127.0.0.1:8080"
URL = "https://one-two.trycloudflare.com"
FRAMED = f"2026-11-20T19:00:00Z INF |  {URL}                    |"
COMPLAINT = (
    'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": no such host'
)
StandIn = Callable[..., Path]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Return what puts a program of a name on PATH, as a shell script."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def put(script: str, name: str = "cloudflared") -> Path:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho $$ >>{program}.pids\n{script}\n")
        program.chmod(0o755)
        return program

    return put


def pids(program: Path) -> list[int]:
    """Return the processes that ran so far."""
    file = program.with_name(f"{program.name}.pids")
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(") ")[2][0] != "Z"


@asynccontextmanager
async def running(
    kind: str = "cloudflared", to: str = "", first_s: float = 0.01
) -> AsyncIterator[tuple[Tunnel, list[str]]]:
    """Run a tunnel; give it and what it told."""
    told: list[str] = []
    tunnel = Tunnel(way(kind, PAGE, to), told.append, first_s)
    task = asyncio.create_task(tunnel.run())
    try:
        yield tunnel, told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def test_each_program_gets_a_list_of_arguments() -> None:
    assert way("cloudflared", PAGE).arguments == ("tunnel", "--no-autoupdate", "--url", PAGE)
    assert way("tailscale", PAGE).arguments == ("funnel", PAGE)
    service = way("ssh", PAGE, "nokey@localhost.run").arguments
    assert service[-5:] == ("-T", "-R", "80:127.0.0.1:8080", "--", "nokey@localhost.run")
    own = way("ssh", PAGE, "box@radio.example", "https://radio.example").arguments
    assert own[-6:] == ("-T", "-N", "-R", "8080:127.0.0.1:8080", "--", "box@radio.example")
    kept = way("ssh", PAGE, "box@radio.example", keys="/var/lib/keys").arguments
    assert {
        "IdentityFile=/var/lib/keys/id_ed25519",
        "UserKnownHostsFile=/var/lib/keys/known_hosts",
    } < {*kept}


@pytest.mark.parametrize(
    "to", ["", "radio.example", "-oProxyCommand=id@host", "me@-oProxyCommand=id", "a@b c", "a@b;id"]
)
def test_ssh_goes_to_somebody_at_some_host(to: str) -> None:
    with pytest.raises(ValueError, match=r"network\.tunnel_to must say where ssh goes"):
        way("ssh", PAGE, to)


@pytest.mark.parametrize(
    ("kind", "line", "url"),
    [
        ("cloudflared", FRAMED, URL),
        ("cloudflared", COMPLAINT, None),
        ("cloudflared", f"INF |  {URL}.evil.example  |", None),
        ("cloudflared", f"INF |  {URL}/path  |", None),
        ("tailscale", "https://box.tail1a2b.ts.net/", "https://box.tail1a2b.ts.net"),
        ("tailscale", "https://box.tail1a2b.ts.net:8443", "https://box.tail1a2b.ts.net:8443"),
        ("tailscale", "https://box.tail1a2b.ts.net (Funnel on)", "https://box.tail1a2b.ts.net"),
        ("tailscale", "https://box.tail1a2b.ts.net.evil.example/", None),
        ("tailscale", "enable it: https://login.tailscale.com/f/funnel?node=x.ts.net", None),
        ("tailscale", "https://box..ts.net", None),
        ("tailscale", "https://box.ts.net:99999", None),
        ("ssh", "a1b2.lhr.life tunneled with tls termination, https://a1b2.lhr.life", "https://a1b2.lhr.life"),
        ("ssh", "Forwarding HTTP traffic from https://a1b2.serveo.net", "https://a1b2.serveo.net"),
        ("ssh", "Welcome! https://localhost.run/docs/faq", None),
        ("ssh", "Forwarding HTTP traffic from https://192.0.2.7", None),
    ],
)  # fmt: skip
async def test_what_counts_as_an_address(
    stand_in: StandIn, kind: str, line: str, url: str | None
) -> None:
    stand_in(f"echo '{line}'; echo 'that was all' >&2", kind)
    async with running(kind, "me@host.example", first_s=100) as (tunnel, told):
        # Lines are taken in their order: the last one tells that the first was looked at.
        await until(lambda: tunnel.trouble)
    assert told == ([url, ""] if url else [])
    assert tunnel.trouble == f"{kind} ended with status 0: that was all."


async def test_an_address_that_comes_in_pieces_and_after_much(stand_in: StandIn) -> None:
    half = FRAMED[:40]
    stand_in(
        f"head -c 3000000 /dev/zero; echo; printf '%s' '{half}'; sleep 0.1; "
        f"echo '{FRAMED[40:]}'; sleep 100"
    )
    async with running() as (_, told):
        await until(lambda: told)
    assert told == [URL, ""]


async def test_a_program_that_ends_is_started_again_later_and_later(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    program = stand_in(f"echo '{FRAMED}'; echo 'the other side hung up'; exit 3")
    with caplog.at_level(logging.WARNING, "spacebox.system.tunnel"):
        async with running() as (tunnel, told):
            await until(lambda: len(pids(program)) >= 4)
            await until(lambda: len(told) >= 8)
    assert told[:8] == [URL, ""] * 4
    assert tunnel.trouble == "cloudflared ended with status 3: the other side hung up."
    pauses = [record.args[1] for record in caplog.records if isinstance(record.args, tuple)]
    assert pauses[:3] == [0.01, 0.02, 0.04]
    assert all(isinstance(pause, float) and pause <= LONGEST_S for pause in pauses)


async def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with running() as (tunnel, told):
        await until(lambda: tunnel.trouble)
    assert (tunnel.trouble, told) == ("cloudflared is not installed.", [])


async def test_a_program_ends_with_its_tunnel(stand_in: StandIn) -> None:
    program = stand_in(f"trap 'exit 0' TERM; echo '{FRAMED}'; while :; do sleep 0.05; done")
    async with running() as (_, told):
        await until(lambda: told)
        (pid,) = pids(program)
        assert alive(pid)
    assert not alive(pid)
    assert told == [URL, ""]


async def test_a_program_that_will_not_end_is_killed(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spacebox.system.tunnel.ENDING_S", 0.1)
    program = stand_in(f"trap '' TERM; echo '{FRAMED}'; while :; do sleep 0.05; done")
    async with running() as (_, told):
        await until(lambda: told)
    assert not alive(pids(program)[0])


_OWNER = """
import asyncio
from spacebox.system.tunnel import Tunnel, way
made = way("cloudflared", "http://127.0.0.1:8080")
asyncio.run(Tunnel(made, lambda url: print(url, flush=True)).run())
"""


async def test_a_program_ends_when_its_owner_is_killed(stand_in: StandIn) -> None:
    program = stand_in(f"echo '{FRAMED}'; exec sleep 100")
    owner = subprocess.Popen([sys.executable, "-c", _OWNER], stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == URL
        owner.send_signal(signal.SIGKILL)
    await until(lambda: not alive(pids(program)[0]))
