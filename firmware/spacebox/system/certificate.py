"""What the box shows on https: its owner's certificate, or one of its own making."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from spacebox.ports import Fault
from spacebox.ports.secure import Root
from spacebox.system.authority import Authority
from spacebox.system.leaf import renew
from spacebox.system.owned import Owned, server_context


class Certificate:
    """Follows files, names and the time whenever it is told to look, by one thread at a time."""

    def __init__(self, authority: Authority, leaf: Path, owned: Owned | None) -> None:
        """*leaf* is the file of what *authority* signs for the box."""
        self._authority = authority
        self._leaf = leaf
        self._owned = owned
        self._theirs: ssl.SSLContext | None = None
        self._ours: ssl.SSLContext | None = None
        self.context = server_context()
        """Each handshake is handed over to the context of what is shown just then, since one that
        is in use takes no other key."""
        self.context.sni_callback = self._hand_over
        self.faults: tuple[Fault, ...] = ()

    @property
    def root(self) -> Root | None:
        """Whom people have to trust first; None where the owner's own certificate is shown."""
        return None if self._theirs else self._authority.root

    def look(self, hosts: Iterable[str], now: datetime) -> None:
        """See what is to be shown from now on to those who come by *hosts*.

        May block. Raises OSError where the box's own certificate cannot be kept.
        """
        theirs, trouble = self._owned.look(now) if self._owned else (None, "")
        if theirs is None:
            self._renew(hosts, now)
        self._theirs = theirs
        self.faults = (_fault(trouble, kept=theirs is not None),) if trouble else ()

    def _renew(self, hosts: Iterable[str], now: datetime) -> None:
        if renew(self._leaf, self._authority, hosts, now) or self._ours is None:
            context = server_context()
            context.load_cert_chain(self._leaf)
            self._ours = context

    def _hand_over(self, tls: ssl.SSLObject, _host: str | None, _context: ssl.SSLContext) -> None:
        shown = self._theirs or self._ours
        if shown is not None:
            tls.context = shown


def _fault(trouble: str, *, kept: bool) -> Fault:
    shown = "the one that it read before" if kept else "one of its own"
    return Fault(
        "Certificate",
        "Look at its files.",
        f"https: {trouble}; put that right, until then the box shows {shown}",
    )
