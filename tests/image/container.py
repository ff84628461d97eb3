"""A Debian of its own, in namespaces: to install the package in, and to boot it.

A tree is layers, of which only the top one is written; so one that took long to make serves many
tests. Needs root.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "image-build/cache"

_PATIENCE_S = 120.0
_PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
_ENVIRONMENT = (_PATH, "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "HOME=/root")

_FETCH = """
source firmware/setup
need_packages mmdebstrap
source image-build/debian/trixie
mirror=$(trixie_mirror)
echo "deb [signed-by=$keyring] $mirror $suite main" |
  mmdebstrap --variant=minbase --mode=root --quiet "$suite" "$1.new.tar" - >&2
mv "$1.new.tar" "$1"
"""

_OPEN = """
set -e
root=$1 layers=$2 top=$3 archives=$4
shift 4
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$top/upper,workdir=$top/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
"""
_RUN = """
touch "$root/etc/resolv.conf"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
mount --bind "$archives" "$root/var/cache/apt/archives"
exec chroot "$root" env -i "$@"
"""
# The machine's clock, modules and log are not the container's to touch.
_BOOT = """
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
ip link set lo up
cd "$root"
mkdir -p mnt
pivot_root . mnt
umount -l /mnt
exec setpriv --bounding-set -sys_boot,-sys_module,-sys_rawio,-sys_time,-syslog \\
  env -i container=test "$@" /usr/lib/systemd/systemd --show-status=no
"""
_ENTER_GROUP = 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"'


def fetched(directory: Path) -> Path:
    """Unpack Debian 13 without anything that is not essential, fetched once. Return where."""
    tar = CACHE / "trixie-minbase.tar"
    if not tar.exists():
        tar.parent.mkdir(exist_ok=True)
        subprocess.run(
            ["bash", "-euc", f"root={ROOT}; {_FETCH}", "fetch", tar], cwd=ROOT, check=True
        )
    directory.mkdir()
    subprocess.run(["tar", "-x", "-f", tar, "-C", directory], check=True)
    return directory


class Refused(Exception):
    """A command that failed, with all that it said."""


@dataclass(frozen=True, slots=True)
class Debian:
    """A tree at rest. `layers`: what is below, the uppermost first; `top`: a folder of its own."""

    layers: tuple[Path, ...]
    top: Path

    def __post_init__(self) -> None:
        for name in ("upper", "work", "root"):
            (self.top / name).mkdir(parents=True)
        (CACHE / "debs/partial").mkdir(parents=True, exist_ok=True)

    def above(self, top: Path) -> Debian:
        """Return another that begins as this one is, and leaves this one alone."""
        return Debian((self.top / "upper", *self.layers), top)

    def put(self, file: Path, where: str) -> str:
        """Copy *file* into the tree, to *where* (absolute). Return *where*."""
        target = self.top / "upper" / where.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        return where

    def run(self, *command: str) -> str:
        """Run *command* in it as root. Return what it printed. Raises Refused."""
        entered = self._entered(_RUN, "unshare", "--mount", "--pid", "--fork", "--kill-child")
        return _said([*entered, *_ENVIRONMENT, *command])

    @contextlib.contextmanager
    def booted(self) -> Iterator[Booted]:
        """Boot it, with systemd as process 1 and a network of its own, which leads nowhere."""
        spaces = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup")
        with _control_group() as group:
            entered = self._entered(_BOOT, "unshare", *spaces, "--fork", "--kill-child")
            command = ["bash", "-c", _ENTER_GROUP, "enter", group, *entered, *_ENVIRONMENT]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL) as outer:
                try:
                    yield _wait_for(outer)
                finally:
                    outer.send_signal(signal.SIGKILL)

    def _entered(self, script: str, *unshare: str) -> list[str | Path]:
        layers = ":".join(map(str, self.layers))
        arguments = (self.top / "root", layers, self.top, CACHE / "debs")
        return [*unshare, "bash", "-c", _OPEN + script, "enter", *arguments]


@dataclass(frozen=True, slots=True)
class Booted:
    """A running one. `first`: its process 1, as this machine counts."""

    first: int

    def run(self, *command: str) -> str:
        """Run *command* in it as root. Return what it printed. Raises Refused."""
        enter = ("nsenter", "--target", str(self.first), "--all")
        return _said([*enter, "env", "-i", *_ENVIRONMENT, *command])


def _said(command: list[str | Path]) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    return done.stdout


def _wait_for(outer: subprocess.Popen[bytes]) -> Booted:
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    until = time.monotonic() + _PATIENCE_S
    said = ""
    while time.monotonic() < until and outer.poll() is None:
        if first := children.read_text().split():
            booted = Booted(int(first[0]))
            try:
                said = booted.run("sh", "-c", "systemctl is-system-running --wait || true")
            except Refused as early:
                said = str(early)
            if said.strip() in ("running", "degraded"):
                return booted
        time.sleep(0.05)
    raise TimeoutError(f"It does not come up: {said}")


@contextlib.contextmanager
def _control_group() -> Iterator[Path]:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    above = next(Path(where) for _, where, kind, *_ in mounts if kind == "cgroup2")
    group = Path(tempfile.mkdtemp(prefix="debian-", dir=above))
    try:
        yield group
    finally:
        until = time.monotonic() + _PATIENCE_S
        while not _removed(group) and time.monotonic() < until:
            time.sleep(0.05)


def _removed(group: Path) -> bool:
    try:
        for folder, _, _ in os.walk(group, topdown=False):
            Path(folder).rmdir()
    except OSError:
        return False
    return True
