"""From a flashed card to a room that can be joined, and what of it can be seen from outside."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from conftest import PASSWORD
from reading import shows
from virtual_pi import VirtualPi

DOORS = {
    ("tcp", 22): "ssh, with a key",
    ("tcp", 80): "the page",
    ("tcp", 443): "the page",
    ("udp", 50000): "sound",
    ("udp", 5353): "mDNS",
}


def ssh_answers(pi: VirtualPi) -> bool:
    with socket.create_connection(("127.0.0.1", pi.ports.ssh), timeout=10) as line:
        return line.recv(4) == b"SSH-"


def host_key(pi: VirtualPi) -> str:
    scan = ["ssh-keyscan", "-T", "30", "-t", "ed25519", "-p", str(pi.ports.ssh), "127.0.0.1"]
    lines = subprocess.run(scan, capture_output=True, text=True, check=True).stdout
    return lines.split()[-1]


def ssh(pi: VirtualPi, key: Path, *words: str, user: str = "ada") -> int:
    options = ("UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "BatchMode=yes")
    command = ["ssh", "-q", "-i", str(key), "-p", str(pi.ports.ssh)]
    for option in options:
        command += ["-o", option]
    return subprocess.run([*command, f"{user}@127.0.0.1", *words], check=False).returncode


def test_no_unit_has_failed(pi: VirtualPi) -> None:
    state = pi.guest.run("systemctl", "is-system-running", "--wait").out.strip()
    assert pi.guest.check("systemctl", "--failed", "--no-legend", "--plain") == ""
    assert state == "running"


def test_the_room_can_be_joined_and_the_glass_says_so(pi: VirtualPi) -> None:
    space = json.loads(pi.guest.check("spacebox", "status", "--json"))
    assert space["state"] == "idle"
    pi.wait_for(lambda: shows(pi.screen.picture(), "studio"), "the box's name is on the glass", 30)


def test_what_the_owner_wished_is_so(pi: VirtualPi, key: Path) -> None:
    assert pi.guest.check("hostname").strip() == "studio"
    assert pi.guest.check("readlink", "/etc/localtime").strip().endswith("Europe/Berlin")
    assert pi.guest.check("spacebox", "config", "get", "box.host").strip() == "Mira"
    profile = "/etc/NetworkManager/system-connections/spacebox.nmconnection"
    assert pi.guest.check("stat", "-c", "%a %U", profile).split() == ["600", "root"]
    assert b"Home" in pi.guest.read(profile)
    pi.wait_for(lambda: ssh_answers(pi), "ssh answers", 60)
    assert ssh(pi, key, "sudo", "-n", "true") == 0


def test_nobody_comes_in_without_the_key(pi: VirtualPi, tmp_path: Path) -> None:
    other = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    for user in ("ada", "root", "spacebox"):
        assert ssh(pi, other, "true", user=user) == 255
    shadow = pi.guest.read("/etc/shadow").decode().splitlines()
    assert {line.split(":")[1] for line in shadow} <= {"*", "!", "!*", "!!"}


def test_the_data_has_all_of_the_card(pi: VirtualPi) -> None:
    room = int(pi.guest.check("df", "--output=size", "-B1", "/data").split()[-1])
    card = pi.card.path.stat().st_size
    assert room > 0.8 * (card - pi.card.partition("data").offset)


def test_nothing_else_listens(pi: VirtualPi) -> None:
    found = {}
    for line in pi.guest.check("ss", "-H", "-tulpn").splitlines():
        kind, _, _, _, local, *_ = line.split()
        if not local.startswith(("127.", "[::1]")):
            found[kind, int(local.rpartition(":")[2])] = line
    assert [line for door, line in found.items() if door not in DOORS] == []
    assert set(DOORS) - set(found) <= {("udp", 5353)}


def test_systemd_finds_no_fault_in_the_units(pi: VirtualPi) -> None:
    units = pi.guest.check("sh", "-c", "cd /usr/lib/systemd/system; ls spacebox*.service")
    done = pi.guest.run("systemd-analyze", "verify", *units.split())
    assert (done.status, done.err) == (0, "")
    judged = pi.guest.check("systemd-analyze", "security", "--no-pager", "spacebox.service")
    verdict = next(line for line in judged.splitlines() if "Overall exposure" in line)
    assert float(verdict.partition(": ")[2].split()[0]) <= 2.0


def test_the_secrets_are_gone_from_the_card_and_the_box_stays_who_it_is(
    pi: VirtualPi, record_property: Callable[[str, object], None]
) -> None:
    """The boot of the bare system is timed with it: the goal is 1.5 times as long, at most."""
    before = host_key(pi)
    pi.guest.check("systemctl", "poweroff", "--no-block")
    pi.wait_until_off()
    assert pi.ends[-1] == "guest-shutdown"
    assert PASSWORD.encode() not in pi.card.raw("bootconfig")
    for name, arguments, up in (
        ("bare system to ssh", ["systemd.mask=spacebox.service"], lambda: ssh_answers(pi)),
        ("box to page", [], lambda: pi.wait_for_page() or True),
    ):
        began = time.monotonic()
        pi.power_on(*arguments)
        pi.wait_for(up, name)
        took_s = time.monotonic() - began
        record_property(name, round(took_s, 1))
        print(f"{name}: {took_s:.0f} s")
        pi.wait_for(lambda: ssh_answers(pi), "ssh answers", 60)
        assert host_key(pi) == before
        pi.cut()
