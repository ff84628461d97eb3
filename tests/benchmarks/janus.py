"""The C servers we measure ourselves against: Janus, with its AudioBridge and its Streaming.

They need somebody who speaks: tones as Opus in plain RTP, as loud and as long as the box's own.
"""

from __future__ import annotations

import itertools
import math
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np

from benchmarks.cost import Server
from benchmarks.doors import ROOM, Janus
from benchmarks.listener import address
from spacebox.audio.opus import Encoder
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE

EVENT_LOOPS = 2
BITRATE = 48_000
PAYLOAD_TYPE = 111
PATIENCE_S = 10.0

CORE = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{libraries}/plugins"
    transports_folder = "{libraries}/transports"
    session_timeout = 0
    debug_level = 2
    debug_colors = false
    {loops}
}}
nat: {{ ice_ignore_list = "vmnet" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
HTTP = """
general: {{ http = true, https = false, port = {port}, ip = "127.0.0.1", base_path = "/janus" }}
"""
BRIDGE = """
general: {{ local_ip = "{host}" }}
room-{room}: {{
    sampling_rate = 48000
    default_bitrate = {bitrate}
    allow_rtp_participants = true
    audiolevel_ext = false
}}
"""


@contextmanager
def audiobridge(folder: Path, speakers: int = 1) -> Iterator[Server]:
    """Run a room in which so many tones are mixed, each listener with an encoder (complexity 4)."""
    with (
        running(folder, "audiobridge") as server,
        closing(Janus(server.url)) as janus,
        ExitStack() as stack,
    ):
        for number in range(speakers):
            mouth = stack.enter_context(Mouth(hertz=440 + 110 * number))
            host, port = mouth.where
            rtp = {"ip": host, "port": port, "payload_type": PAYLOAD_TYPE}
            join = {"request": "join", "room": ROOM, "display": "tone", "rtp": rtp}
            event = janus.tell(janus.attach("audiobridge"), join)
            there = event["plugindata"]["data"]["rtp"]
            mouth.speak((there["ip"], there["port"]))
        yield server


@contextmanager
def streaming(folder: Path) -> Iterator[Server]:
    """Run a mountpoint that hands a tone on, encoded once."""
    loops = f"event_loops = {EVENT_LOOPS}"
    with (
        running(folder, "streaming", loops) as server,
        closing(Janus(server.url)) as janus,
        Mouth() as mouth,
    ):
        sound = {"type": "audio", "mid": "a", "pt": PAYLOAD_TYPE, "codec": "opus", "port": 0}
        create = {"request": "create", "type": "rtp", "id": ROOM, "media": [sound]}
        made = janus.ask(janus.attach("streaming"), create)
        mouth.speak(("127.0.0.1", made["stream"]["ports"][0]["port"]))
        yield server


@contextmanager
def running(folder: Path, door: str, loops: str = "") -> Iterator[Server]:
    """Run a Janus on loopback, for media on this machine's address."""
    port = _free_port()
    _configure(folder, port, loops)
    with (folder / "janus.log").open("w") as log:
        command = ["janus", "--configs-folder", str(folder)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(port)
        yield Server(door, f"http://127.0.0.1:{port}/janus", process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _configure(folder: Path, port: int, loops: str) -> None:
    libraries = next(Path("/usr/lib").glob("*/janus"))
    wanted = ("libjanus_audiobridge.so", "libjanus_streaming.so", "libjanus_http.so")
    plugins, transports = (
        ",".join(sorted({each.name for each in (libraries / kind).glob("*.so")} - set(wanted)))
        for kind in ("plugins", "transports")
    )
    texts = {
        "janus": CORE.format(
            folder=folder,
            libraries=libraries,
            loops=loops,
            plugins=plugins,
            transports=transports,
        ),
        "janus.transport.http": HTTP.format(port=port),
        "janus.plugin.audiobridge": BRIDGE.format(host=address(), room=ROOM, bitrate=BITRATE),
        "janus.plugin.streaming": "general: { }\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.jcfg").write_text(text)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "Janus did not come up"
            time.sleep(0.05)


class Mouth:
    """Somebody who speaks a tone by plain RTP, a packet every 20 ms by the clock."""

    def __init__(self, hertz: int = 440) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._packets = tone(hertz)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def where(self) -> tuple[str, int]:
        where: tuple[str, int] = self._socket.getsockname()
        return where

    def speak(self, there: tuple[str, int]) -> None:
        self._thread = threading.Thread(target=self._run, args=(there,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Mouth:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

    def _run(self, there: tuple[str, int]) -> None:
        began = time.monotonic()
        for slot, payload in enumerate(itertools.cycle(self._packets)):
            if self._stopping.wait(max(0.0, began + slot * FRAME_S - time.monotonic())):
                return
            sequence, timestamp = slot % (1 << 16), slot * FRAME_SAMPLES % (1 << 32)
            header = struct.pack(
                "!BBHII", 0x80, PAYLOAD_TYPE, sequence, timestamp, id(self) & 0xFFFF
            )
            self._socket.sendto(header + payload, there)


def tone(hertz: int) -> list[bytes]:
    """Encode a second of a sine at −20 dBFS."""
    wave = 0.1 * np.sin(2 * math.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    encoder = Encoder(BITRATE)
    try:
        return [
            encoder.encode(frame) for frame in wave.astype(np.float32).reshape(-1, FRAME_SAMPLES)
        ]
    finally:
        encoder.close()
