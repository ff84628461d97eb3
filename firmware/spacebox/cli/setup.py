"""``spacebox setup``: what most owners want to set, asked one after the other."""

from __future__ import annotations

import os
import readline  # noqa: F401 an answer can be edited while it is typed
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from textwrap import fill

from spacebox.cli.draft import Draft, readings
from spacebox.cli.failures import Refusal, WrongUsage
from spacebox.cli.questions import Choice, Question, chapters
from spacebox.cli.render import Ink, table
from spacebox.config.checks import shown
from spacebox.config.load import read, settings
from spacebox.config.places import CONFIG

_WIDEST = 80
_INTRODUCTION = (
    "Enter keeps what stands in [brackets], - makes it empty. Nothing is written before the end; "
    "Ctrl-C leaves at any time."
)
_YES_NO = ("yes", "no")


def setup(args: Namespace) -> int:
    """Ask, show what is new, and write it if that is wanted."""
    where: Path = args.config or CONFIG
    if not _may_write(where):
        raise Refusal(f"{where} takes root to be changed: `sudo spacebox setup`.")
    draft = Draft(where)
    try:
        _ask_all(draft)
        if not draft.changes:
            print("\nNothing is new. The file stays as it is.")
            return 0
        _summarise(draft)
        wanted = _agreed(f"Write this to {where}?")
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was changed.")
        return 130
    print(_written(draft) if wanted else "Nothing was changed.")
    return 0


def _ask_all(draft: Draft) -> None:
    ink = Ink(sys.stdout, os.environ)
    print(_fitted(_INTRODUCTION))
    for chapter in chapters():
        print(f"\n{ink.bold(chapter.title)}")
        for question in chapter.questions:
            if question.when(draft.config):
                _ask(question, draft)


def _ask(question: Question, draft: Draft) -> None:
    """Ask until the answer is one that the box would take."""
    now = dict(settings(draft.config))[question.key]
    print(f"\n{_fitted(question.words)}")
    for line in _numbered(question):
        print(line)
    while answer := input(f"  [{_default(question, now)}] ").strip():
        try:
            draft.put(question.key, *_meant(question, answer, now))
        except WrongUsage as wrong:
            print(_fitted(f"That does not do: {str(wrong).removeprefix(f'{question.key}: ')}"))
        else:
            return


def _meant(question: Question, answer: str, now: object) -> tuple[object, ...]:
    """Return what *answer* may mean. Raises WrongUsage for none of the choices."""
    if question.choices:
        return (_chosen(question, answer).value,)
    text = "" if answer == "-" else answer
    return (text,) if isinstance(now, str) else readings(text)


def _chosen(question: Question, answer: str) -> Choice:
    choices = question.choices
    if _is_yes_no(question):
        fitting = [c for c in choices if c.words.startswith(answer.lower())]
        told = "yes or no"
    else:
        fitting = [c for number, c in enumerate(choices, 1) if answer == str(number)]
        told = f"a number from 1 to {len(choices)}"
    if not fitting:
        raise WrongUsage(f"must be {told}, not {shown(answer)}")
    return fitting[0]


def _default(question: Question, now: object) -> str:
    """Say what Enter keeps."""
    for number, choice in enumerate(question.choices, 1):
        if choice.value == now:
            return choice.words if _is_yes_no(question) else str(number)
    return str(now)


def _is_yes_no(question: Question) -> bool:
    return tuple(choice.words for choice in question.choices) == _YES_NO


def _numbered(question: Question) -> list[str]:
    choices = () if _is_yes_no(question) else question.choices
    return [f"  {number}  {choice.words}" for number, choice in enumerate(choices, 1)]


def _summarise(draft: Draft) -> None:
    print("\nThis would be new:\n")
    rows = [(f"  {key}", shown(old), "→", shown(new)) for key, old, new in draft.changes]
    print(*table(rows), "", sep="\n")


def _agreed(question: str) -> bool:
    print(_fitted(question))
    while True:
        answer = input("  [yes] ").strip().lower() or "yes"
        for word in _YES_NO:
            if word.startswith(answer):
                return word == "yes"


def _written(draft: Draft) -> str:
    lines = [_fitted(draft.save())]
    if draft.waits:
        lines.append(_fitted(f"The restart is for {', '.join(draft.waits)}."))
    _, mistakes = read(draft.where.read_bytes(), str(draft.where))
    if mistakes:
        lines += ["These were wrong before, and count as their defaults:", *map(str, mistakes)]
    return "\n".join(lines)


def _fitted(text: str) -> str:
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    return fill(text, columns, break_long_words=False, break_on_hyphens=False)


def _may_write(where: Path) -> bool:
    """Say whether *where* could be replaced, which its folder has to allow."""
    places = where.resolve().parents
    there = next(folder for folder in places if folder.exists())
    return os.access(there, os.W_OK | os.X_OK, effective_ids=True)
