"""What is asked of nmcli, and what its answers mean. The virtual Pi asks the real one."""

from __future__ import annotations

import asyncio
import os
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.system.nmcli import Nmcli
from spacebox.system.wifi import NoWifi

DEVICES = "lo:loopback:connected (externally)\nwlan0:wifi:unavailable\nwlan1:wifi:disconnected\n"
AROUND = "K\\:che\\\\:40:WPA2\nAttic:90:WPA3\nK\\:che\\\\:71:WPA1 WPA2\n:99:WPA2\nCafé:12:\n"
SECRETS = "Error: Connection activation failed: Secrets were required, but not provided"
OPEN = Hotspot("SPACEBOX", "K7QX4821", IPv4Interface("10.42.0.1/24"))


class Program:
    """A stand-in that answers by the words it is asked with, and keeps them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cases: list[str] = []
        self.says("* device", DEVICES)

    def says(self, asked: str, answer: str, status: int = 0) -> None:
        """Have it answer so from now on, where what it is asked looks like *asked*."""
        file = self._folder / f"answer{len(self._cases)}"
        file.write_text(answer)
        pattern = asked.replace(" ", "\\ ")
        self._cases.insert(0, f"  {pattern}) cat {file} >&{2 if status else 1}; exit {status};;")
        cases = "\n".join(self._cases)
        log = self._folder / "asked"
        path = self._folder / "nmcli"
        path.write_text(f'#!/bin/sh\necho "$*" >>{log}\ncase "$*" in\n{cases}\nesac\n')
        path.chmod(0o755)

    def nmcli(self) -> Nmcli:
        return Nmcli(str(self._folder / "nmcli"))

    def asked(self, begin: str) -> list[str]:
        """Return what it was asked that began so."""
        lines = (self._folder / "asked").read_text().splitlines()
        return [line for line in lines if line.startswith(begin)]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


async def test_a_radio_is_there_when_it_can_be_used(program: Program) -> None:
    assert await program.nmcli().present()
    program.says("* device", "wlan0:wifi:unavailable\neth0:ethernet:connected\n")
    assert not await program.nmcli().present()


async def test_the_own_network_is_not_one_that_is_known(program: Program) -> None:
    program.says("*TYPE connection show", "eth:802-3-ethernet\nspacebox-setup:802-11-wireless\n")
    assert not await program.nmcli().known()
    program.says("*TYPE connection show", "K\\:che:802-11-wireless\n")
    assert await program.nmcli().known()


async def test_each_network_is_seen_once_and_the_strongest_first(program: Program) -> None:
    program.says("*wifi list*", AROUND)
    assert await program.nmcli().scan() == (
        Nearby("Attic", 90, True),
        Nearby("K:che\\", 71, True),
        Nearby("Café", 12, False),
    )


async def test_a_network_of_its_own_takes_the_place_of_one_before(program: Program) -> None:
    program.says("*NAME,UUID connection show", "spacebox-setup:1-2-3\nHome:4-5-6\n")
    await program.nmcli().open(OPEN)
    assert program.asked("connection delete") == ["connection delete uuid 1-2-3"]
    (added,) = program.asked("connection add")
    assert "save no" in added
    assert "ifname wlan1" in added
    assert "ssid SPACEBOX wifi.mode ap" in added
    assert "wifi-sec.psk K7QX4821" in added


async def test_a_network_that_was_joined_takes_the_place_of_its_like(program: Program) -> None:
    program.says("*wifi list*", AROUND)
    program.says("*NAME,TYPE,UUID connection show", "Attic:802-11-wireless:1-2-3\n")
    await program.nmcli().join(Credentials("Attic", "a long one"))
    (added,) = program.asked("connection add")
    assert "wifi-sec.key-mgmt sae wifi-sec.psk a long one" in added
    assert program.asked("connection delete") == ["connection delete uuid 1-2-3"]


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        (SECRETS, "Attic did not take this key."),
        ("Error: Connection activation failed: The Wi-Fi network could not be found", None),
        ("Error: Timeout expired (45 seconds)", "The box did not get into Attic."),
    ],
)
async def test_what_was_not_joined_is_not_known(
    program: Program, complaint: str, reason: str | None
) -> None:
    program.says("--wait*up*", complaint, 4)
    with pytest.raises(NoWifi) as raised:
        await program.nmcli().join(Credentials("Attic", "a long one", hidden=True))
    assert str(raised.value) == (reason or "Attic was not found.")
    (added,) = program.asked("connection add")
    assert "wifi.hidden yes" in added
    uuid = added.partition("connection.uuid ")[2].split()[0]
    assert program.asked("connection delete") == [f"connection delete uuid {uuid}"]


async def test_a_network_that_is_not_there_is_not_joined(program: Program) -> None:
    program.says("*wifi list*", "Attic:70:WPA2\n")
    with pytest.raises(NoWifi, match=r"^Home was not found\.$"):
        await program.nmcli().join(Credentials("Home", "a long one"))
    assert program.asked("connection add") == []


async def test_without_the_program_there_is_no_wifi(tmp_path: Path) -> None:
    with pytest.raises(NoWifi, match="cannot be asked"):
        await Nmcli(str(tmp_path / "none")).present()


async def test_who_is_called_off_leaves_nothing_running(program: Program, tmp_path: Path) -> None:
    fifo, pid = tmp_path / "fifo", tmp_path / "pid"
    os.mkfifo(fifo)
    stalls = tmp_path / "nmcli"
    stalls.write_text(f"#!/bin/sh\necho $$ >{pid}.new; mv {pid}.new {pid}; exec cat {fifo}\n")
    stalls.chmod(0o755)
    asking = asyncio.create_task(program.nmcli().present())
    while not pid.exists():
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()
