"""Updates of a running virtual Pi: whatever comes, it ends up in a slot that works."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Image
from guest import APPROVE, END, MUTE, Done
from virtual_pi import VirtualPi

ROOT = Path(__file__).parents[2]
SIGNING = ROOT / "image-build/signing"
A, B = 2, 3
"""The slots' boot partitions."""
HOST = "10.0.2.2"
"""This machine, as the guest sees it."""
NEXT = "99.0.0"
BY_HAND = "/run/update.toml"
ERASE_S = 10.5
SLOW_S = 600.0


@dataclass(frozen=True)
class Shop:
    """Folders of updates on a web server."""

    port: int

    def settings(self, offer: str) -> bytes:
        return f'[update]\nsource = "http://{HOST}:{self.port}/{offer}"\n'.encode()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def shop(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Offer a good update, and three that are not."""
    folder = tmp_path_factory.mktemp("shop")
    for offer in ("good", "crashing", "truncated", "foreign"):
        (folder / offer).mkdir()
    lay(image, folder / "good")
    lay(image, folder / "crashing", crash=True)
    for offer in ("truncated", "foreign"):
        lay_little(image, folder / offer)
    offers = (
        bundled(image, folder / "good", SIGNING),
        bundled(image, folder / "crashing", SIGNING),
        bundled(image, folder / "truncated", SIGNING),
        bundled(image, folder / "foreign", folder / "somebody"),
    )
    os.truncate(offers[2], offers[2].stat().st_size // 2)
    for bundle in offers:
        sign(bundle, image.arch)
    handler = partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Shop(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()
    shutil.rmtree(folder)


def parts(image: Image) -> tuple[str, str, str]:
    """Return what a bundle is made of, by the names of the files."""
    name = image.path.name.removesuffix(".img")
    _, version, arch = name.split("-")
    return f"{name}.boot.vfat", f"{name}.squashfs", f"spacebox_{version}_{arch}.deb"


def lay(image: Image, out: Path, *, crash: bool = False) -> None:
    """Put there what the image was made of; with *crash* its kernel finds no init."""
    boot, *others = parts(image)
    subprocess.run(["cp", "--sparse=always", image.path.with_name(boot), out / boot], check=True)
    for part in others:
        (out / part).symlink_to(image.path.with_name(part))
    if crash:
        line = b"root=PARTLABEL=system_a rauc.slot=A ro rdinit=/nothing panic=1\n"
        command = ["mcopy", "-o", "-i", out / boot, "-", "::cmdline.txt"]
        subprocess.run(command, input=line, check=True)


def lay_little(image: Image, out: Path) -> None:
    """Put something there that is no system: it must not come so far that this is seen."""
    for part in parts(image):
        (out / part).write_bytes(os.urandom(50_000))


def bundled(image: Image, out: Path, signing: Path) -> Path:
    env = {**os.environ, "SPACEBOX_OUT": str(out), "SPACEBOX_SIGNING": str(signing)}
    subprocess.run([ROOT / "image-build/bundle", image.arch], env=env, check=True)
    return out / f"{image.path.stem}.raucb"


def sign(bundle: Path, arch: str) -> None:
    """Put a list beside *bundle* that calls it the newest version."""
    with bundle.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    asset = {"file": bundle.name, "size": bundle.stat().st_size, "sha256": digest}
    subprocess.run(
        [
            *("openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER"),
            *("-signer", SIGNING / "certificate.pem", "-inkey", SIGNING / "key.pem"),
            *("-out", bundle.with_name(f"latest-{arch}.json.p7m")),
        ],
        input=json.dumps({"version": NEXT, "bundle": asset, "package": asset}).encode(),
        check=True,
    )


def update(pi: VirtualPi, shop: Shop, offer: str, verb: str = "install") -> Done:
    pi.guest.write(BY_HAND, shop.settings(offer))
    return pi.guest.run("spacebox", "update", verb, "--config", BY_HAND, patience_s=SLOW_S)


def begin(pi: VirtualPi, shop: Shop, offer: str) -> None:
    """Have the guest install an update on its own time."""
    pi.guest.write(BY_HAND, shop.settings(offer))
    install = ("/opt/spacebox/bin/spacebox", "update", "install", "--config", BY_HAND)
    pi.guest.check("systemd-run", "--unit=update-by-hand", "--collect", *install)


def installing(pi: VirtualPi) -> bool:
    """Say whether RAUC writes now."""
    return pi.guest.check("busctl", "get-property", *RAUC, "Operation").strip() == 's "installing"'


RAUC = ("de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer")


def plain(pi: VirtualPi) -> str:
    """Return the slot that a plain start takes."""
    return pi.guest.check("/usr/lib/spacebox-image/slots", "get-primary").strip()


def settled(pi: VirtualPi, before: int, starts: int) -> list[int]:
    """Wait for so many starts after *before*, and the page; say from where they were."""
    pi.wait_for(lambda: len(pi.tried) >= before + starts, f"{starts} more starts", SLOW_S)
    pi.wait_for_page(SLOW_S)
    return [boot.partition for boot in pi.tried[before:]]


def box_id(pi: VirtualPi) -> bytes:
    return pi.guest.read("/var/lib/spacebox/box-id")


@pytest.mark.parametrize("offer", ["truncated", "foreign"])
def test_what_is_no_bundle_of_ours_changes_nothing(pi: VirtualPi, shop: Shop, offer: str) -> None:
    before = len(pi.tried)
    done = update(pi, shop, offer)
    assert done.status == 1
    assert "It is not installed" in done.err
    assert plain(pi) == "A"
    assert len(pi.tried) == before
    assert f"There is version {NEXT}" in update(pi, shop, offer, "check").out


def test_nothing_is_updated_while_somebody_is_on_air(pi: VirtualPi, shop: Shop) -> None:
    pi.guest.check("spacebox", "start", "--title", "On air")
    done = update(pi, shop, "good")
    assert done.status == 1
    assert "Somebody is on air" in done.err
    pi.guest.check("spacebox", "end", "--now")
    pi.wait_for(lambda: state(pi) == "idle", "the Space is over", 60)


def state(pi: VirtualPi) -> str:
    return str(json.loads(pi.guest.check("spacebox", "status", "--json"))["state"])


def test_a_slot_that_crashes_is_tried_once(pi: VirtualPi, shop: Shop) -> None:
    before, id_before = len(pi.tried), box_id(pi)
    begin(pi, shop, "crashing")
    assert settled(pi, before, 2) == [B, A]
    assert box_id(pi) == id_before
    assert "was tried and did not work" in update(pi, shop, "crashing", "check").out


def test_the_power_may_fail_at_any_moment_of_an_update(
    pi: VirtualPi, shop: Shop, rounds: int
) -> None:
    id_before = box_id(pi)
    for number in range(rounds):
        begin(pi, shop, "good")
        pi.wait_for(lambda: installing(pi), "RAUC writes", SLOW_S)
        time.sleep(2.0 * number)  # not waiting for anything: the moment is the test's own choice
        pi.cut()
        before = len(pi.tried)
        pi.power_on()
        assert settled(pi, before, 1) == [A]
        assert box_id(pi) == id_before


def test_a_good_version_stays_and_keeps_what_the_owner_has(pi: VirtualPi, shop: Shop) -> None:
    id_before, before = box_id(pi), len(pi.tried)
    pi.guest.check("spacebox", "config", "set", "space.title", "Mine")
    begin(pi, shop, "good")
    assert settled(pi, before, 1) == [B]
    assert plain(pi) == "A", "it is on its one try"
    pi.wait_for(lambda: plain(pi) == "B", "the new version stays", SLOW_S)
    assert box_id(pi) == id_before
    assert pi.guest.check("spacebox", "config", "get", "space.title").strip() == "Mine"


def test_the_way_back_is_a_try_as_well(pi: VirtualPi) -> None:
    """The power fails on the try, so the version that was kept comes again."""
    before = len(pi.tried)
    pi.guest.run("systemd-run", "--collect", "/opt/spacebox/bin/spacebox", "update", "rollback")
    assert settled(pi, before, 1) == [A]
    pi.cut()
    pi.power_on()
    assert settled(pi, before, 2) == [A, B]
    assert plain(pi) == "B"


def test_three_buttons_make_the_box_a_new_one(pi: VirtualPi) -> None:
    id_before, before = box_id(pi), len(pi.tried)
    pi.guest.press(MUTE, APPROVE, END, hold_s=ERASE_S)
    settled(pi, before, 1)
    assert box_id(pi) != id_before
    assert pi.guest.check("spacebox", "config", "get", "space.title").strip() == ""
    assert pi.guest.run("ls", "/etc/NetworkManager/system-connections").out == ""
