"""What systemd and its neighbours say of the files in `systemd/`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from box import CLI

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNITS = sorted(
    unit
    for kind in ("service", "socket", "timer", "path", "target")
    for unit in SYSTEMD.glob(f"*.{kind}")
)
OUR_PROGRAM = re.compile(r"^(Exec\w+=[-+!:@]*)/\S*spacebox\S*", re.MULTILINE)
"""Only on the device is it where a unit says."""


def said(*command: str | Path, **more: str) -> str:
    """Run a command that must succeed; return all that it says."""
    done = subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def give_users(root: Path) -> None:
    """Make the users and groups of a machine below *root*."""
    (root / "etc").mkdir()
    said("systemd-sysusers", f"--root={root}", SYSTEMD / "sysusers.d/spacebox.conf")


def test_systemd_finds_nothing_wrong_with_any_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(OUR_PROGRAM.sub(rf"\1{CLI}", unit.read_text()))
    copies = [tmp_path / unit.name for unit in UNITS]
    assert UNITS
    assert said("systemd-analyze", "verify", "--man=no", *copies, SYSTEMD_LOG_LEVEL="notice") == ""


@pytest.mark.parametrize(
    "unit", [u for u in UNITS if re.search(r"^User=spacebox$", u.read_text(), re.MULTILINE)]
)
def test_what_talks_to_strangers_can_do_little_harm(unit: Path) -> None:
    # In the figures of systemd-analyze, ten times the level: it says 2.0 for 20.
    said("systemd-analyze", "security", "--offline=yes", "--threshold=20", unit)


def test_the_machine_has_the_user_and_the_groups_that_the_box_needs(tmp_path: Path) -> None:
    give_users(tmp_path)
    lines = (tmp_path / "etc" / "group").read_text().splitlines()
    members = {line.split(":")[0]: line.split(":")[3] for line in lines}
    assert {name for name, who in members.items() if who == "spacebox"} == {
        *("audio", "gpio", "i2c", "spi")
    }
    user = (tmp_path / "etc" / "passwd").read_text()
    assert re.search(r"^spacebox:.*:/var/lib/spacebox:.*/nologin$", user, re.MULTILINE)
    rules = (SYSTEMD / "udev" / "60-spacebox.rules").read_text()
    assert set(re.findall(r'GROUP="(\w+)"', rules)) <= set(members)


def test_only_the_box_and_root_read_the_settings(tmp_path: Path) -> None:
    give_users(tmp_path)
    settings = tmp_path / "etc" / "spacebox" / "spacebox.toml"
    settings.parent.mkdir()
    settings.touch(0o644)
    said("systemd-tmpfiles", "--create", f"--root={tmp_path}", SYSTEMD / "tmpfiles.d/spacebox.conf")
    group = re.search(r"^spacebox:x:(\d+):", (tmp_path / "etc" / "group").read_text(), re.M)
    assert group
    for path, mode in ((settings.parent, 0o750), (settings, 0o640)):
        assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (mode, int(group[1]))


@pytest.mark.parametrize(
    ("user", "action", "answer"),
    [
        ("spacebox", "org.freedesktop.login1.power-off", "yes"),
        ("spacebox", "org.freedesktop.login1.power-off-multiple-sessions", "yes"),
        ("spacebox", "org.freedesktop.login1.reboot", "yes"),
        ("spacebox", "org.freedesktop.login1.set-reboot-parameter", None),
        ("spacebox", "org.freedesktop.systemd1.manage-units", None),
        ("nobody", "org.freedesktop.login1.power-off", None),
        ("spacebox", "org.freedesktop.NetworkManager.network-control", "yes"),
        ("spacebox", "org.freedesktop.NetworkManager.settings.modify.system", "yes"),
        ("spacebox", "org.freedesktop.NetworkManager.wifi.share.protected", "yes"),
        ("spacebox", "org.freedesktop.NetworkManager.wifi.share.open", None),
        ("spacebox", "org.freedesktop.NetworkManager.settings.modify.hostname", None),
        ("nobody", "org.freedesktop.NetworkManager.network-control", None),
    ],
)
def test_the_box_may_end_the_machine_and_set_up_its_wifi_and_nothing_else(
    user: str, action: str, answer: str | None
) -> None:
    rules = "".join(rule.read_text() for rule in sorted((SYSTEMD / "polkit").glob("*.rules")))
    asked = json.dumps({"id": action}), json.dumps({"user": user})
    script = f"""
        const rules = [];
        const polkit = {{ addRule: (rule) => rules.push(rule), Result: {{ YES: "yes" }} }};
        {rules}
        const answers = rules.map((rule) => rule({", ".join(asked)}));
        console.log(JSON.stringify(answers.find((answer) => answer) ?? null));
    """
    assert json.loads(said("node", "-e", script)) == answer


def test_the_journal_and_the_watchdog_are_as_the_appliance_wants_them(tmp_path: Path) -> None:
    etc = tmp_path / "etc" / "systemd"
    shutil.copytree(SYSTEMD / "appliance", etc)
    shown = {
        name: said("systemd-analyze", f"--root={tmp_path}", "cat-config", f"systemd/{name}.conf")
        for name in ("journald", "system")
    }
    assert "Storage=volatile" in shown["journald"]
    longest = re.findall(r"^\w+WatchdogSec=(\d+)$", shown["system"], re.MULTILINE)
    assert len(longest) == 2
    assert max(map(int, longest)) <= 15, "more than the watchdog of a Pi can count"
