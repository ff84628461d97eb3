"""The machine around the box: its service manager, its disk, its figures."""
