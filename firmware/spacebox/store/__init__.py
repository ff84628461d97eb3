"""What the box keeps on its card."""
