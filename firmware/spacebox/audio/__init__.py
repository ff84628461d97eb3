"""Sound in and out of the box: codec, card, files, and the thread that keeps time."""
