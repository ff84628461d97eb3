"""People and rules, as values: knows no clock, no socket, no sound.

`decide` says what a command leads to, `evolve` folds one event into the room.
"""

from spacebox.room.evolve import evolve
from spacebox.room.rules import decide

__all__ = ["decide", "evolve"]
