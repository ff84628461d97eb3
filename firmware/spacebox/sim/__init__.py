"""A box without a box."""
