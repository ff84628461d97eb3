"""What of a new configuration counts on a box that runs, and what waits for its next start."""

from __future__ import annotations

from dataclasses import replace

from spacebox.config.load import settings
from spacebox.config.schema import Config


def taken(now: Config, new: Config) -> Config:
    """Return the configuration *now* with what can be taken of *new* at once."""
    return replace(
        now,
        space=new.space,
        panel=replace(now.panel, chime_joins=new.panel.chime_joins),
        storage=replace(now.storage, keep_free_mb=new.storage.keep_free_mb),
        update=new.update,  # read when one is looked for
    )


def waiting(now: Config, new: Config) -> tuple[str, ...]:
    """Return the keys of *new* that wait for the next start of a box that runs with *now*."""
    before = dict(settings(taken(now, new)))
    return tuple(key for key, value in settings(new) if value != before[key])
