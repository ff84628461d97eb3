"""Boxes that find each other by multicast DNS, each on a machine of its own in one street."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from box import CLI, Box, eventually, running_box
from neighbourhood import around, port
from netns import BOX, STREET, street, within
from spacebox.system.neighbours import MOST

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

OTHER, STRANGER = f"{STREET}.2", f"{STREET}.3"
TITLE = "<b>\u202e\x1b[31mred\n" + "\U0001f4fb" * 40
HOSTILE = f"""
import time
from zeroconf import ServiceInfo, Zeroconf
kind = "_spacebox._tcp.local."
def info(label, code, address, **said):
    properties = dict(code=code, state="live", title={TITLE!r}, url="http://evil.example", **said)
    return ServiceInfo(kind, label + "." + kind, 8080, properties=properties,
                       server=label.split()[0] + ".local.", parsed_addresses=[address])
zeroconf = Zeroconf(interfaces=["{STRANGER}"])
def tell(info):
    zeroconf.register_service(info, cooperating_responders=True)
tell(info("a \\u202ename", "ACDEF", "{STRANGER}"))
tell(info("code", "<img>", "{STRANGER}"))
tell(info("router", "ACDEF", "127.0.0.1"))
tell(info("elsewhere", "ACDEF", "198.51.100.1"))
print("ready", flush=True)
for number in range(100):
    zeroconf.registry.async_add(info("box%d" % number, "ACDEF", "{STRANGER}"))
time.sleep(99)
"""


def find(namespace: str) -> list[dict[str, Any]]:
    """Have a machine without a box look for those around."""
    command = [*within(namespace), CLI, "find", "--json", "--seconds", "2"]
    boxes: list[dict[str, Any]] = json.loads(subprocess.check_output(command, text=True))
    return boxes


@contextmanager
def stranger(namespace: str) -> Iterator[None]:
    """Announce what nobody should believe."""
    command = [*within(namespace), sys.executable, "-c", HOSTILE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.terminate()


@contextmanager
def two_boxes(folder: Path, first: str, second: str) -> Iterator[tuple[Box, Box]]:
    """Run a live box and an idle one, on two machines."""
    for name in ("a", "b"):
        (folder / name).mkdir()
    listen = ("--listen", "0.0.0.0")
    with (
        running_box(folder / "a", *listen, within=within(first)) as a,
        running_box(folder / "b", *listen, start=None, within=within(second)) as b,
    ):
        yield a, b


def test_two_boxes_find_each_other_and_share_no_name(tmp_path: Path) -> None:
    with street() as networks:
        other, third = networks.machine(0, OTHER), networks.machine(1, STRANGER)
        with two_boxes(tmp_path, networks.box, other) as (a, b):
            first, second = eventually(lambda: around(b)), eventually(lambda: around(a))
            assert [box["url"] for box in first] == [f"http://{BOX}:{port(a)}"]
            assert [box["url"] for box in second] == [f"http://{OTHER}:{port(b)}"]
            assert (first[0]["title"], first[0]["state"]) == ("Slow radio", "live")
            assert first[0]["code"] == a.guests.rpartition("/")[2]
            assert second[0]["state"] == "idle"
            names = eventually(lambda: distinct(find(third)))
            assert "space-box" in names
            assert all(name.startswith("space-box") for name in names)


def test_two_boxes_of_one_machine_share_no_name_either(tmp_path: Path) -> None:
    with street() as networks:
        other = networks.machine(0, OTHER)
        with two_boxes(tmp_path, networks.box, networks.box) as (a, b):
            eventually(lambda: distinct(find(other)))
            assert [box["url"] for box in around(a)] == [f"http://{BOX}:{port(b)}"]
            assert [box["url"] for box in around(b)] == [f"http://{BOX}:{port(a)}"]


def test_one_goes_to_another_by_its_code(tmp_path: Path) -> None:
    with street() as networks:
        other = networks.machine(0, OTHER)
        with two_boxes(tmp_path, networks.box, other) as (a, b):
            code = eventually(lambda: around(b))[0]["code"]
            b.cli("join", code.lower())
            assert b.space()["title"] == "Slow radio"
            assert len(a.space()["participants"]) == 2
            b.cli("leave")
            assert b.space()["state"] == "idle"
            assert "ZZZZZ" in b.cli("join", "ZZZZZ", status=1)


def test_title_and_state_follow_and_who_ends_is_gone(tmp_path: Path) -> None:
    with street() as networks:
        other = networks.machine(0, OTHER)
        with two_boxes(tmp_path, networks.box, other) as (a, b):
            a.command("EditSpace", title="Night shift")
            eventually(lambda: [box["title"] for box in around(b)] == ["Night shift"])
            a.cli("end", "--now")
            eventually(lambda: [box["state"] for box in around(b)] == ["idle"])
            a.process.terminate()
            eventually(lambda: not around(b))


def test_who_announces_anything_is_shown_as_text_or_not_at_all(tmp_path: Path) -> None:
    with street() as networks:
        hostile = networks.machine(0, STRANGER)
        listen = ("--listen", "0.0.0.0")
        with (
            running_box(tmp_path, *listen, within=within(networks.box)) as box,
            stranger(hostile),
        ):
            shown = eventually(
                lambda: next((b for b in around(box) if b["name"] == "a name"), None)
            )
            assert shown["url"] == f"http://{STRANGER}:8080"
            assert shown["title"] == "<b>[31mred " + "\U0001f4fb" * 40
            eventually(lambda: len(around(box)) == MOST)
            assert {b["url"] for b in around(box)} == {f"http://{STRANGER}:8080"}
            assert not {"code", "router", "elsewhere"} & {b["name"] for b in around(box)}
            seen = subprocess.check_output([*within(hostile), CLI, "find"], text=True)
            assert "\x1b" not in seen
            assert "\u202e" not in seen


def distinct(boxes: list[dict[str, Any]]) -> set[str]:
    """Return the names of two boxes, once they differ."""
    names = {box["name"] for box in boxes}
    return names if len(names) == 2 else set()
