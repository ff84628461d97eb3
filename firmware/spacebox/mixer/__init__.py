"""Samples, without a clock or a device: mix, mix-minus, level, fade, queue."""
