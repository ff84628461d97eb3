"""A box whose networks come late, change and go: everything follows, and nothing is restarted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from box import Box, eventually, running_box
from neighbourhood import around, port
from netns import STREET, Street, street, within

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

OFFER = Path(__file__).parent.parent / "rtc" / "offer.sdp"
FIRST, SECOND, CABLE, FRIEND = (f"{STREET}.{number}" for number in (2, 3, 4, 9))
ASK = f"""
import sys, urllib.request
offer = open({str(OFFER)!r}, "rb").read()
headers = {{"Content-Type": "application/sdp"}}
asked = urllib.request.Request(sys.argv[1] + "/whep", offer, headers)
print(urllib.request.urlopen(asked, timeout=5).read().decode())
"""
SHOWN = """
import ssl, sys
print(ssl.get_server_certificate((sys.argv[1], int(sys.argv[2])), timeout=5))
"""


def certified(guest: str, address: str, box: Box) -> set[str]:
    """Return for which addresses the certificate is that a guest is shown at *address*."""
    secure_port = box.space()["secure_url"].rpartition(":")[2].rstrip("/")
    command = [*within(guest), sys.executable, "-c", SHOWN, address, secure_port]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        return set()
    extensions = x509.load_pem_x509_certificate(done.stdout).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(str, names.get_values_for_type(x509.IPAddress)))


def candidates(guest: str, address: str, box: Box) -> set[str]:
    """Return at which addresses a guest who asks at *address* is told to meet the box."""
    command = [*within(guest), sys.executable, "-c", ASK, f"http://{address}:{port(box)}"]
    done = subprocess.run(command, capture_output=True, text=True)
    return set(re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) ", done.stdout))


def link(box: Box) -> str:
    """Return what the QR code leads to."""
    shown: str = box.space()["link"]
    return shown.removesuffix(f":{port(box)}/s/{box.guests.rpartition('/')[2]}")


def urls(friend: Box) -> list[str]:
    """Return where another box knows boxes to be."""
    return [box["url"] for box in around(friend)]


def test_a_box_follows_its_networks(tmp_path: Path) -> None:
    for name in ("box", "friend"):
        (tmp_path / name).mkdir()
    listen = ("--listen", "0.0.0.0")
    with street() as networks:
        machine, guest = networks.machine(0), networks.machine(1, FRIEND)
        with (
            running_box(tmp_path / "box", *listen, within=within(machine)) as box,
            running_box(tmp_path / "friend", *listen, within=within(guest)) as friend,
        ):
            assert box.guests.startswith("http://space-box.local:")
            late_at_boot(networks, machine, guest, box, friend)
            another_address(networks, machine, guest, box, friend)
            cable_in_and_out(networks, machine, guest, box, friend)
            assert box.process.poll() is None


def found_at(address: str, guest: str, box: Box, friend: Box) -> None:
    eventually(lambda: link(box) == f"http://{address}")
    eventually(lambda: address in candidates(guest, address, box))
    eventually(lambda: address in certified(guest, address, box))
    eventually(lambda: urls(friend) == [f"http://{address}:{port(box)}"])


def late_at_boot(networks: Street, machine: str, guest: str, box: Box, friend: Box) -> None:
    networks.ip(machine, f"addr add {FIRST}/24 dev street")
    found_at(FIRST, guest, box, friend)


def another_address(networks: Street, machine: str, guest: str, box: Box, friend: Box) -> None:
    networks.ip(machine, f"addr del {FIRST}/24 dev street")
    networks.ip(machine, f"addr add {SECOND}/24 dev street")
    found_at(SECOND, guest, box, friend)
    assert candidates(guest, SECOND, box) == {SECOND}
    assert candidates(guest, FIRST, box) == set(), "nobody is there any more"


def cable_in_and_out(networks: Street, machine: str, guest: str, box: Box, friend: Box) -> None:
    networks.plug(machine, "cable", CABLE)
    eventually(lambda: candidates(guest, CABLE, box) == {SECOND, CABLE})
    networks.ip(machine, "link set street down")
    found_at(CABLE, guest, box, friend)
    networks.ip(machine, "link set street up")
    networks.ip(machine, "link del cable")
    found_at(SECOND, guest, box, friend)
