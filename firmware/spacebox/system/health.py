"""What is wrong with the machine, in sentences that say what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path


def disk_faults(path: Path, keep_free_mb: int) -> Iterator[str]:
    """Give a sentence where less is free at *path* than must stay free."""
    free_mb = shutil.disk_usage(path).free // 1_000_000
    if free_mb < keep_free_mb:
        yield f"disk: only {free_mb} MB are free at {path}; make room or lower keep_free_mb"
