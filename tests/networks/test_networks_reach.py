"""What a box behind a router finds out of its reach: by a STUN server outside, and by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from box import Box, eventually, running_box
from netns import Home, street, within

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

# The addresses of a street are nobody's; a public one is what the test is about.
WORLD, OUTSIDE = "5.9.0.1", "5.9.0.100"
FORWARD = f"""
table ip forwarding {{
  chain in {{ type nat hook prerouting priority dstnat
    ip daddr {OUTSIDE} tcp dport 8080 dnat to 192.168.1.20
  }}
  chain out {{ type nat hook postrouting priority srcnat
    oifname "home" ip daddr 192.168.1.20 masquerade
  }}
}}
"""
PATIENCE_S = 90.0


def test_what_a_box_behind_a_router_finds_out(tmp_path: Path) -> None:
    with street() as networks:
        home = networks.home(0)
        run(networks.box, "ip addr add", f"{WORLD}/24 dev street")
        run(home.router, "ip addr add", f"{OUTSIDE}/24 dev street")
        with box_at(home, tmp_path) as box:
            found(
                box, "LAN ONLY", "No answer from outside: the servers of network.stun are silent."
            )
            with stun_server(networks.box, tmp_path):
                run(home.router, "nft -f -", given=FORWARD)
                found(box, "PUBLIC", f"http://{OUTSIDE}:8080 leads here.")
                assert f"PUBLIC: http://{OUTSIDE}:8080 leads here." in box.cli("doctor")
                run(home.guest, "ip link set wlan0 down")
                found(box, "NO NETWORK", "This box has no address.")
                run(home.guest, "ip link set wlan0 up")
                run(home.guest, "ip route add default via", home.gateway)
                run(home.router, "nft delete table ip forwarding")
                found(
                    box,
                    "LAN ONLY",
                    f"From outside this network is {OUTSIDE}; its port 8080 does not lead here: "
                    "nothing answers there.",
                )


@contextmanager
def box_at(home: Home, folder: Path) -> Iterator[Box]:
    file = folder / "spacebox.toml"
    file.write_text(f'[network]\nstun = ["stun:{WORLD}:3478"]\nannounce = false\n')
    quiet = ("--mic", "silence", "--speaker", "none", "--config", str(file), "--port", "8080")
    place = within(home.guest)
    with running_box(folder, *quiet, "--listen", "0.0.0.0", start=None, within=place) as box:
        yield box


@contextmanager
def stun_server(namespace: str, folder: Path) -> Iterator[None]:
    words = f"turnserver -n -S -L {WORLD} -p 3478 --no-cli --no-tls --no-dtls --log-file stdout"
    files = ["--pidfile", str(folder / "turn.pid"), "--userdb", str(folder / "turn.users")]
    with (folder / "turn.log").open("w") as log:
        command = [*within(namespace), *words.split(), *files]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def found(box: Box, reach: str, detail: str) -> None:
    """Wait until the box says that."""

    def said() -> bool:
        space = box.space()
        return (space["reachability"], space["reach"]["detail"]) == (reach, detail)

    eventually(said, PATIENCE_S)


def run(namespace: str, *words: str, given: str | None = None) -> None:
    command = [*within(namespace), *" ".join(words).split()]
    subprocess.run(command, input=given, text=True, check=True)
