"""The machine's Wi-Fi by NetworkManager, with radios that the guest's kernel simulates.

The box itself is stopped meanwhile: what it would ask for is asked for by its own user.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from virtual_pi import VirtualPi

HOME, KEY = "Kitchen", "a long enough one"
OWN, OWN_KEY = "BOX-B0C5", "K7QX4821"
AP = f"""network={{
  ssid="{HOME}"
  mode=2
  frequency=2437
  key_mgmt=WPA-PSK
  proto=RSN
  pairwise=CCMP
  psk="{KEY}"
}}
"""
TELEPHONE = f'network={{\n  ssid="{OWN}"\n  psk="{OWN_KEY}"\n}}\n'
LEASED = '#!/bin/sh\n[ "$1" != bound ] || echo "$ip"\n'
"""What becomes of the telephone's address (udhcpc)."""
ROOMS = {"home": "phy1", "telephone": "phy2"}
"""Network namespaces of the guest, each with a radio: the air is all that they share."""
ASK = f"""
import asyncio, dataclasses, json, sys
from spacebox.ports.wifi import Credentials, Hotspot
from spacebox.system.nmcli import Nmcli
from spacebox.system.wifi import ADDRESS, NoWifi
what, *words = sys.argv[1:]
given = {{"open": [Hotspot({OWN!r}, {OWN_KEY!r}, ADDRESS)], "join": [Credentials(*words)]}}
try:
    said = asyncio.run(getattr(Nmcli(), what)(*given.get(what, [])))
except NoWifi as trouble:
    said = str(trouble)
near = isinstance(said, tuple)
print(json.dumps([dataclasses.asdict(one) for one in said] if near else said))
"""


def as_box(pi: VirtualPi, what: str, *words: str) -> object:
    """Return what came of asking the radio for *what*, with the rights of the box."""
    box = ("systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--property=User=spacebox")
    python = ("/opt/spacebox/bin/python", "-c", ASK)
    answer: object = json.loads(pi.guest.check(*box, *python, what, *words, patience_s=180))
    return answer


def start(pi: VirtualPi, unit: str, *words: str) -> None:
    """Have *words* run on, in the namespace that the unit's name begins with."""
    room = unit.partition("-")[0]
    pi.guest.check("systemd-run", f"--unit={unit}", "ip", "netns", "exec", room, *words)


def inside(pi: VirtualPi, room: str, *words: str) -> str:
    return pi.guest.check("ip", "netns", "exec", room, *words, patience_s=120)


def names(pi: VirtualPi, *which: str) -> list[str]:
    return pi.guest.check("nmcli", "-g", "NAME", "connection", "show", *which).split("\n")


@pytest.fixture(scope="module")
def aired(pi: VirtualPi) -> Iterator[VirtualPi]:
    """A box with a radio, and a house around it with Wi-Fi and a telephone."""
    pi.wake()
    pi.guest.check("systemctl", "stop", "spacebox.service", "spacebox-http.socket")
    pi.guest.check("modprobe", "mac80211_hwsim", "radios=3")
    for room, radio in ROOMS.items():
        pi.guest.check("ip", "netns", "add", room)
        pi.guest.check("iw", "phy", radio, "set", "netns", "name", room)
    for path, text in (("ap", AP), ("telephone", TELEPHONE), ("leased", LEASED)):
        pi.guest.write(f"/run/{path}", text.encode())
    pi.guest.check("chmod", "0755", "/run/leased")
    start(pi, "home-ap", "wpa_supplicant", "-i", "wlan1", "-c", "/run/ap")
    inside(pi, "home", "ip", "address", "add", "192.168.77.1/24", "dev", "wlan1")
    leases = ("--dhcp-range=192.168.77.10,192.168.77.50", "--dhcp-leasefile=/run/leases")
    start(pi, "home-dhcp", "dnsmasq", "-k", "-C", "/dev/null", "-p", "0", "-i", "wlan1", *leases)
    pi.wait_for(lambda: as_box(pi, "present") is True, "the radio can be used", 60)
    yield pi
    pi.cut()  # without its radios and stopped services it is of no use for others


def test_the_networks_around_are_seen(aired: VirtualPi) -> None:
    seen = {"name": HOME, "secured": True}

    def found() -> bool:
        near = as_box(aired, "scan")
        assert isinstance(near, list)
        return seen in [{key: one[key] for key in seen} for one in near]

    aired.wait_for(found, "the house's network is seen", 60)


def test_a_telephone_joins_the_network_that_the_box_opens(aired: VirtualPi) -> None:
    assert as_box(aired, "open") is None
    start(aired, "telephone-wifi", "wpa_supplicant", "-i", "wlan2", "-c", "/run/telephone")
    lease = ("busybox", "udhcpc", "-i", "wlan2", "-n", "-q", "-t", "30", "-s", "/run/leased")
    assert inside(aired, "telephone", *lease).startswith("10.42.0.")
    aired.guest.check("systemctl", "stop", "telephone-wifi")
    assert as_box(aired, "close") is None
    assert "spacebox-setup" not in names(aired)
    kept = aired.guest.check("ls", "/etc/NetworkManager/system-connections")
    assert "spacebox-setup" not in kept


def test_a_wrong_key_is_told_of_and_forgotten(aired: VirtualPi) -> None:
    told = as_box(aired, "join", HOME, "a wrong one")
    assert told == f"{HOME} did not take this key."
    assert HOME not in names(aired)


def test_the_right_key_brings_the_box_in_and_is_kept(aired: VirtualPi) -> None:
    assert as_box(aired, "join", HOME, KEY) is None
    assert HOME in names(aired, "--active")
    assert as_box(aired, "known") is True
    assert "192.168.77." in aired.guest.check("ip", "-4", "address", "show", "dev", "wlan0")
    kept = f"/etc/NetworkManager/system-connections/{HOME}.nmconnection"
    assert KEY in aired.guest.check("cat", kept)
    assert aired.guest.check("stat", "-c", "%a %U", kept).split() == ["600", "root"]
