"""An update of a running box: seen on its glass, and kept off while somebody is on air."""

from __future__ import annotations

import functools
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from box import CLI, Box, eventually, running_box
from spacebox.cli.control import Control
from spacebox.cli.failures import Refusal
from spacebox.panel.screen import draw
from spacebox.panel.views import Shown, Updating

SOUND = ("--mic", "tone", "--speaker", "none")
HALFWAY = {"version": "0.2.0", "doing": "installing", "part": 0.5}
HEADER = (0, 0, 128, 48)
SHOWN = [
    draw(Shown(Updating("0.2.0", "installing", 0.5), minute=minute)).crop(HEADER).tobytes()
    for minute in range(3)
]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running_box(tmp_path_factory.mktemp("box"), *SOUND, start=None) as box:
        yield box


def tell(box: Box, told: object) -> None:
    Control.find(None, box.env).ask("PUT", "/api/update", told)


def glass(box: Box, folder: Path) -> bytes:
    box.cli("screen", "--png", str(folder / "glass.png"))
    with Image.open(folder / "glass.png") as picture:
        return picture.convert("1").crop(HEADER).tobytes()


def test_the_glass_shows_how_far_an_update_is(box: Box, tmp_path: Path) -> None:
    tell(box, HALFWAY)
    eventually(lambda: glass(box, tmp_path) in SHOWN)


def test_no_update_while_somebody_is_on_air(box: Box, tmp_path: Path) -> None:
    box.cli("start", "--title", "On air")
    with pytest.raises(Refusal, match="A Space is live"):
        tell(box, HALFWAY)
    assert glass(box, tmp_path) not in SHOWN
    box.cli("end", "--now")
    eventually(lambda: box.space()["state"] == "idle", 15)
    tell(box, HALFWAY)


def test_only_this_machine_says_how_far_its_update_is(box: Box) -> None:
    host = box.link("host")
    assert box.call("/api/update", HALFWAY, token=host, method="PUT").status == 403


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"version": "0.2.0"},
        {**HALFWAY, "part": 1.1},
        {**HALFWAY, "part": "half"},
        {**HALFWAY, "doing": "x" * 41},
        {**HALFWAY, "version": 2},
    ],
)
def test_what_cannot_be_meant_is_refused(box: Box, told: object) -> None:
    with pytest.raises(Refusal):
        tell(box, told)


# The command line


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    """A web server's address; its folder is that of the test."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_without_a_source_it_says_what_to_do(box: Box) -> None:
    assert "update.source" in box.cli("update", "check", status=2)
    assert box.cli("update", "install", "--automatic") == ""


def test_a_source_that_is_not_there_is_named(box: Box, tmp_path: Path, shop: str) -> None:
    config = tmp_path / "spacebox.toml"
    config.write_text(f'[update]\nsource = "{shop}/none"\n')
    said = box.cli("update", "check", "--config", str(config), status=1)
    assert f"{shop}/none/latest-" in said
    assert "404" in said


def test_one_who_says_no_erases_nothing(box: Box) -> None:
    done = subprocess.run(
        [CLI, "reset"], env=box.env, input="no\n", capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("Nothing is erased.\n")


def test_nothing_is_on_trial_here(box: Box) -> None:
    assert box.cli("update", "confirm") == "Nothing is on trial.\n"


def test_going_back_says_how_on_a_debian_of_somebody_else_s(box: Box) -> None:
    assert "apt install" in box.cli("update", "rollback", status=1)
