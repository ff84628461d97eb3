"""The box as a guest: rooms elsewhere, of several kinds, behind one interface."""
