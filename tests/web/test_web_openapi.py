"""The description says what is served, no more and no less."""

from __future__ import annotations

from typing import Any

import pytest
from served import Box

from spacebox.room import wire
from spacebox.rtc.fragment import read


@pytest.fixture
async def document(box: Box) -> Any:
    status, body, _ = await box.ask("GET", "/openapi.json")
    assert status == 200
    return body


async def test_every_interface_path_is_described(document: Any) -> None:
    served = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert document["openapi"] == "3.1.0"
    assert served >= {
        ("get", "/"),
        ("get", "/s/{code}"),
        ("get", "/setup"),
        ("get", "/api/space"),
        ("post", "/api/join"),
        ("post", "/api/leave"),
        ("get", "/api/events"),
        ("post", "/api/commands"),
        ("post", "/api/link"),
        ("post", "/api/pair"),
        ("post", "/api/visit"),
        ("delete", "/api/visit"),
        ("post", "/whep"),
        ("options", "/whep"),
        ("delete", "/whep/{peer}"),
        ("patch", "/whep/{peer}"),
        ("post", "/whip"),
        ("options", "/whip"),
        ("delete", "/whip/{peer}"),
        ("patch", "/whip/{peer}"),
        ("get", "/api/screen"),
        ("post", "/api/press"),
        ("get", "/panel"),
        ("get", "/panel/events"),
        ("post", "/panel/press"),
        ("get", "/listen.ogg"),
        ("get", "/listen.mp3"),
        ("get", "/qr.svg"),
        ("get", "/cover.png"),
        ("get", "/openapi.json"),
        ("get", "/healthz"),
        ("get", "/metrics"),
    }


async def test_what_is_described_is_there(box: Box, document: Any) -> None:
    for path, methods in document["paths"].items():
        for method in methods:
            if not path.endswith(("/events", ".ogg", ".mp3")):  # have no end
                status, _, _ = await box.ask(method.upper(), path.replace("{", "").replace("}", ""))
                assert status != 405, (method, path)


async def test_every_command_is_described_with_its_fields(document: Any) -> None:
    described = document["components"]["schemas"]["Command"]["oneOf"]
    assert {each["title"] for each in described} == wire.COMMANDS.keys()
    stage = next(each for each in described if each["title"] == "SetStage")
    assert stage["required"] == ["command"]
    assert stage["properties"]["limit"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    start = next(each for each in described if each["title"] == "StartSpace")
    assert start["properties"]["topics"]["anyOf"][0] == {
        "type": "array",
        "items": {"type": "string"},
    }
    assert start["properties"]["access"]["anyOf"][0]["enum"] == ["open", "pin", "invite"]


async def test_the_examples_are_commands(document: Any) -> None:
    body = document["paths"]["/api/commands"]["post"]["requestBody"]
    examples = body["content"]["application/json"]["examples"]
    for example in examples.values():
        wire.command_from_json(example["value"], "ana")


async def test_the_cookie_is_described_by_its_name(document: Any) -> None:
    assert document["components"]["securitySchemes"]["cookie"]["name"] == "spacebox_b0c5"


async def test_the_example_of_a_fragment_is_one(document: Any) -> None:
    body = document["paths"]["/whep/{peer}"]["patch"]["requestBody"]
    [example] = body["content"]["application/trickle-ice-sdpfrag"]["examples"].values()
    assert len(read(example["value"]).candidates) == 1
