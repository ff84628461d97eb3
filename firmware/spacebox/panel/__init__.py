"""The front of the box: three buttons, two lamps and a screen."""
