"""The networks that other tests stand on: what a home lets out and in, and that nothing stays."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from netns import BOX, Home, street, within

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

DOORS = f"""
import socket
asked, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
asked.bind(("{BOX}", 9000)), other.bind(("{BOX}", 9001))
print("ready", flush=True)
while True:
    said, guest = asked.recvfrom(99)
    print(*guest, flush=True)
    other.sendto(b"uninvited", guest), asked.sendto(b"answer", guest)
"""
GUEST = f"""
import socket, sys
guest = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
guest.settimeout(5)
guest.bind(("0.0.0.0", 7777))
for _ in sys.stdin:
    guest.sendto(b"hello", ("{BOX}", 9000))
    print(guest.recv(99).decode(), flush=True)
"""


def python(namespace: str, program: str) -> subprocess.Popen[str]:
    command = [*within(namespace), sys.executable, "-c", program]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def knock(guest: subprocess.Popen[str], box: subprocess.Popen[str]) -> tuple[str, int]:
    """Have the guest ask; return the address that the box saw."""
    assert guest.stdin is not None
    print("knock", file=guest.stdin, flush=True)
    address, port = said(box).split()
    assert said(guest) == "answer", "what was not asked for comes first and stays outside"
    return address, int(port)


def move(home: Home) -> None:
    for change in (f"del {home.outside}", f"add {home.moved}"):
        subprocess.run(
            ["ip", "-n", home.router, "addr", *f"{change}/24 dev street".split()], check=True
        )


def test_a_home_lets_in_only_answers_and_its_mappings_go_with_its_address() -> None:
    with street() as networks:
        home = networks.home(7)
        with python(networks.box, DOORS) as box, python(home.guest, GUEST) as guest:
            assert said(box) == "ready"
            outside, port = knock(guest, box)
            assert (outside, knock(guest, box)) == (home.outside, (outside, port))
            move(home)
            moved, other = knock(guest, box)
            assert moved == home.moved
            assert other != port
            box.terminate()
            guest.terminate()


def test_nothing_stays_when_a_test_fails() -> None:
    def fail() -> None:
        with street() as networks:
            networks.home(1)
            raise LookupError(networks.box)

    with pytest.raises(LookupError) as failed:
        fail()
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    assert str(failed.value) not in listed
