"""What an update is made of: the bundle, its hook, and the hand on the boot ROM's one file."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from firmware_play import settings

from spacebox.system.release import parse
from spacebox.system.source import _verified
from spacebox.system.target import Unfit

ROOT = Path(__file__).parents[2]
RAUC = ROOT / "image-build/rauc"
NUMBERS = {"A": 2, "B": 3}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
NAME = f"spacebox-{VERSION}-amd64"


@pytest.fixture(scope="module")
def slots() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("spacebox_slots", str(RAUC / "slots"))
    spec = importlib.util.spec_from_loader("spacebox_slots", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["spacebox_slots"] = module  # where dataclasses look for themselves
    without, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = without
    return module


# The one file


@pytest.mark.parametrize(("plain", "bad"), [("A", ""), ("B", ""), ("A", "B"), ("B", "AB")])
def test_the_firmware_reads_what_was_chosen(slots: ModuleType, plain: str, bad: str) -> None:
    choice = slots.Choice(plain, frozenset(bad))
    content = slots.rendered(choice, NUMBERS)
    assert len(content) == slots.LENGTH < 512
    assert slots.parsed(content.decode(), NUMBERS) == choice
    usual = settings(content.decode(), ("all",))
    once = settings(content.decode(), ("all", "tryboot"))
    assert usual == {"tryboot_a_b": "1", "boot_partition": str(NUMBERS[plain])}
    assert once["boot_partition"] == str(NUMBERS[slots.OTHER[plain]])


@pytest.mark.parametrize("text", ["", "[all]\n", "[all]\nboot_partition=9\n", "\0" * 256])
def test_a_broken_file_means_the_first_slot(slots: ModuleType, text: str) -> None:
    assert slots.parsed(text, NUMBERS) == slots.Choice("A")


def test_the_image_comes_with_the_file_that_is_written_over_in_place(slots: ModuleType) -> None:
    shipped = (ROOT / "image-build/recipe/bootconfig/autoboot.txt").read_bytes()
    assert shipped == slots.rendered(slots.Choice(), NUMBERS)


def test_the_file_is_written_over_in_place(slots: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "autoboot.txt"
    slots.written(file, slots.rendered(slots.Choice("A"), NUMBERS))
    inode = file.stat().st_ino
    slots.written(file, slots.rendered(slots.Choice("B"), NUMBERS))
    assert slots.parsed(file.read_text(), NUMBERS) == slots.Choice("B")
    assert file.stat().st_ino == inode
    file.write_text("[all]\n")  # somebody's own, of another length
    slots.written(file, slots.rendered(slots.Choice("B"), NUMBERS))
    assert slots.parsed(file.read_text(), NUMBERS) == slots.Choice("B")


def test_rauc_s_questions_are_answered(slots: ModuleType) -> None:
    start = slots.Choice("A")

    def ask(choice: object, *asked: str, now: str = "A") -> tuple[str, object]:
        said: tuple[str, object] = slots.answer(list(asked), choice, now)
        return said

    assert ask(start, "get-current", now="B") == ("B", start)
    assert ask(start, "get-primary") == ("A", start)
    assert ask(start, "get-state", "B") == ("good", start)
    _, writing = ask(start, "set-state", "B", "bad")
    assert ask(writing, "get-state", "B") == ("bad", writing)
    _, written = ask(writing, "set-primary", "B")
    assert written == start, "a slot that is only installed is not started by itself"
    _, kept = ask(written, "set-state", "B", "good", now="B")
    assert ask(kept, "get-primary", now="B") == ("B", kept)
    _, same = ask(start, "set-state", "B", "good", now="A")
    assert same == start, "only the slot that runs can show that it works"
    with pytest.raises(SystemExit):
        ask(start, "set-state", "C", "good")


@pytest.mark.parametrize(
    ("line", "slot"),
    [
        ("root=PARTLABEL=system_a rauc.slot=A ro", "A"),
        ("console=tty1 root=PARTLABEL=system_b", "B"),
    ],
)
def test_the_command_line_says_which_slot_runs(slots: ModuleType, line: str, slot: str) -> None:
    assert slots.running(line) == slot


# The hook


@pytest.mark.parametrize(("slot", "letter"), [("A", "a"), ("B", "b")])
@pytest.mark.parametrize("before", ["A", "B"])
def test_the_hook_makes_the_command_line_the_slot_s_own(
    slot: str, letter: str, before: str, tmp_path: Path
) -> None:
    line = tmp_path / "cmdline.txt"
    line.write_text(f"root=PARTLABEL=system_{before.lower()} rauc.slot={before} ro panic=10\n")
    env = {**os.environ, "RAUC_SLOT_BOOTNAME": slot, "RAUC_SLOT_MOUNT_POINT": str(tmp_path)}
    subprocess.run([RAUC / "hook", "slot-post-install"], env=env, check=True)
    assert line.read_text() == f"root=PARTLABEL=system_{letter} rauc.slot={slot} ro panic=10\n"
    assert [file.name for file in tmp_path.iterdir()] == ["cmdline.txt"]


def test_the_hook_refuses_a_command_line_without_a_slot(tmp_path: Path) -> None:
    (tmp_path / "cmdline.txt").write_text("root=/dev/sda1\n")
    env = {**os.environ, "RAUC_SLOT_BOOTNAME": "B", "RAUC_SLOT_MOUNT_POINT": str(tmp_path)}
    assert subprocess.run([RAUC / "hook", "slot-post-install"], env=env).returncode != 0


# The bundle


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What boxes update to, of a system as small as can be."""
    out = tmp_path_factory.mktemp("out")
    for part in (f"{NAME}.squashfs", f"{NAME}.boot.vfat", f"spacebox_{VERSION}_amd64.deb"):
        (out / part).write_bytes(os.urandom(20_000))
    env = {**os.environ, "SPACEBOX_OUT": str(out), "SPACEBOX_SIGNING": str(out / "signing")}
    subprocess.run([ROOT / "image-build/bundle", "amd64"], env=env, check=True)
    return out


def info(bundle: Path, keyring: Path) -> subprocess.CompletedProcess[str]:
    program = ["rauc", "info", f"--keyring={keyring}", "--output-format=shell", bundle]
    return subprocess.run(program, capture_output=True, text=True)


def test_a_bundle_says_what_it_is_for(made: Path) -> None:
    said = info(made / f"{NAME}.raucb", made / "signing/certificate.pem")
    assert said.returncode == 0, said.stderr
    assert "RAUC_MF_COMPATIBLE='spacebox-amd64'" in said.stdout
    assert f"RAUC_MF_VERSION='{VERSION}'" in said.stdout


def test_a_truncated_or_changed_or_foreign_bundle_is_refused(made: Path, tmp_path: Path) -> None:
    whole = (made / f"{NAME}.raucb").read_bytes()
    keyring = made / "signing/certificate.pem"
    broken = tmp_path / "broken.raucb"
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:-200] + bytes(200)):
        broken.write_bytes(content)
        assert info(broken, keyring).returncode != 0
    env = {**os.environ, "SPACEBOX_SIGNING": str(tmp_path / "other")}
    subprocess.run([RAUC / "keys"], env=env, check=True, capture_output=True)
    assert info(made / f"{NAME}.raucb", tmp_path / "other/certificate.pem").returncode != 0


def test_the_list_names_both_files_and_is_signed(made: Path) -> None:
    signed = (made / "latest-amd64.json.p7m").read_bytes()
    release = parse(_verified(signed, made / "signing/certificate.pem"))
    assert release.version == VERSION
    assert release.bundle.size == (made / release.bundle.file).stat().st_size
    assert (made / release.package.file).exists()
    with pytest.raises(Unfit, match="not signed by whom"):
        _verified(signed[:-1], made / "signing/certificate.pem")


def test_the_key_is_nobody_else_s_to_read(made: Path) -> None:
    assert (made / "signing/key.pem").stat().st_mode & 0o777 == 0o600
