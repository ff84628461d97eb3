"""What the process of a box needs of Python and of the system."""

from __future__ import annotations

import gc
import resource
import sys
from asyncio.sslproto import SSLProtocol

SWITCH_S = 0.0005
TLS_BYTES = 32 * 1024
"""What is read at once of a TLS connection, whose records hold half of that (RFC 8446 §5.2)."""


def tune() -> None:
    """Make it fit for sound and for many listeners, once everything that lasts is there."""
    # At Python's 5 ms a busy event loop would make the media thread wait that long.
    sys.setswitchinterval(SWITCH_S)
    # What is here by now lives as long as the box: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    # Each connection has a buffer of that size, 256 kB if nobody says otherwise.
    SSLProtocol.max_size = TLS_BYTES
    # Pages and HTTP listeners have a socket each; 1,024 would soon be gone.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
