import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli_control import somebody_else

from spacebox.cli.main import main
from spacebox.config.load import parse
from spacebox.config.schema import Config

OWNED = """\
# The box in the hall.
[panel.buttons]
mute = 5   # the big one

[space]
title = "Tea"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spacebox.toml"
    path.write_text(OWNED)
    return path


def test_check_is_content(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: no mistakes\n"


def test_check_names_each_mistake(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("[panel]\nbounce = 3\n[space]\ntitle = 4\n")
    assert main(["config", "check", str(file)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{file}:2: panel.bounce: no such setting",
        f"{file}:4: space.title: must be text in quotes, not 4",
    ]
    assert main(["config", "check", "--json", str(file)]) == 2
    found = json.loads(capsys.readouterr().out)
    assert not found["ok"]
    assert found["mistakes"][0] == {"line": 2, "key": "panel.bounce", "reason": "no such setting"}


@pytest.mark.parametrize("verb", [["check"], ["show", "--config"], ["get", "box.host", "--config"]])
def test_a_file_that_is_not_there_is_said(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.toml"
    assert main(["config", *verb, str(missing)]) == 2
    assert capsys.readouterr().err == f"{missing}: no such file\n"


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: Is a directory\n"


def test_show_prints_a_file_that_means_the_same(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", "--config", str(file)]) == 0
    assert parse(capsys.readouterr().out, "shown") == parse(OWNED, "owned")


def test_show_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("space.starts_at = 2026-11-20T19:00:00+01:00")
    assert main(["config", "show", "--json", "--config", str(file)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["space"]["starts_at"] == "2026-11-20T19:00:00+01:00"
    assert shown["panel"]["buttons"]["end"] == 22


@pytest.mark.parametrize(
    ("key", "plain", "as_json"),
    [
        ("space.title", "Tea\n", '"Tea"\n'),
        ("panel.buttons.mute", "5\n", "5\n"),
        ("space.record", "false\n", "false\n"),
        ("space.topics", "[]\n", "[]\n"),
        ("space.starts_at", "", "null\n"),
    ],
)
def test_get(
    file: Path, key: str, plain: str, as_json: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "get", key, "--config", str(file)]) == 0
    assert capsys.readouterr().out == plain
    assert main(["config", "get", key, "--json", "--config", str(file)]) == 0
    assert capsys.readouterr().out == as_json


@pytest.mark.parametrize("verb", [["get"], ["set", "3"]])
def test_an_unknown_setting_is_refused(
    file: Path, verb: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, *value = verb
    assert main(["config", name, "panel.buttons.mut", *value, "--config", str(file)]) == 2
    said = "panel.buttons.mut: no such setting; did you mean panel.buttons.mute?\n"
    assert capsys.readouterr().err == said
    assert file.read_text() == OWNED


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("panel.buttons.mute", "6", "mute = 6   # the big one"),
        ("panel.screen.rotate", "180", "rotate = 180"),
        ("space.title", "Coffee", 'title = "Coffee"'),
        ("space.title", "42", 'title = "42"'),
        ("space.title", "", 'title = ""'),
        ("space.record", "true", "record = true"),
        ("space.topics", '["a", "b"]', 'topics = ["a", "b"]'),
        ("space.starts_at", "2026-11-20T19:00:00Z", "starts_at = 2026-11-20T19:00:00Z"),
        ("box.host", "Mira", 'host = "Mira"'),
    ],
)
def test_set_changes_one_line_and_keeps_the_rest(
    file: Path, key: str, value: str, line: str
) -> None:
    file.chmod(0o640)
    assert main(["config", "set", key, value, "--config", str(file)]) == 0
    changed = file.read_text().splitlines()
    assert line in changed
    gone = [old for old in OWNED.splitlines() if old not in changed]
    assert len(gone) <= 1
    assert parse(file.read_text(), "changed") != parse(OWNED, "owned")
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("panel.buttons.mute", "99", "must be a BCM pin number from 0 to 27, not 99"),
        ("panel.buttons.mute", "big", 'must be a BCM pin number from 0 to 27, not "big"'),
        ("panel.buttons.mute", "22", "pin 22 is taken by panel.buttons.end"),
        ("audience.engine", "whip", '"whip" is not in this version; use "box"'),
    ],
)
def test_set_refuses_a_mistake_and_changes_nothing(
    file: Path, key: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "set", key, value, "--config", str(file)]) == 2
    assert capsys.readouterr().err == f"{key}: {said}\n"
    assert file.read_text() == OWNED


def test_mistakes_can_be_mended_one_after_the_other(file: Path) -> None:
    file.write_text("space.stage_limit = 99\nbox.host = 3\n")
    assert main(["config", "set", "box.host", "Mira", "--config", str(file)]) == 0
    assert main(["config", "check", str(file)]) == 2
    assert main(["config", "set", "space.stage_limit", "9", "--config", str(file)]) == 0
    assert main(["config", "check", str(file)]) == 0


@pytest.mark.parametrize("text", ["a = = 1\n", "box = 3\n"])
def test_set_leaves_a_file_alone_that_it_cannot_read(
    file: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text)
    assert main(["config", "set", "box.host", "Mira", "--config", str(file)]) == 2
    assert capsys.readouterr().err
    assert file.read_text() == text


def test_set_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "spacebox.toml"
    assert main(["config", "set", "box.host", "Mira", "--config", str(file)]) == 0
    assert file.read_text() == '[box]\nhost = "Mira"\n'


def test_set_follows_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    assert main(["config", "set", "space.title", "Coffee", "--config", str(link)]) == 0
    assert link.is_symlink()
    assert parse(file.read_text(), "changed").space.title == "Coffee"


def test_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == "/etc/spacebox/spacebox.toml\n"


def test_the_defaults_need_no_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("spacebox.cli.configure.CONFIG", tmp_path / "none.toml")
    assert main(["config", "check"]) == 0
    assert "defaults hold" in capsys.readouterr().out
    assert main(["config", "show"]) == 0
    assert parse(capsys.readouterr().out, "shown") == Config()


def test_a_new_file_is_for_those_of_its_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    file = tmp_path / "spacebox.toml"
    assert main(["config", "set", "network.turn_secret", "hush", "--config", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.stat().st_gid == tmp_path.stat().st_gid


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("space.title", "Tea time", "reload"),
        ("panel.buttons.mute", "6", "restart"),
        ("update.automatic", "false", "reload"),
    ],
)
def test_how_a_running_box_comes_to_know_is_said(
    file: Path, key: str, value: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "set", key, value, "--config", str(file)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Saved to {file}. ")
    assert f"`sudo systemctl {told} spacebox`" in said


@pytest.mark.parametrize(
    ("mode", "verb", "may"),
    [
        (0o755, "show", True),
        (0o755, "set space.title Coffee", False),
        (0o700, "show", False),
        (0o700, "check", False),
        (0o700, "set space.title Coffee", False),
    ],
)
def test_who_may_not_is_told_to_use_sudo(
    mode: int, verb: str, may: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [] if verb == "check" else ["--config"]
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "spacebox.toml")
        file.write_text(OWNED)
        with rights(Path(directory), mode), somebody_else():
            status = main(["config", *verb.split(), *named, str(file)])
        assert file.read_text() == OWNED
    assert status == (0 if may else 2)
    assert ("use sudo" in capsys.readouterr().err) is not may


@contextlib.contextmanager
def rights(folder: Path, mode: int) -> Iterator[None]:
    """Let *folder* be another one's."""
    own = os.geteuid()
    folder.chmod(mode if own == 0 else mode & ~0o700 | (mode & 0o050) << 3)
    try:
        yield
    finally:
        folder.chmod(0o700)
