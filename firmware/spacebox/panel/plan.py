"""When the next Space is, in words that fit the glass."""

from __future__ import annotations

from datetime import datetime, timedelta

from spacebox.room.model import Planned

WEEK = timedelta(days=6)
"""A day of the week alone tells no more."""
LATE = timedelta(hours=1)
"""What has not begun by then is not said to be next any more."""


def coming(planned: Planned | None, clock: datetime) -> tuple[str, str]:
    """Return ``Fri 19:00`` or ``27 Nov 19:00``, and ``in 2 h 14``; nothing without a plan."""
    if planned is None:
        return "", ""
    at = datetime.fromisoformat(planned.at).astimezone(clock.tzinfo)
    if clock - at > LATE:
        return "", ""
    day = f"{at:%a}" if at - clock < WEEK else f"{at:%d %b}"
    return f"{day} {at:%H:%M}", _wait(at - clock)


def day_and_time(planned: Planned | None, clock: datetime) -> str:
    """Return ``Fri 27 Nov 19:00``; nothing where nothing is to come."""
    if planned is None:
        return ""
    at = datetime.fromisoformat(planned.at).astimezone(clock.tzinfo)
    return "" if at <= clock else f"{at:%a %d %b %H:%M}"


def _wait(left: timedelta) -> str:
    minutes = max(0, int(left.total_seconds() // 60))
    if minutes >= 48 * 60:
        return f"in {minutes // (24 * 60)} days"
    if minutes >= 60:
        return f"in {minutes // 60} h {minutes % 60:02}"
    return f"in {minutes} min" if minutes else "now"
