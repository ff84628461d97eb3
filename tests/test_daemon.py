"""`spacebox run` as a service manager starts it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from pathlib import Path

from box import CLI


def test_a_service_says_when_it_is_ready_and_when_it_stops(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "spacebox.toml"
    config.write_text(
        f'[network]\nhttp_port = {port}\n[storage]\npath = "{tmp_path / "state"}"\n'
        '[sound]\nmicrophone = "tone:440"\nspeaker = "none"\n'
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(20)
        env = {
            **os.environ,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "SPACEBOX_RUNTIME": str(tmp_path / "run"),
        }
        with subprocess.Popen([CLI, "run", "--config", str(config)], env=env) as process:
            assert notified.recv(100) == b"READY=1"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                assert json.load(answer) == {"ok": True, "reasons": []}
            process.terminate()
            assert notified.recv(100) == b"STOPPING=1"
        assert process.returncode == 0
    assert not (tmp_path / "run" / "control.sock").exists()
