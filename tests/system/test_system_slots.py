"""Two slots, as RAUC 1.13 tells of them and installs to them; its words are its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from spacebox.system.slots import Rauc, parse
from spacebox.system.target import Interrupted, Unfit
from system.shop import yes


def status(**more: object) -> str:
    def slot(letter: str, state: str, **said: object) -> dict[str, object]:
        return {"class": "system", "bootname": letter, "state": state, **said}

    boot = {"class": "boot", "bootname": None, "parent": "system.0", "state": "inactive"}
    told = {
        "compatible": "spacebox-arm64",
        "booted": "A",
        "boot_primary": "system.0",
        "slots": [
            {"boot.0": boot},
            {"system.0": slot("A", "booted", boot_status="good", slot_status={})},
            {"system.1": slot("B", "inactive", boot_status="good", slot_status={})},
        ],
    }
    return json.dumps({**told, **more})


def test_a_flashed_card_has_nothing_to_go_back_to() -> None:
    slots = parse(status())
    assert (slots.runs.name, slots.other.name) == ("A", "B")
    assert not slots.can_go_back


def test_an_updated_one_goes_back_unless_the_other_slot_is_bad() -> None:
    said = json.loads(status())
    said["slots"][1]["system.0"]["slot_status"] = {"bundle": {"version": "0.2.0"}}
    assert parse(json.dumps(said)).can_go_back
    said["slots"][2]["system.1"]["boot_status"] = "bad"
    assert not parse(json.dumps(said)).can_go_back


@pytest.mark.parametrize("broken", [status(slots=[]), status(slots=None), "{}"])
def test_a_status_without_slots_is_no_status(broken: str) -> None:
    with pytest.raises(ValueError, match="which slot runs"):
        parse(broken)


INSTALLS = """installing
  0% Installing
  0% Determining slot states
 10% Determining slot states done.
 43% Copying image to system.1
 99% Updating slots done.
100% Installing done.
idle
Installing `/data/x.raucb` succeeded
"""
REFUSES = """installing
 10% Checking bundle
 20% Checking bundle failed.
100% Installing failed.
LastError: signature verification failed: Verify error: self-signed certificate
idle
Installing `/data/x.raucb` failed
"""


@pytest.fixture
def rauc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Rauc]:
    """Return what puts a program of RAUC's name on PATH that says something and ends so."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def put(said: str, ends: str) -> Rauc:
        for name, script in (
            ("rauc", f"cat <<'END'\n{said}END\n{ends}"),
            ("systemctl", f'echo "$@" >>"{tmp_path}/asked"'),
        ):
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        return Rauc()

    return put


Put = Callable[[str, str], Rauc]


def test_its_progress_is_told(rauc: Put, tmp_path: Path) -> None:
    parts: list[float] = []
    rauc(INSTALLS, "exit 0").install(tmp_path, lambda part: not parts.append(part))
    assert list(dict.fromkeys(parts)) == [0.0, 0.1, 0.43, 0.99, 1.0]


def test_its_reason_is_told(rauc: Put, tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="not installed: signature verification failed: Verify error"):
        rauc(REFUSES, "exit 1").install(tmp_path, yes)


def test_it_is_stopped_when_somebody_goes_on_air_while_it_is_silent(
    rauc: Put, tmp_path: Path
) -> None:
    asked: list[float] = []
    silent = rauc("installing\n", "exec sleep 600")
    with pytest.raises(Interrupted):
        silent.install(tmp_path, lambda part: not asked.append(part) and len(asked) < 3)
    assert (tmp_path / "asked").read_text() == "stop rauc.service\n"


def test_a_box_without_rauc_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unfit, match="rauc cannot be used here"):
        Rauc().look()


@pytest.mark.parametrize(
    ("name", "version"),
    [("spacebox-0.2.0-arm64.raucb", "0.2.0"), ("my own.raucb", "my own")],
)
def test_a_bundle_s_version_is_in_its_name(name: str, version: str) -> None:
    assert Rauc().version(Path("/tmp") / name) == version  # noqa: S108 nothing is there
