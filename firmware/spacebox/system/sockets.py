"""The sockets that the service manager opened for the box (sd_listen_fds(3))."""

from __future__ import annotations

import importlib.util
import os
from collections import defaultdict
from dataclasses import dataclass
from socket import socket


@dataclass(frozen=True, slots=True)
class Handed:
    """Doors that stand open already, by what is spoken there."""

    http: tuple[socket, ...] = ()
    https: tuple[socket, ...] = ()


def handed_over() -> Handed:
    """Take over what was opened for us; nothing where nobody started us as a service.

    Raises OSError for one that is no socket.
    """
    if not os.environ.get("LISTEN_FDS") or not importlib.util.find_spec("systemd"):
        return Handed()
    from systemd.daemon import listen_fds_with_names

    by_name: defaultdict[str, list[socket]] = defaultdict(list)
    for number, name in listen_fds_with_names(unset_environment=True).items():
        by_name[name].append(socket(fileno=number))
    return Handed(tuple(by_name["http"]), tuple(by_name["https"]))
