"""The secure door of a whole box: who is let in, and what is told where it stays shut."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aioice.ice import get_host_addresses
from PIL import Image

from box import CLI, Box, eventually, running_box
from spacebox.daemon.https import Https
from spacebox.panel.screen import draw
from spacebox.panel.views import FaultCard, Fingerprint, Shown, View
from spacebox.ports.secure import Root
from spacebox.system.owned import Owned
from spacebox.web.site import Site

BODY = (0, 14, 128, 51)
"""Of the glass: between its header and what the buttons do."""
TOP = (0, 0, 128, 15)
SOUND = ("--mic", "tone", "--speaker", "none")


def _trust(box: Box) -> ssl.SSLContext:
    """Return a browser that has got the box's certificate from its page."""
    with urllib.request.urlopen(f"{box.url}/trust/ca.crt") as answer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=answer.read())
        return context


def _get(url: str, browser: ssl.SSLContext) -> Any:
    with urllib.request.urlopen(url, context=browser) as answer:
        return json.loads(answer.read())


def _glass(box: Box, folder: Path) -> Image.Image:
    """Return what the box shows on its screen."""
    box.cli("screen", "--png", str(folder / "glass.png"))
    return Image.open(folder / "glass.png").convert("1")


def _drawn(view: View, part: tuple[int, int, int, int]) -> list[bytes]:
    """Return a part of the glass wherever in it the picture wanders."""
    return [draw(Shown(view, minute=minute)).crop(part).tobytes() for minute in range(3)]


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def test_all_addresses_of_the_machine_are_believed_after_each_start(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND, "--listen", "0.0.0.0") as box:
        browser = _trust(box)
        port = _port(box.space()["secure_url"])
        for address in get_host_addresses(use_ipv4=True, use_ipv6=False):
            assert _get(f"https://{address}:{port}/healthz", browser)["ok"]
        assert box.space()["faults"] == []
    with running_box(tmp_path, *SOUND) as box:
        port = _port(box.space()["secure_url"])
        assert _get(f"https://127.0.0.1:{port}/healthz", browser)["ok"]


def test_two_simulated_boxes_have_a_secure_page_each(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    with running_box(one, *SOUND) as first, running_box(other, *SOUND) as second:
        ports = {_port(box.space()["secure_url"]) for box in (first, second)}
        assert len(ports) == 2
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            _get(second.space()["secure_url"] + "/healthz", _trust(first))


def test_a_wrong_certificate_of_the_owner_is_a_fault_until_it_is_right(tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text("not yet")
    config = tmp_path / "spacebox.toml"
    config.write_text(f'[network]\ncertificate = "{chain}"\n')
    with running_box(tmp_path, *SOUND, "--config", str(config), start=None) as box:
        (fault,) = box.space()["faults"]
        assert fault.startswith(f"https: {chain} holds no certificate")
        assert _get(box.space()["secure_url"] + "/healthz", _trust(box))["ok"]
        told = _drawn(FaultCard("Certificate", "Look at its files.", "", 0), TOP)
        eventually(lambda: _glass(box, tmp_path).crop(TOP).tobytes() in told)


def test_the_glass_shows_the_fingerprint_that_the_page_tells_to_compare(tmp_path: Path) -> None:
    def glass(box: Box) -> bytes:
        box.cli("press", "approve")
        return _glass(box, tmp_path).crop(BODY).tobytes()

    with running_box(tmp_path, *SOUND, start=None) as box:
        with urllib.request.urlopen(f"{box.url}/trust/ca.crt") as answer:
            root = Root("", answer.read())
        shown = _drawn(Fingerprint(root.fingerprint), BODY)
        assert any(glass(box) in shown for _ in range(8))


async def test_files_that_are_right_at_last_are_shown_without_another_start(tmp_path: Path) -> None:
    site, both = Site("b0c5", "space-box"), tmp_path / "both.pem"
    https = Https(site, "127.0.0.1", tmp_path / "https", Owned(both, both))
    looking = asyncio.create_task(https.look_after())
    https.moved()
    await _until(lambda: bool(https.faults))
    assert https.fingerprint
    both.write_bytes((tmp_path / "https" / "box.pem").read_bytes())
    https.moved()
    await _until(lambda: not https.faults)
    assert https.fingerprint == "", "nobody has to compare an owner's certificate"
    looking.cancel()


async def test_what_the_box_signed_can_be_forgotten(tmp_path: Path) -> None:
    def made() -> Https:
        return Https(Site("b0c5", "space-box"), "", tmp_path / "https", None)

    first = made()
    assert made().fingerprint == first.fingerprint
    first.forget()
    assert made().fingerprint != first.fingerprint


async def test_a_card_that_cannot_be_written_leaves_the_box_on_http(tmp_path: Path) -> None:
    (tmp_path / "https").write_text("a file in the way")
    https = Https(Site("b0c5", "space-box"), "", tmp_path / "https", None)
    assert https.secure is None
    assert "cannot be kept" in https.faults[0].detail


def test_a_taken_port_is_a_fault_of_a_box_that_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        https_port, port = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        config = tmp_path / "spacebox.toml"
        config.write_text(
            f"[network]\nhttp_port = {port}\nhttps_port = {https_port}\n"
            f'[storage]\npath = "{tmp_path / "state"}"\n'
            '[sound]\nmicrophone = "tone"\nspeaker = "none"\n'
        )
        env = {**os.environ, "SPACEBOX_RUNTIME": str(tmp_path / "run")}
        with subprocess.Popen([CLI, "run", "--config", str(config)], env=env) as process:
            try:
                told = eventually(lambda: _faults_of_https(env))
                assert _status(env)["secure_url"] == ""
            finally:
                process.terminate()
    assert told == [
        f"https: port {https_port} is taken; choose another, or 0 for any that is free, "
        "as https_port in [network]; guests cannot speak until then"
    ]


def _faults_of_https(env: dict[str, str]) -> list[str]:
    """Return what is wrong with the secure door; it is opened after the box can be asked."""
    return [fault for fault in _status(env)["faults"] if fault.startswith("https:")]


def _status(env: dict[str, str]) -> Any:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        done = subprocess.run([CLI, "status", "--json"], env=env, capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise AssertionError(done.stderr)


async def _until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)
