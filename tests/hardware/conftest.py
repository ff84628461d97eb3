import sys
from pathlib import Path

HARDWARE = Path(__file__).parent.parent.parent / "hardware"
sys.path[:0] = [str(HARDWARE), str(HARDWARE / "enclosure")]
