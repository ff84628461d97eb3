"""The Debian package: what is in it, and what becomes of a Debian 13 that it comes to."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from container import ROOT, Booted, Debian, Refused, fetched

pytestmark = pytest.mark.skipif(
    "SPACEBOX_IMAGE" not in os.environ or os.geteuid() != 0,
    reason="a Debian in namespaces, as root: ./tests/run --image amd64",
)

FILE = "/root/spacebox.deb"
CONFIGURATION = "/etc/spacebox/spacebox.toml"
SITE = "opt/spacebox/lib/python3.13/site-packages"
ELF_MACHINES = {"amd64": 62, "arm64": 183}
MODULES = """
import importlib, pkgutil, spacebox
for module in pkgutil.walk_packages(spacebox.__path__, "spacebox."):
    importlib.import_module(module.name)
import lgpio, systemd.daemon
"""
STATUS = "import sys, urllib.request as r; print(r.urlopen('http://127.0.0.1/').status)"


def build(architecture: str, root: Path = ROOT) -> Path:
    done = subprocess.run(
        [root / "image-build/package", architecture],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def native() -> str:
    done = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def package(native: str) -> Path:
    return build(native)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("debian")
    yield folder
    shutil.rmtree(folder)  # pytest would keep the last three


@pytest.fixture(scope="module")
def bare(space: Path) -> Debian:
    return Debian((fetched(space / "bare"),), space / "fresh")


@pytest.fixture(scope="module")
def installed(bare: Debian, package: Path, space: Path) -> Debian:
    """A Debian with the package, by apt, with nothing more than what it depends on."""
    debian = bare.above(space / "installed")
    file = debian.put(package, FILE)
    debian.run("apt-get", "-q", "update")
    install = ("apt-get", "-q", "install", "-y", "--no-install-recommends", file)
    debian.run("flock", "/var/cache/apt/archives", *install)
    return debian


@pytest.fixture
def debian(installed: Debian, tmp_path: Path) -> Debian:
    return installed.above(tmp_path / "debian")


@pytest.fixture(scope="module")
def newer(package: Path, space: Path) -> Path:
    """The same package, of a later version."""
    tree, file = space / "newer", space / "newer.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*", r"\g<0>+1", control.read_text()))
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, file], check=True)
    return file


def upgrade(debian: Debian | Booted, file: str) -> None:
    debian.run("dpkg", "--install", file)
    assert debian.run("dpkg-query", "-W", "-f", "${Version}", "spacebox").endswith("+1")


def enabled(debian: Debian) -> set[str]:
    """The links that start something at boot, by what they point to."""
    found = debian.run("find", "/etc/systemd/system", "-type", "l", "-name", "spacebox*")
    return {Path(link).name for link in found.split()}


def test_it_is_installed_whole(installed: Debian) -> None:
    assert installed.run("dpkg", "--audit") == ""
    assert installed.run("dpkg", "--verify", "spacebox") == ""
    assert "spacebox.service" in enabled(installed)
    assert installed.run("run-parts", "--test", "/etc/update-motd.d").endswith("50-spacebox\n")
    groups = installed.run("id", "-nG", "spacebox").split()
    assert {"spacebox", "audio", "gpio", "i2c", "spi"} <= set(groups)


def test_nobody_else_reads_the_settings(installed: Debian) -> None:
    stat = installed.run("stat", "-c", "%a %U %G", CONFIGURATION)
    assert stat == "640 root spacebox\n"
    with pytest.raises(Refused, match="Permission denied"):
        installed.run("setpriv", "--reuid=nobody", "--clear-groups", "cat", CONFIGURATION)
    installed.run("setpriv", "--reuid=spacebox", "--init-groups", "cat", CONFIGURATION)


def test_all_of_it_loads_with_the_python_there(installed: Debian) -> None:
    installed.run("/opt/spacebox/bin/python", "-W", "error::ImportWarning", "-c", MODULES)


def test_its_bytecode_is_there_already(debian: Debian) -> None:
    debian.run("spacebox", "--help")
    written = debian.top / "upper" / SITE
    assert not written.exists()


def test_the_command_line_runs(installed: Debian, package: Path) -> None:
    version = package.name.split("_")[1]
    assert installed.run("spacebox", "--version") == f"spacebox {version}\n"
    assert installed.run("spacebox", "--help").startswith("usage: spacebox ")
    assert installed.run("spacebox", "config", "check") == f"{CONFIGURATION}: no mistakes\n"


def test_a_simulated_box_runs(debian: Debian) -> None:
    options = ("--port", "0", "--mic", "tone", "--speaker", "none")
    said = debian.run("spacebox", "sim", *options, "--start", "Hello", "--seconds", "1")
    assert said.startswith("READY http://127.0.0.1:")


def test_an_upgrade_keeps_what_the_owner_chose(debian: Debian, newer: Path) -> None:
    debian.run("spacebox", "config", "set", "box.name", "kitchen")
    debian.run("systemctl", "disable", "spacebox-tunnel.service")
    upgrade(debian, debian.put(newer, "/root/newer.deb"))
    assert debian.run("spacebox", "config", "get", "box.name") == "kitchen\n"
    assert debian.run("stat", "-c", "%a %U %G", CONFIGURATION) == "640 root spacebox\n"
    assert "spacebox-tunnel.service" not in enabled(debian)
    assert "spacebox.service" in enabled(debian)


def test_remove_keeps_settings_and_recordings(debian: Debian) -> None:
    debian.run("install", "-D", "/dev/null", "/var/lib/spacebox/recording.ogg")
    debian.run("apt-get", "-q", "remove", "-y", "spacebox")
    debian.run("test", "-e", CONFIGURATION)
    debian.run("test", "-e", "/var/lib/spacebox/recording.ogg")
    debian.run("test", "!", "-e", "/opt/spacebox")
    debian.run("test", "!", "-e", "/usr/bin/spacebox")


def test_purge_leaves_nothing(debian: Debian) -> None:
    debian.run("spacebox", "config", "set", "box.name", "kitchen")
    debian.run("install", "-D", "/dev/null", "/var/lib/spacebox/recording.ogg")
    debian.run("apt-get", "-q", "purge", "-y", "spacebox")
    assert debian.run("find", "/", "-xdev", "-name", "*spacebox*") == f"{FILE}\n"
    assert debian.run("dpkg", "--audit") == ""


def test_it_can_be_installed_again_after_a_purge(debian: Debian) -> None:
    debian.run("apt-get", "-q", "purge", "-y", "spacebox")
    debian.run("dpkg", "--install", FILE)
    assert debian.run("spacebox", "config", "check") == f"{CONFIGURATION}: no mistakes\n"
    assert "spacebox.service" in enabled(debian)


def test_the_service_starts_with_the_machine(debian: Debian) -> None:
    with debian.booted() as box:
        assert box.run("systemctl", "is-active", "spacebox") == "active\n"
        assert box.run("python3", "-c", STATUS) == "200\n"
        assert box.run("spacebox", "status").startswith("OFF AIR")
        assert box.run("systemctl", "--failed", "--quiet") == ""


def test_an_upgrade_starts_the_service_anew(debian: Debian, newer: Path) -> None:
    file = debian.put(newer, "/root/newer.deb")
    with debian.booted() as box:
        before = box.run("systemctl", "show", "-P", "MainPID", "spacebox")
        upgrade(box, file)
        assert box.run("systemctl", "is-active", "spacebox") == "active\n"
        assert box.run("systemctl", "show", "-P", "MainPID", "spacebox") != before
        assert box.run("python3", "-c", STATUS) == "200\n"


def test_a_removed_box_runs_no_more(debian: Debian) -> None:
    with debian.booted() as box:
        box.run("dpkg", "--remove", "spacebox")
        with pytest.raises(Refused, match="inactive"):
            box.run("systemctl", "is-active", "spacebox")
        with pytest.raises(Refused, match="Connection refused"):
            box.run("python3", "-c", STATUS)
        box.run("dpkg", "--install", FILE)
        assert box.run("systemctl", "is-active", "spacebox") == "active\n"


@pytest.mark.parametrize("architecture", ELF_MACHINES)
def test_what_was_built_is_for_that_machine(architecture: str, space: Path) -> None:
    tree = space / architecture
    subprocess.run(["dpkg-deb", "--extract", build(architecture), tree], check=True)
    libraries = [file for file in (tree / "opt").rglob("*.so*") if file.is_file()]
    machines = {file: int.from_bytes(file.read_bytes()[18:20], "little") for file in libraries}
    assert set(machines.values()) == {ELF_MACHINES[architecture]}, machines
    assert any(file.name.startswith("_lgpio.cpython-313-") for file in libraries)


def test_the_same_tree_gives_the_same_package(
    native: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    files = done.stdout.split("\0")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    here = fingerprint(build(native))
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    assert fingerprint(build(native, tmp_path)) == here


def test_conditions_of_the_lock_are_read_for_the_device(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text(
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:00\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n"
        "    --hash=sha256:11 \\\n    --hash=sha256:22\n    # via\n    #   aiortc\n"
        "opuslib==3.0.1 \\\n    --hash=sha256:33\n"
        "arm==1 ; platform_machine == 'aarch64' \\\n    --hash=sha256:44\n"
    )
    script = ROOT / "image-build/debian/locked.py"
    read = {
        which: subprocess.run(
            [ROOT / ".venv/bin/python", script, lock, "aarch64", "3.13", which],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for which in ("wheels", "opuslib")
    }
    assert read["wheels"] == (
        "numpy==2.5.5 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n"
        "arm==1 \\\n    --hash=sha256:44\n"
    )
    assert read["opuslib"] == "opuslib==3.0.1 \\\n    --hash=sha256:33\n"
