"""Where there is no second slot: the package alone is replaced.

On the image the root cannot be written. Versions lie beside each other on the data partition, and
three links say what the initramfs puts over /opt/spacebox: ``next`` is taken once and is ``tried``
then, which is dropped at the start after it unless it was made ``current``. A link to ``image``
stands for what the card came with.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from spacebox.system.target import Interrupted, Kind, Told, Unfit, run

FOLDER = Path("/data/package")
IMAGE = "image"
PROGRAM = Path("opt/spacebox/bin/spacebox")


class Packages:
    """Packages on the data partition of an image."""

    kind: Kind = "package"

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @property
    def on_trial(self) -> bool:
        return (self._folder / "tried").is_symlink()

    def version(self, file: Path) -> str:
        return _version(file)

    def install(self, file: Path, told: Told) -> None:
        version = _version(file)
        if version in {self._named("current"), self._named("tried")}:
            raise Unfit(f"Version {version} is what runs.")
        new = self._folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        run("dpkg-deb", "--extract", str(file), str(new))
        if not (new / PROGRAM).exists():
            raise Unfit(f"{file.name} holds no Space box.")
        if not told(0.9):
            raise Interrupted
        shutil.rmtree(self._folder / version, ignore_errors=True)
        new.rename(self._folder / version)
        os.sync()
        self._link("next", version)

    def begin(self) -> None:
        run("systemctl", "reboot")

    def keep(self) -> None:
        before = self._named("current") or IMAGE
        self._link("previous", before)
        (self._folder / "tried").rename(self._folder / "current")
        os.sync()
        used = {self._named(name) for name in ("current", "previous")}
        for entry in self._folder.iterdir():
            if not entry.is_symlink() and entry.name not in used:
                shutil.rmtree(entry)

    def turn_back(self) -> str:
        before = self._named("previous")
        if not before:
            raise Unfit("There is nothing to go back to: no update was installed.")
        self._link("next", before)
        return "the version that the card came with" if before == IMAGE else before

    def _named(self, link: str) -> str:
        path = self._folder / link
        return str(path.readlink()) if path.is_symlink() else ""

    def _link(self, link: str, to: str) -> None:
        made = self._folder / f"{link}.new"
        made.unlink(missing_ok=True)
        made.symlink_to(to)
        made.rename(self._folder / link)
        os.sync()


class Apt:
    """A package on a Debian that somebody else looks after; there is no try and no way back."""

    kind: Kind = "package"
    on_trial = False

    def version(self, file: Path) -> str:
        return _version(file)

    def install(self, file: Path, told: Told) -> None:
        if not told(0.0):
            raise Interrupted
        # apt takes a name with a slash for a file. It starts the box anew itself.
        run("apt-get", "install", "--yes", "--allow-downgrades", str(file.absolute()))

    def begin(self) -> None:
        """Nothing is left to do."""

    def keep(self) -> None:
        """It is kept already."""

    def turn_back(self) -> str:
        raise Unfit("Install the older package by apt: `apt install ./spacebox_VERSION_ARCH.deb`.")


def _version(file: Path) -> str:
    return run("dpkg-deb", "--field", str(file), "Version").strip()
