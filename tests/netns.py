"""Networks of our own: a street, and homes behind NATs in it, by Linux's network namespaces.

A street is one switch. A home is a router that masquerades, and a guest's machine behind it: what
the guest did not ask for does not come in. Everything is named after this process and goes with
the context, and what a killed process has left behind goes at the next start. Needs root.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PREFIX = "spacebox-"
STREET = "203.0.113"
BOX = f"{STREET}.1"
ROUTER = "192.168.1.1"
FIREWALL = """
table ip home {
  chain nat { type nat hook postrouting priority srcnat
    oifname "street" meta l4proto { tcp, udp } masquerade to :40000-49999
  }
  chain forward { type filter hook forward priority filter; policy drop
    iifname "home" accept
    ct state established accept
  }
  chain input { type filter hook input priority filter; policy drop
    iifname { "lo", "home" } accept
    ct state established accept
  }
}
"""
"""A port restricted NAT (RFC 4787: endpoint-independent mapping, filtering by address and port)."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Home:
    """The names of two namespaces and how they are plugged in.

    The router's interfaces are `street` and `home`, the guest's is `wlan0`.
    """

    router: str
    guest: str
    outside: str
    """The router's address in the street."""
    moved: str
    """Another one that it may take."""
    inside: tuple[str, str]
    """The guest's address, and another one that it may take."""
    gateway: str = ROUTER


class Street:
    """A switch with a box at it. Made by `street`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._switch = self._add("switch")
        self.box = self._add("box")
        self.ip(self._switch, "link add street type bridge")
        self.ip(self._switch, "link set street up")
        self.plug(self.box, "street", BOX)

    def machine(self, number: int, address: str = "") -> str:
        """Plug in a machine, with an address if one is given; return its namespace.

        Its interface is `street`.
        """
        namespace = self._add(f"machine{number}")
        self.plug(namespace, "street", address)
        return namespace

    def home(self, number: int) -> Home:
        """Build a home; *number* is 0 to 99."""
        router, guest = self._add(f"router{number}"), self._add(f"guest{number}")
        home = Home(
            router,
            guest,
            f"{STREET}.{100 + number}",
            f"{STREET}.{10 + number}",
            ("192.168.1.20", "192.168.1.21"),
        )
        self.plug(router, "street", home.outside)
        self.ip(router, f"link add home type veth peer wlan0 netns {guest}")
        self.ip(router, f"addr add {ROUTER}/24 dev home")
        self.ip(router, "link set home up")
        self.ip(guest, f"addr add {home.inside[0]}/24 dev wlan0")
        self.ip(guest, "link set wlan0 up")
        self.ip(guest, f"route add default via {ROUTER}")
        _run("ip", "netns", "exec", router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        _run("ip", "netns", "exec", router, "nft", "-f", "-", given=FIREWALL)
        return home

    def plug(self, namespace: str, interface: str, address: str) -> None:
        """Give a machine an interface in the street, with an address if any is given."""
        port = f"port{next(_numbers)}"
        self.ip(namespace, f"link add {interface} type veth peer {port} netns {self._switch}")
        self.ip(self._switch, f"link set {port} master street up")
        if address:
            self.ip(namespace, f"addr add {address}/24 dev {interface}")
        self.ip(namespace, f"link set {interface} up")

    def ip(self, namespace: str, words: str) -> None:
        """Change a machine's network, by the words behind ``ip``."""
        _run("ip", "-n", namespace, *words.split())

    def _add(self, name: str) -> str:
        namespace = self._prefix + name
        _run("ip", "netns", "add", namespace)
        # No addresses by themselves: they would come seconds later, as a change of the network.
        _run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        self.ip(namespace, "link set lo up")
        return namespace


@contextmanager
def street() -> Iterator[Street]:
    """Build a street; take it and all of its homes away at the end."""
    _sweep()
    prefix = f"{PREFIX}{os.getpid()}-{next(_numbers)}-"
    try:
        yield Street(prefix)
    finally:
        _remove(prefix)


def within(namespace: str) -> tuple[str, ...]:
    """Return the words before a command that make it run in a namespace."""
    return ("ip", "netns", "exec", namespace)


def _sweep() -> None:
    """Remove what was left by processes that are no more."""
    for name in _names(PREFIX):
        pid = name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            _run("ip", "netns", "del", name)


def _remove(prefix: str) -> None:
    for name in _names(prefix):
        _run("ip", "netns", "del", name)


def _names(prefix: str) -> list[str]:
    listed = _run("ip", "netns", "list").splitlines()
    return [name for name, *_ in map(str.split, listed) if name.startswith(prefix)]


def _run(*command: str, given: str | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout
