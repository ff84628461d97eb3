"""Whom a NAME on the command line means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from spacebox.cli.failures import Refusal
from spacebox.cli.render import plain

_NUMBER = re.compile(r" \d+$")


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str


def pick(wanted: str, people: Sequence[Person]) -> Person:
    """Return the one person that *wanted*, an id or a name, fits.

    The box tells people of one name apart by a number: "Ana" fits "Ana" and "Ana 2", for whoever
    removes somebody must not hit the wrong one. Raises Refusal for nobody and for several.
    """
    by_id = [person for person in people if person.id == wanted]
    key = _key(wanted)
    numbered = [p for p in people if key in (_key(p.name), _key(_NUMBER.sub("", p.name)))]
    begun = [p for p in people if key and _key(p.name).startswith(key)]
    fitting = by_id or numbered or begun
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(f"{plain(person.name)} is {person.id}" for person in fitting)
        raise Refusal(f"{wanted} fits {len(fitting)} people; use the id: {ids}.")
    here = ", ".join(plain(person.name) for person in people) or "nobody"
    raise Refusal(f"Nobody fits {wanted}. To choose from: {here}.")


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
