"""A box that is a guest elsewhere moves to another network: it goes on, and stays unmuted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from box import eventually, running_box
from neighbourhood import port
from netns import STREET, street, within
from tones import amplitude, read_wav

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

HOST, FIRST, SECOND = (f"{STREET}.{number}" for number in (2, 3, 4))
BOX_HZ, GUEST_HZ = 600, 440
LATELY = 12_000


def test_the_line_is_led_another_way(tmp_path: Path) -> None:
    for name in ("host", "guest"):
        (tmp_path / name).mkdir()

    def sound(name: str, hertz: int) -> tuple[str, ...]:
        return ("--mic", f"tone:{hertz}", "--speaker", f"file:{tmp_path / name / 'speaker.wav'}")

    def plays(name: str, hertz: int) -> bool:
        lately = read_wav(tmp_path / name / "speaker.wav")[-LATELY:]
        return len(lately) == LATELY and amplitude(lately, hertz) > 0.03

    with street() as networks:
        there, here = networks.machine(0, HOST), networks.machine(1, FIRST)
        listen = ("--listen", "0.0.0.0")
        with (
            running_box(
                tmp_path / "host", *listen, *sound("host", BOX_HZ), within=within(there)
            ) as host,
            running_box(
                tmp_path / "guest", *sound("guest", GUEST_HZ), start=None, within=within(here)
            ) as guest,
        ):
            host.command("SetMuted", muted=False)
            url = f"http://{HOST}:{port(host)}"
            guest.cli("join", f"whep+{url}/whep", f"whip+{url}/whip#token={host.link('speaker')}")
            guest.command("SetMuted", muted=False)
            eventually(lambda: plays("guest", BOX_HZ) and plays("host", GUEST_HZ))
            networks.ip(here, f"addr del {FIRST}/24 dev street")
            eventually(lambda: not plays("guest", BOX_HZ) and not plays("host", GUEST_HZ))
            networks.ip(here, f"addr add {SECOND}/24 dev street")
            eventually(lambda: plays("guest", BOX_HZ) and plays("host", GUEST_HZ))
            stay = guest.space()["guest"]
            assert (stay["link"], stay["muted"]) == ("there", False)
