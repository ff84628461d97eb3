from __future__ import annotations

import io
import json

import pytest

from spacebox.cli.find import drawn
from spacebox.cli.main import main
from spacebox.cli.render import Ink
from spacebox.ports.elsewhere import Neighbour
from spacebox.system import network
from spacebox.system.network import Network

KITCHEN = Neighbour("kitchen", "http://192.0.2.9:8080", "ACDEF", "Slow radio", "live")
ATTIC = Neighbour("attic-b0c5", "http://192.0.2.10:8080", "XYW34", "", "idle")


def test_boxes_are_drawn_in_columns() -> None:
    ink = Ink(io.StringIO(), {})
    assert drawn((KITCHEN, ATTIC), ink).splitlines() == [
        "kitchen     ON AIR   ACDEF  http://192.0.2.9:8080   Slow radio",
        "attic-b0c5  off air  XYW34  http://192.0.2.10:8080",
    ]
    assert drawn((), ink) == "No box is announced on this network."


def test_nothing_needs_to_run_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "--json", "--seconds", "0.1"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_without_a_network_there_is_nobody_to_find(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(network, "survey", Network)
    assert main(["find", "--seconds", "0.1"]) == 1
    assert capsys.readouterr().err == "This machine is on no network. Connect it, then try again.\n"
