"""The repository's own commands, on a fresh copy of it: they install what they need."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SIM = ("--port", "0", "--mic", "tone", "--speaker", "none")
LONGEST_SECOND_START_S = 3.0


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The repository as a clone has it, with what was not committed yet."""
    target = tmp_path_factory.mktemp("clone")
    listing = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    yield target
    shutil.rmtree(target)  # pytest would keep the last three, of half a gigabyte each


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    places = {"SPACEBOX_RUNTIME": str(tmp_path / "run"), "XDG_STATE_HOME": str(tmp_path / "state")}
    return {**os.environ, **places}


@pytest.fixture
def set_up(copy: Path, env: dict[str, str]) -> Path:
    run(copy, env, "firmware/run", "--help")
    return copy


def run(
    copy: Path, env: dict[str, str], script: str, *args: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [copy / script, *args]
    done = subprocess.run(
        command, env=env, cwd=cwd or copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def start(copy: Path, env: dict[str, str], cwd: Path) -> float:
    """Start the box and stop it; return the seconds to its READY line."""
    begun = time.monotonic()
    command = [copy / "firmware/run", *SIM]
    with subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        first = box.stdout.readline()
        took_s = time.monotonic() - begun
        box.terminate()  # reaches the box itself, or the pipe stays open and this hangs
        box.communicate()
    assert first.startswith("READY http://127.0.0.1:")
    assert box.returncode == 0
    return took_s


def test_the_first_start_tells_what_it_installs(copy: Path, env: dict[str, str]) -> None:
    done = run(copy, env, "firmware/run", *SIM, "--seconds", "0.1")
    assert done.stdout.startswith("READY http://127.0.0.1:")
    for said in (
        "Making ",
        "Installing Python packages: aiohappyeyeballs==",
        "Installing spacebox",
    ):
        assert said in done.stderr


def test_the_second_start_is_quick_from_anywhere(
    set_up: Path, env: dict[str, str], tmp_path: Path
) -> None:
    # The best of a few, since other things may run on this machine.
    assert min(start(set_up, env, tmp_path) for _ in range(3)) < LONGEST_SECOND_START_S
    assert "Installing" not in run(set_up, env, "firmware/run", "--help").stderr


def test_the_tests_are_set_up_and_listed(set_up: Path, env: dict[str, str]) -> None:
    listing = ("tests/run", "--collect-only", "-q", "tests/config")
    done = run(set_up, env, *listing)
    assert "Installing Node packages" in done.stderr
    assert "test_config_load.py::test_nothing_gives_the_defaults" in done.stdout
    assert run(set_up, env, *listing).stderr == ""


def test_a_changed_lock_is_installed_again(set_up: Path, env: dict[str, str]) -> None:
    python = set_up / ".venv/bin/python"
    subprocess.run([python, "-m", "pip", "-q", "uninstall", "-y", "segno"], check=True)
    with (set_up / "firmware/requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert "segno==" in run(set_up, env, "firmware/run", "--help").stderr
    subprocess.run([python, "-c", "import segno"], check=True)
