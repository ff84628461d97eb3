"""What befalls a box: it hangs, crashes, loses power, screen or room to write; its settings."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from reading import shows
from virtual_pi import VirtualPi

SETTINGS = "/etc/spacebox/spacebox.toml"
CUT_WITHIN_S = 10.0
PATIENCE_S = 180.0
BROKEN = {
    "no TOML": (b"[box\n", "spacebox.toml:1"),
    "a quote left open": (b'[box]\nname = "Studio\n', "spacebox.toml:2"),
    "twice the same": (b"[box]\n[box]\n", "spacebox.toml:2"),
    "an unknown table": (b"[boxes]\n", "boxes"),
    "an unknown key": (b'[box]\nnmae = "Studio"\n', "box.nmae"),
    "a pin used twice": (b"[panel.buttons]\nmute = 27\n", "panel.buttons"),
    "a pin that is none": (b"[panel.buttons]\nmute = 99\n", "panel.buttons.mute"),
    "text for a number": (b'[network]\nmedia_port = "many"\n', "network.media_port"),
    "another bus": (b'[panel.screen]\nport = "usb"\n', "panel.screen.port"),
    "no text at all": (b"\xff\xfe\x00\x01", "spacebox.toml"),
}


def faults(pi: VirtualPi) -> list[str]:
    return list(status(pi).get("faults", ()))


def status(pi: VirtualPi) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(pi.guest.check("spacebox", "status", "--json"))
    return told


def service(pi: VirtualPi, what: str) -> str:
    shown = pi.guest.check("systemctl", "show", "spacebox.service", f"--property={what}")
    return shown.partition("=")[2].strip()


def complains(pi: VirtualPi, of: str) -> Callable[[], bool]:
    return lambda: any(of in fault for fault in faults(pi))


def well(pi: VirtualPi, of: str) -> Callable[[], bool]:
    return lambda: not any(of in fault for fault in faults(pi))


def test_a_hang_is_ended_by_the_watchdog(pi: VirtualPi) -> None:
    pi.wake()
    before = service(pi, "MainPID")
    pi.guest.check("kill", "-STOP", before)
    pi.wait_for(lambda: service(pi, "MainPID") not in ("0", before), "another process", PATIENCE_S)
    pi.wait_for_page()
    assert status(pi)["state"] == "idle"
    assert "watchdog" in pi.guest.check("journalctl", "-b", "-u", "spacebox.service", "-o", "cat")


def test_a_kernel_that_hangs_is_ended_by_the_hardware(pi: VirtualPi) -> None:
    pi.wake()
    boots = pi.guest.boots
    pi.guest.write("/proc/sys/kernel/panic", b"0")
    crash = "sleep 1; echo c > /proc/sysrq-trigger"
    pi.guest.check("systemd-run", "-q", "--no-block", "sh", "-c", crash)
    pi.guest.wait_for_boot(boots + 1)
    assert pi.ends[-1] == "watchdog"
    pi.wait_for_page()


def test_no_power_cut_harms_what_is_being_set(
    pi: VirtualPi, rounds: int, record_property: Callable[[str, object], None]
) -> None:
    seed = random.randrange(10**6)
    record_property("seed", seed)
    chance = random.Random(seed)
    for _ in range(rounds):
        pi.wake()
        writes = 'i=0; while :; do i=$((i+1)); spacebox config set space.title "Title $i"; done'
        pi.guest.check("systemd-run", "-q", "sh", "-c", writes)
        time.sleep(chance.uniform(0, CUT_WITHIN_S))
        pi.cut()
        pi.power_on()
        pi.wait_for_page()
        pi.guest.check("spacebox", "config", "check")
        title = pi.guest.check("spacebox", "config", "get", "space.title").strip()
        assert re.fullmatch(r"Title \d+|Bees in the city", title), seed
        assert pi.guest.check("spacebox", "config", "get", "box.host").strip() == "Mira"


def test_a_screen_off_its_bus_comes_back_by_itself(pi: VirtualPi) -> None:
    pi.wake()
    pi.wait_for(lambda: bool(pi.screen.picture().getbbox()), "the screen is lit", PATIENCE_S)
    pi.screen.take_off()
    pi.wait_for(complains(pi, "no screen answers"), "the box misses its screen", PATIENCE_S)
    pi.screen.put_back()
    pi.wait_for(lambda: shows(pi.screen.picture(), "studio"), "the picture is back", PATIENCE_S)
    assert well(pi, "panel:")()


def test_an_adapter_that_is_gone_comes_back_by_itself(pi: VirtualPi) -> None:
    pi.wake()
    pi.screen.unplug()
    pi.wait_for(complains(pi, "panel:"), "the box misses its screen", PATIENCE_S)
    pi.screen.plug()
    pi.wait_for(well(pi, "panel:"), "the screen is found again", PATIENCE_S)


def test_a_full_card_is_told_and_the_room_stays_open(pi: VirtualPi) -> None:
    pi.wake()
    fill = "cd /data; dd if=/dev/zero of=filler bs=1M 2>/dev/null; sync"
    pi.guest.check("sh", "-c", fill, patience_s=300)
    pi.wait_for(complains(pi, "disk: only"), "the box says so", PATIENCE_S)
    pi.guest.check("systemctl", "restart", "spacebox.service")
    pi.wait_for_page()
    assert complains(pi, "disk: only")()
    pi.guest.check("rm", "/data/filler")
    pi.wait_for(well(pi, "disk:"), "there is room again", PATIENCE_S)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_settings_are_told_and_the_box_goes_on(pi: VirtualPi, case: str) -> None:
    pi.wake()
    text, where = BROKEN[case]
    with written(pi, text):
        pi.guest.check("systemctl", "reload", "spacebox.service")
        pi.wait_for(complains(pi, where), f"the box tells of {where}", PATIENCE_S)
    pi.guest.check("systemctl", "reload", "spacebox.service")
    pi.wait_for(well(pi, "spacebox.toml"), "all is well again", PATIENCE_S)


def test_a_box_starts_with_settings_that_are_no_text_at_all(pi: VirtualPi) -> None:
    pi.wake()
    with written(pi, BROKEN["no text at all"][0]):
        pi.guest.check("systemctl", "restart", "spacebox.service")
        pi.wait_for_page()
        assert complains(pi, "spacebox.toml")()
    pi.guest.check("systemctl", "restart", "spacebox.service")
    pi.wait_for(well(pi, "spacebox.toml"), "all is well again", PATIENCE_S)


@contextmanager
def written(pi: VirtualPi, settings: bytes) -> Iterator[None]:
    """Let other settings stand in the file."""
    good = pi.guest.read(SETTINGS)
    pi.guest.write(SETTINGS, settings)
    try:
        yield
    finally:
        pi.guest.write(SETTINGS, good)
