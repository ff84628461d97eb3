"""The wiring: builds everything from the configuration, starts it and stops it."""
