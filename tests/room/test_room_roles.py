"""The table of who may do what, against the published one."""

from __future__ import annotations

import pytest

from spacebox.room import commands as c
from spacebox.room import decide
from spacebox.room.events import Refused
from spacebox.room.evolve import evolve
from spacebox.room.model import HOST, Role, Room, new_room
from spacebox.room.roles import MAY
from spacebox.room.wire import COMMANDS, command_fields

# h = host, c = co-host, s = speaker, l = listener, as the interface has it.
PUBLISHED = {
    "StartSpace": "h",
    "EditSpace": "hc",
    "WrapUp": "h",
    "EndSpace": "h",
    "RequestToSpeak": "l",
    "WithdrawRequest": "l",
    "Approve": "hc",
    "Decline": "hc",
    "Defer": "hc",
    "InviteToStage": "hc",
    "AcceptInvitation": "l",
    "DeclineInvitation": "l",
    "StepDown": "cs",  # a co-host may go as well
    "MoveToAudience": "hc",
    "SetMuted": "hcs",  # oneself, where there is a microphone
    "Mute": "hc",
    "MuteAll": "hc",
    "Remove": "hc",
    "MakeCohost": "h",
    "RevokeCohost": "h",
    "SetStage": "hc",
    "React": "hcsl",
}
LETTERS = {"h": Role.HOST, "c": Role.COHOST, "s": Role.SPEAKER, "l": Role.LISTENER}
IDS = {"h": HOST, "c": "carla", "s": "sami", "l": "lena"}
FILLING: dict[object, object] = {str: "nobody", bool: True, int: 5}


@pytest.fixture
def room() -> Room:
    room = new_room("Mira")
    for command in (
        c.StartSpace(HOST),
        c.Join("carla", "Carla", Role.COHOST),
        c.Join("sami", "Sami", Role.SPEAKER),
        c.Join("lena", "Lena"),
    ):
        decision = decide(room, command, 0.0)
        assert not isinstance(decision, Refused)
        for event in decision:
            room = evolve(room, event)
    return room


def test_the_table_is_the_published_one() -> None:
    table = {command.__name__: roles for command, roles in MAY.items()}
    assert table == {
        name: {LETTERS[letter] for letter in letters} for name, letters in PUBLISHED.items()
    }


def test_every_command_is_in_the_table() -> None:
    assert set(MAY) == set(c.Command.__args__)


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_rules_keep_to_the_table(room: Room, name: str, letter: str) -> None:
    kind = COMMANDS[name]
    required = {
        field: FILLING[type_]
        for field, (type_, required) in command_fields(kind).items()
        if required
    }
    decision = decide(room, kind(by=IDS[letter], **required), 1.0)
    forbidden = isinstance(decision, Refused) and decision.code == "forbidden"
    assert forbidden == (letter not in PUBLISHED[name])


def test_nobody_commands_from_outside_the_room(room: Room) -> None:
    assert decide(room, c.React("stranger", "👏"), 1.0) == Refused(
        "forbidden", "you are not in this Space"
    )
