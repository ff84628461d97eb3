"""Pages around Opus packets. Pure: no clock, no file, no network."""
