"""Chromium as a peer far away: it speaks what a file holds, or listens."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from box import Box
from relay import Relay, without_candidates

HERE = Path(__file__).parent
SDP = {"Content-Type": "application/sdp"}


@dataclass(frozen=True)
class Chromium:
    """One page and its connections."""

    _process: subprocess.Popen[str]

    def speak(self, box: Box, relay: Relay, token: str, *, red: bool) -> None:
        """Send the microphone's sound to the box; *token* is of somebody who may."""
        offer = self._ask("offer", "sendonly")
        self._connect(box, relay, "/whip", offer if red else _without_red(offer), token)

    def listen(self, box: Box, relay: Relay | None = None) -> None:
        self._connect(box, relay, "/whep", self._ask("offer", "recvonly"), None)

    def heard(self) -> list[dict[str, Any]]:
        """Return what the browser says of each connection it listens by (``inbound-rtp``)."""
        found: list[dict[str, Any]] = self._ask("heard")
        return found

    def _connect(
        self, box: Box, relay: Relay | None, path: str, offer: str, token: str | None
    ) -> None:
        offer = without_candidates(offer) if relay else offer
        reply = box.call(path, offer, token=token, headers=SDP)
        assert reply.status == 201, reply
        answer = reply.body.decode()
        self._ask("answer", relay.via(answer) if relay else answer)

    def _ask(self, act: str, *arguments: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([act, *arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the browser is gone; see what Node printed"
        return json.loads(line)


def _without_red(offer: str) -> str:
    """Offer as a browser does that does not know RFC 2198."""
    found = re.search(r"a=rtpmap:(\d+) red/48000/2", offer)
    assert found is not None, offer
    offer = re.sub(rf"(m=audio .*) {found[1]}\b", r"\1", offer)
    return re.sub(rf"a=(rtpmap|fmtp):{found[1]} .*\r\n", "", offer)


@contextmanager
def chromium(url: str, microphone: Path | None = None) -> Iterator[Chromium]:
    """Open a page of the box; the *microphone* plays a WAV file again and again."""
    flags = [] if microphone is None else [f"--use-file-for-fake-audio-capture={microphone}"]
    command = ["node", str(HERE / "far_peer.mjs"), url, *flags]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield Chromium(process)
