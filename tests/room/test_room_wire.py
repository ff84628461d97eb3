"""Commands come from JSON, or are malformed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from room.scene import PEOPLE, START, T0, after
from spacebox.room import commands as c
from spacebox.room import decide
from spacebox.room import events as e
from spacebox.room.model import HOST, Access
from spacebox.room.wire import COMMANDS, Malformed, command_from_json

GIVEN: dict[str, tuple[dict[str, object], c.Command]] = {
    "StartSpace": (
        {"title": "T", "topics": ["a", "b"], "record": True, "access": "invite"},
        c.StartSpace("me", "T", ("a", "b"), record=True, access=Access.INVITE),
    ),
    "EditSpace": ({"rules": "Be kind.", "title": None}, c.EditSpace("me", rules="Be kind.")),
    "WrapUp": ({}, c.WrapUp("me")),
    "EndSpace": ({"now": True}, c.EndSpace("me", now=True)),
    "RequestToSpeak": ({"reason": "radio"}, c.RequestToSpeak("me", "radio")),
    "WithdrawRequest": ({}, c.WithdrawRequest("me")),
    "Approve": ({"participant": "ana"}, c.Approve("me", "ana")),
    "Decline": ({"participant": "ana"}, c.Decline("me", "ana")),
    "Defer": ({"participant": "ana"}, c.Defer("me", "ana")),
    "InviteToStage": ({"participant": "ana"}, c.InviteToStage("me", "ana")),
    "AcceptInvitation": ({}, c.AcceptInvitation("me")),
    "DeclineInvitation": ({}, c.DeclineInvitation("me")),
    "StepDown": ({}, c.StepDown("me")),
    "MoveToAudience": ({"participant": "ana"}, c.MoveToAudience("me", "ana")),
    "SetMuted": ({"muted": False}, c.SetMuted("me", False)),
    "Mute": ({"participant": "ana"}, c.Mute("me", "ana")),
    "MuteAll": ({}, c.MuteAll("me")),
    "Remove": ({"participant": "ana", "ban": True}, c.Remove("me", "ana", ban=True)),
    "MakeCohost": ({"participant": "ana"}, c.MakeCohost("me", "ana")),
    "RevokeCohost": ({"participant": "ana"}, c.RevokeCohost("me", "ana")),
    "SetStage": ({"limit": 3, "queue_open": False}, c.SetStage("me", 3, False)),
    "React": ({"emoji": "👏"}, c.React("me", "👏")),
}


def test_every_command_has_an_example() -> None:
    assert set(GIVEN) == set(COMMANDS)


@pytest.mark.parametrize("name", GIVEN)
def test_commands_come_in(name: str) -> None:
    body, command = GIVEN[name]
    assert command_from_json({"command": name, **body}, "me") == command


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "a command is a JSON object"),
        ({}, "no such command"),
        ({"command": 1}, "no such command"),
        ({"command": "Join"}, "no such command"),
        ({"command": "Approve"}, "Approve wants the field 'participant'"),
        ({"command": "Approve", "participant": None}, "participant is text"),
        ({"command": "Approve", "participant": 1}, "participant is text"),
        ({"command": "WrapUp", "now": True}, "WrapUp has no field 'now'"),
        ({"command": "WrapUp", "by": "host"}, "WrapUp has no field 'by'"),
        ({"command": "StartSpace", "stamp": {}}, "StartSpace has no field 'stamp'"),
        ({"command": "StartSpace", "access": "all"}, "access is one of open, pin, invite"),
        ({"command": "StartSpace", "access": ["pin"]}, "access is one of open, pin, invite"),
        ({"command": "StartSpace", "topics": "a"}, "topics is a list"),
        ({"command": "StartSpace", "topics": [1]}, "topics is text"),
        ({"command": "StartSpace", "title": "\ud800"}, "title has half a character in it"),
        ({"command": "SetStage", "limit": True}, "limit is a whole number"),
        ({"command": "SetStage", "limit": 3.0}, "limit is a whole number"),
        ({"command": "SetStage", "queue_open": 1}, "queue_open is true or false"),
        ({"command": "SetMuted", "muted": "true"}, "muted is true or false"),
        ({"command": "SetMuted", "muted": None}, "muted is true or false"),
    ],
)
def test_what_nobody_could_carry_out_is_malformed(body: object, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        command_from_json(body, "me")
    assert reason in str(raised.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
fields = st.sampled_from(
    ("participant", "muted", "limit", "topics", "title", "access", "now", "by", "emoji", "reason")
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(fields, json_values, max_size=3))
def test_any_json_is_a_command_the_room_answers_or_malformed(
    name: str, given_: dict[str, object]
) -> None:
    try:
        command = command_from_json({"command": name, **given_}, HOST)
    except Malformed:
        return
    decision = decide(after(START, *PEOPLE), command, T0)
    assert isinstance(decision, tuple | e.Refused)
