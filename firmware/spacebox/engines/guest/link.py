"""The link of another box's Space, as people pass it on or read it off a glass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from spacebox.ports import Denied
from spacebox.room.names import clean

_SHORT = re.compile(r"/s/[a-z0-9]{1,16}/?$", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_PATH = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9._~-]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class BoxLink:
    """Where another box is."""

    base: str
    """The address of its page, without a slash at the end."""
    short: str
    """What follows for the short link, ``/s/CODE``, or nothing."""
    invite: str = ""
    """The token of an invitation, or nothing."""

    @classmethod
    def read(cls, text: str) -> BoxLink:
        """Read ``http(s)://host[:port][/path][/s/CODE][#invite=TOKEN]``.

        Raises Denied (``malformed``).
        """
        try:
            parts = urlsplit(text)
            at = authority(parts)
            asked = parse_qs(parts.fragment, max_num_fields=4)
        except ValueError:
            raise _malformed() from None
        if parts.scheme not in ("http", "https"):
            raise _malformed()
        short = _SHORT.search(parts.path)
        path = parts.path[: short.start()] if short else parts.path.rstrip("/")
        if not _PATH.fullmatch(path):
            raise _malformed()
        invite = asked.get("invite", [""])[-1]
        if invite and not _TOKEN.fullmatch(invite):
            raise Denied("malformed", "The invitation in that link is not whole. Copy it again.")
        return cls(f"{parts.scheme}://{at}{path}", short[0] if short else "", invite)

    @property
    def page(self) -> str:
        """What to open to be there too; the invitation is ours alone."""
        return self.base + self.short

    @property
    def where(self) -> str:
        """The name of the machine, for people."""
        return clean(urlsplit(self.base).hostname or "")


def authority(parts: SplitResult) -> str:
    """Return the ``host[:port]`` of an address, without anybody's name or password in it.

    Raises ValueError where there is none.
    """
    host, port = parts.hostname or "", parts.port
    name = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(name) or "@" in parts.netloc:
        raise ValueError("that is no host")
    return name if port is None else f"{name}:{port}"


def _malformed() -> Denied:
    return Denied("malformed", "That is not the link of a Space. It looks like http://NAME/s/CODE.")
