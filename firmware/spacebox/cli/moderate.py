"""Opening and ending the Space, and looking after its people."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from spacebox.cli.control import Control
from spacebox.cli.failures import Refusal
from spacebox.cli.people import Person, pick
from spacebox.cli.render import plain

Events = Sequence[Mapping[str, Any]]

QUEUE = {
    "approve": ("Approve", "Let in {}."),
    "decline": ("Decline", "Not this time: {}."),
    "defer": ("Defer", "Later: {}."),
}
PEOPLE = {
    "invite": ("InviteToStage", "Invited {} to the stage."),
    "mute": ("Mute", "Muted {}. Only they can unmute themselves."),
    "remove": ("Remove", "Removed {}."),
    "cohost": ("MakeCohost", "{} is a co-host now."),
    "audience": ("MoveToAudience", "Moved {} to the audience."),
}


def start(args: Namespace) -> int:
    given = {
        "title": args.title,
        "topics": args.topic,
        "record": args.record,
        "access": args.access,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    events = Control.find(args.socket).command("StartSpace", fields)
    for event in events:
        if event["event"] == "SpaceStarted":
            print(f"Live: {plain(event['title'])}")
            if event.get("pin"):
                print(f"The PIN is {event['pin']}.")
            if event["record"]:
                print("This version does not record yet: the Space is live without.")
        elif event["event"] == "SpaceResumed":
            print("The Space goes on, as it was.")
    print("You are muted. To speak: spacebox do SetMuted muted=false")
    return 0


def end(args: Namespace) -> int:
    control = Control.find(args.socket)
    if args.now:
        control.command("EndSpace", {"now": True})
        print("Ended.")
        return 0
    if control.space()["state"] == "live":
        control.command("WrapUp", {})
    control.command("EndSpace", {})
    print("Ended. For 10 seconds `spacebox start` goes on with it.")
    return 0


def queue(args: Namespace) -> int:
    """Approve, decline or defer: somebody by name or id, else who waits longest."""
    command, done = QUEUE[args.command]
    control = Control.find(args.socket)
    space = control.space()
    waiting = [Person(r["participant"], r["name"]) for r in space["requests"]]
    if args.who is None and not waiting:
        raise Refusal("Nobody is waiting.")
    whom = waiting[0] if args.who is None else pick(args.who, waiting)
    return _report(control.command(command, {"participant": whom.id}), done, whom)


def people(args: Namespace) -> int:
    command, done = PEOPLE[args.command]
    control = Control.find(args.socket)
    here = [Person(p["id"], p["name"]) for p in control.space()["participants"]]
    whom = pick(args.who, here)
    fields: dict[str, object] = {"participant": whom.id}
    if args.command == "remove":
        fields["ban"] = args.ban
    return _report(control.command(command, fields), done, whom)


def do(args: Namespace) -> int:
    events = Control.find(args.socket).command(args.name, dict(args.fields))
    print(json.dumps({"events": events}, ensure_ascii=False, indent=2))
    return 0


def field(text: str) -> tuple[str, object]:
    """Split KEY=VALUE; the value is JSON where it parses as JSON, else text."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise ValueError(f"must be key=value, not {text!r}")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _report(events: Events, done: str, whom: Person) -> int:
    print(done.format(plain(whom.name)) if events else "Nothing to do: it is so already.")
    return 0
