import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spacebox.cli import doctor
from spacebox.cli.control import Control
from spacebox.cli.main import main
from spacebox.config.schema import Config, Panel, Sound


def test_looks_at_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "control.sock")
    assert main(["doctor", "--json", "--socket", missing]) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    names = [check["name"] for check in checks]
    assert names == [
        "configuration", "sound", "pins", "screen", "disk", "network", "clock", "reach", "box",
    ]  # fmt: skip
    assert all(check["status"] == "ok" or check["advice"] for check in checks)
    box = checks[-1]
    assert (box["status"], box["detail"]) == (
        "warning",
        f"No Space box is running here (looked at {missing})",
    )


def test_says_what_to_do_below_each_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "spacebox.toml"
    file.write_text("[box]\nhots = 'Mira'\n[sound]\nmicrophone = 'tone'\nspeaker = 'none'\n")
    socket = str(tmp_path / "control.sock")
    assert main(["doctor", "--config", str(file), "--socket", socket]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "fault", "configuration", f"{file}:2:", "box.hots:", "no", "such", "setting;",
        "did", "you", "mean", "host?",
    ]  # fmt: skip
    assert lines[1].strip() == "Put the line right, then restart the box."
    assert lines[2].split(maxsplit=2) == ["ok", "sound", "no sound card is configured"]


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--config", str(tmp_path / "none"), "--socket", str(tmp_path / "none.sock")]
    assert main(["doctor", "--json", *arguments]) == 0
    first = json.loads(capsys.readouterr().out)["checks"][0]
    assert (first["status"], first["detail"]) == ("fault", f"{tmp_path / 'none'}: no such file")


def test_sound_counts_what_portaudio_sees() -> None:
    finding = doctor.sound(Config())
    ears, mouths = map(int, re.findall(r"\d+", finding.detail))
    assert finding.status == ("ok" if ears and mouths else "warning")


def test_sound_without_portaudio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = doctor.sound(replace(Config(), sound=Sound(speaker="none")))
    assert (finding.status, finding.detail) == ("fault", "OSError: PortAudio library not found")
    assert "libportaudio2" in finding.advice


def test_a_panel_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    pins, screen = doctor.panel(Panel(), tmp_path)
    assert (pins.status, pins.detail) == ("warning", "there is no GPIO of a Raspberry Pi")
    assert (screen.status, screen.detail) == ("warning", "there is no I²C bus i2c-1")
    assert screen.advice == "Write dtparam=i2c_arm=on into config.txt and restart the Pi."


def test_disk_looks_where_recordings_will_be(tmp_path: Path) -> None:
    there, later = tmp_path, tmp_path / "not" / "yet"
    free_mb = shutil.disk_usage(there).free // 1_000_000
    assert doctor.disk(later, 0).status == "ok"
    full = doctor.disk(later, free_mb + 1_000_000)
    assert full.status == "fault"
    assert "move episodes elsewhere" in full.advice


def test_network() -> None:
    assert doctor.network(("10.0.0.7", "10.1.0.7")).detail == "10.0.0.7, 10.1.0.7"
    assert doctor.network(()).status == "warning"
    assert not any(address.startswith("127.") for address in doctor.own_addresses())


@pytest.mark.parametrize(("year", "status"), [(1970, "warning"), (2025, "warning"), (2026, "ok")])
def test_clock(year: int, status: str) -> None:
    assert doctor.clock(datetime(year, 11, 20, tzinfo=UTC)).status == status


def test_the_box_is_not_there(tmp_path: Path) -> None:
    (finding,) = doctor.daemon(Control.find(tmp_path / "control.sock"))
    assert (finding.status, finding.advice) == (
        "warning",
        "Start one with `spacebox sim` or `systemctl start spacebox`.",
    )
