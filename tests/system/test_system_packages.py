"""One slot: versions of the package lie beside each other, and links choose among them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from spacebox.system.packages import Packages
from spacebox.system.target import Unfit
from system.shop import yes


@pytest.fixture
def deb(tmp_path: Path) -> Path:
    """A package as small as can be, of version 0.2.0."""
    return made_deb(tmp_path, "0.2.0")


def made_deb(tmp_path: Path, version: str, program: str = "opt/spacebox/bin/spacebox") -> Path:
    tree = tmp_path / f"tree-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    said = f"Package: spacebox\nVersion: {version}\nArchitecture: all\nMaintainer: Space box\n"
    (tree / "DEBIAN/control").write_text(f"{said}Description: a test\n")
    (tree / program).parent.mkdir(parents=True)
    (tree / program).write_text(version)
    file = tmp_path / f"{version}.deb"
    subprocess.run(["dpkg-deb", "--build", tree, file], check=True, capture_output=True)
    return file


def test_a_package_is_tried_kept_and_gone_back_from(tmp_path: Path, deb: Path) -> None:
    folder = tmp_path / "package"
    packages = Packages(folder)
    assert packages.version(deb) == "0.2.0"
    packages.install(deb, yes)
    assert (folder / "next/opt/spacebox/bin/spacebox").read_text() == "0.2.0"
    assert not packages.on_trial
    start(folder)
    assert packages.on_trial
    packages.keep()
    assert (folder / "current/opt/spacebox/bin/spacebox").read_text() == "0.2.0"
    packages.install(made_deb(tmp_path, "0.3.0"), yes)
    start(folder)
    packages.keep()
    assert packages.turn_back() == "0.2.0"
    start(folder)
    packages.keep()
    with pytest.raises(Unfit, match="is what runs"):
        packages.install(deb, yes)


def test_the_first_package_goes_back_to_what_the_card_came_with(tmp_path: Path, deb: Path) -> None:
    packages = Packages(tmp_path / "package")
    with pytest.raises(Unfit, match="nothing to go back to"):
        packages.turn_back()
    packages.install(deb, yes)
    start(tmp_path / "package")
    packages.keep()
    assert packages.turn_back() == "the version that the card came with"


def test_a_package_that_was_not_kept_is_gone_at_the_next_start(tmp_path: Path, deb: Path) -> None:
    packages = Packages(tmp_path / "package")
    packages.install(deb, yes)
    start(tmp_path / "package")
    start(tmp_path / "package")
    assert not packages.on_trial
    assert not (tmp_path / "package/current").exists()


def test_a_package_of_something_else_is_refused(tmp_path: Path) -> None:
    other = made_deb(tmp_path, "1.0", "usr/bin/other")
    with pytest.raises(Unfit, match="holds no Space box"):
        Packages(tmp_path / "package").install(other, yes)


def start(folder: Path) -> None:
    """Do what the image's initramfs does with the links, by its own lines."""
    script = Path(__file__).parents[2] / "image-build/rauc/package.sh"
    run = f'. "{script}"; choose_package "{folder}"'
    subprocess.run(["sh", "-eu", "-c", run], check=True)
