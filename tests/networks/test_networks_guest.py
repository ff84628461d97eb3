"""A box with a seat in another box's Space moves to another network: it keeps the seat, unmuted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from box import Box, eventually, running_box
from neighbourhood import port
from netns import STREET, street, within
from tones import amplitude, read_wav

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

HOST, FIRST, SECOND = (f"{STREET}.{number}" for number in (2, 3, 4))
BOX_HZ, GUEST_HZ = 600, 440
LATELY = 12_000


def plays(folder: Path, hertz: int) -> bool:
    """Say whether a box's speaker played a tone in the last quarter of a second."""
    lately = read_wav(folder / "speaker.wav")[-LATELY:]
    return len(lately) == LATELY and amplitude(lately, hertz) > 0.03


def sound(folder: Path, hertz: int) -> tuple[str, ...]:
    folder.mkdir()
    return ("--mic", f"tone:{hertz}", "--speaker", f"file:{folder / 'speaker.wav'}")


def take_the_stage(host: Box, guest: Box) -> str:
    """Return the seat's id."""
    guest.command("RequestToSpeak")
    (request,) = eventually(lambda: host.space()["requests"])
    host.command("Approve", participant=request["participant"])
    eventually(lambda: guest.space()["you"]["role"] == "speaker")
    guest.command("SetMuted", muted=False)
    seat: str = request["participant"]
    return seat


def test_who_moves_keeps_the_seat(tmp_path: Path) -> None:
    at_host, at_guest = tmp_path / "host", tmp_path / "guest"
    there_sound, here_sound = sound(at_host, BOX_HZ), sound(at_guest, GUEST_HZ)
    with street() as networks:
        there, here = networks.machine(0, HOST), networks.machine(1, FIRST)
        listen = ("--listen", "0.0.0.0")
        with (
            running_box(at_host, *listen, *there_sound, within=within(there)) as host,
            running_box(at_guest, *here_sound, start=None, within=within(here)) as guest,
        ):
            host.command("SetMuted", muted=False)
            guest.cli("join", f"http://{HOST}:{port(host)}/")
            seat = take_the_stage(host, guest)
            eventually(lambda: plays(at_guest, BOX_HZ) and plays(at_host, GUEST_HZ))
            networks.ip(here, f"addr del {FIRST}/24 dev street")
            eventually(lambda: not plays(at_guest, BOX_HZ) and not plays(at_host, GUEST_HZ))
            networks.ip(here, f"addr add {SECOND}/24 dev street")
            eventually(lambda: plays(at_guest, BOX_HZ) and plays(at_host, GUEST_HZ))
            stay = guest.space()["guest"]
            assert (stay["link"], stay["muted"]) == ("there", False)
            assert guest.space()["you"]["participant"] == seat
            # What happens there is told again too: not by the connection that was cut off.
            host.command("EditSpace", title="Later radio")
            eventually(lambda: guest.space()["title"] == "Later radio")
            assert guest.space()["guest"]["link"] == "there"
            guest.command("StepDown")
            eventually(lambda: guest.space()["you"]["role"] == "listener")
