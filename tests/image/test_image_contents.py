"""What is in the image, and what must not be: read from the card as it would be written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from card import Card
from conftest import Image

ROOT = Path(__file__).parent.parent.parent
MOST_BYTES_PACKED = 700 * 1000**2
PARTITIONS = ["bootconfig", "boot_a", "boot_b", "system_a", "system_b", "data"]
FAT, PROTECTIVE = 0x0C, 0xEE
KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}")
SELF_TESTED = re.compile(r"libgnutls.*\.so\..*")
"""The library tests itself with keys that everybody has."""
KEY_NAME = re.compile(r"ssh_host_.*_key|authorized_keys|id_(rsa|ed25519|ecdsa)|random-seed")


def private(tree: Path) -> Iterator[str]:
    """Yield the path in *tree* of every file that is somebody's key, or looks like it."""
    for path in sorted(tree.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        known = SELF_TESTED.fullmatch(path.name)
        if KEY_NAME.fullmatch(path.name) or (not known and KEY.search(path.read_bytes())):
            yield str(path.relative_to(tree))


def with_passwords(shadow: str) -> list[str]:
    """Return the users in *shadow* who could come in by a password, or by none."""
    fields = [line.split(":") for line in shadow.splitlines()]
    return [user for user, secret, *_ in fields if secret not in {"*", "!", "!*", "!!"}]


@pytest.fixture(scope="module")
def card(image: Image) -> Card:
    return Card(image.path)


@pytest.fixture(scope="module")
def system(card: Card, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of system_a."""
    target = tmp_path_factory.mktemp("system") / "root"
    offset = card.partition("system_a").offset
    subprocess.run(
        ["unsquashfs", "-q", "-n", "-no-xattrs", "-o", str(offset), "-d", target, card.path],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return target


@pytest.fixture(scope="module")
def boot(card: Card, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all FAT partitions, in a folder of its own each."""
    target = tmp_path_factory.mktemp("boot")
    for name in PARTITIONS[:3]:
        folder = target / name
        folder.mkdir()
        source = f"{card.path}@@{card.partition(name).offset}"
        if card.names(name):
            subprocess.run(["mcopy", "-s", "-i", source, "::*", folder], check=True)
    return target


def beside(image: Image, suffix: str) -> Path:
    return image.path.with_name(image.path.name.removesuffix(".img") + suffix)


def test_a_key_is_found_wherever_it_lies(tmp_path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "renamed"], check=True
    )
    (tmp_path / "code.py").write_text('BEGIN = "-----BEGIN PRIVATE KEY-----"\n')
    (tmp_path / "ssh_host_rsa_key").touch()
    assert list(private(tmp_path)) == ["renamed", "ssh_host_rsa_key"]


def test_a_user_with_a_password_or_an_empty_one_is_found() -> None:
    shadow = "root:*:20000:0::::\nopen::20000:0::::\nada:$y$j9T$x$y:20000:0::::\nd:!*:20000::::::\n"
    assert with_passwords(shadow) == ["open", "ada"]


def test_nobody_has_a_password(system: Path) -> None:
    shadow = (system / "etc/shadow").read_text()
    assert "root:" in shadow
    assert with_passwords(shadow) == []
    assert {line.split(":")[1] for line in (system / "etc/passwd").read_text().splitlines()} == {
        "x"
    }


def test_no_key_and_no_identity_is_in_it(system: Path, boot: Path) -> None:
    assert [*private(system), *private(boot)] == []
    assert (system / "etc/machine-id").read_bytes() == b""
    assert not (system / "var/lib/dbus/machine-id").exists()
    assert list((system / "etc/NetworkManager/system-connections").iterdir()) == []


def test_ssh_is_off(system: Path) -> None:
    assert (system / "usr/sbin/sshd").exists()
    wanted = [path.name for path in (system / "etc/systemd/system").glob("*.wants/*")]
    assert "spacebox.service" in wanted
    assert not {"ssh.service", "ssh.socket", "sshd.service"} & set(wanted)


def test_nothing_lies_on_the_data_partition_yet(card: Card) -> None:
    device = f"{card.path}?offset={card.partition('data').offset}"
    done = subprocess.run(
        ["debugfs", "-R", "ls -p /", device], capture_output=True, text=True, check=True
    )
    names = {line.split("/")[5] for line in done.stdout.splitlines() if "/" in line}
    assert names == {".", "..", "lost+found"}


def test_old_and_new_boards_find_the_same_partitions(card: Card) -> None:
    assert [part.name for part in card.partitions()] == PARTITIONS
    with card.path.open("rb") as file:
        table = file.read(512)[446:510]
    entries = [struct.unpack_from("<4xB3xII", table, 16 * index) for index in range(4)]
    fats = [(FAT, part.offset // 512, part.size // 512) for part in card.partitions()[:3]]
    assert entries[:3] == fats
    assert entries[3][0] == PROTECTIVE


def test_the_slot_that_starts_has_all_that_its_firmware_reads(image: Image, boot: Path) -> None:
    autoboot = (boot / "bootconfig/autoboot.txt").read_text()
    assert "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n" in autoboot
    there = {path.name for path in (boot / "boot_a").iterdir()}
    assert {"vmlinuz", "initrd.img", "cmdline.txt"} <= there
    if image.arch == "arm64":
        assert {"start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "config.txt"} <= there
        assert (boot / "bootconfig/bootcode.bin").exists()


def test_every_board_has_the_bus_of_the_glass(image: Image, boot: Path) -> None:
    if image.arch != "arm64":
        pytest.skip("only the Pi's firmware reads device trees")
    boards = (ROOT / "image-build/recipe/boards").read_text().split()
    assert len(boards) >= 4
    for board in boards:
        tree = boot / "boot_a" / f"{board}.dtb"
        bus = told(tree, "/aliases", "i2c1")
        assert (told(tree, bus, "status"), told(tree, bus, "clock-frequency")) == ("okay", "400000")


def told(tree: Path, node: str, name: str) -> str:
    """Return a property of a device tree."""
    command = ["fdtget", str(tree), node, name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_bill_of_materials_names_every_package(image: Image, system: Path) -> None:
    bill = json.loads(beside(image, ".cdx.json").read_text())
    listed = {(part["name"], part["version"]) for part in bill["components"]}
    packages = [line.split() for line in beside(image, ".packages").read_text().splitlines()]
    assert {(name, version) for name, version, _ in packages} <= listed
    descriptions = system.glob("opt/spacebox/lib/python3*/site-packages/*.dist-info")
    names = {path.name.split("-")[0].lower().replace("_", "-") for path in descriptions}
    assert {"aiortc", "lgpio", "spacebox"} <= names
    assert names <= {name.lower().replace("_", "-").replace(".", "-") for name, _ in listed}


def test_the_packed_image_is_whole_and_small_enough(image: Image) -> None:
    packed = beside(image, ".img.xz")
    if image.arch != "arm64":
        pytest.skip("only the image for the Pi is packed")
    said = packed.with_name(packed.name + ".sha256").read_text().split()
    assert said == [digest(packed), packed.name]
    assert packed.stat().st_size <= MOST_BYTES_PACKED


def test_built_again_it_is_the_same_image(image: Image, tmp_path: Path) -> None:
    bill = json.loads(beside(image, ".cdx.json").read_text())
    made = datetime.fromisoformat(bill["metadata"]["timestamp"])
    env = {"SOURCE_DATE_EPOCH": f"{made.timestamp():.0f}", "SPACEBOX_OUT": str(tmp_path)}
    done = subprocess.run(
        [str(ROOT / "image-build/build"), image.arch],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert digest(tmp_path / image.path.name) == digest(image.path)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
